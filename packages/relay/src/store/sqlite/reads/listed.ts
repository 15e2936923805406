import type { EventState } from '../../event.ts'
import type { EventListQuestion, ListedEvent } from '../../reads/index.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { SeenState } from '../seen-state.ts'
import { suspicionOf } from '../sql/suspicion.ts'
import { APART, endState } from '../state.ts'
import type { Moment } from './moment.ts'
import { type Wanted, wantedOf } from './where.ts'

/** Columns of `event` that a list shows. */
export interface ListedColumns {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly id: string | null
  readonly state: number
  readonly code: string | null
  readonly message: string | null
  readonly shape: number
  readonly source: number
  readonly timestamp_ms: number
  readonly due_ms: number
  readonly accepted_ms: number
  readonly ended_ms: number | null
  readonly attempts: number
  readonly issues: string | null
  readonly amount: number | null
  readonly currency: number | null
}

export const LISTED: string = [
  'row, pixel, name, id, state, code, message, shape, source, timestamp_ms, due_ms, accepted_ms, ended_ms, attempts',
  'issues, amount, currency',
].join()

/** The state as the port tells it: leases and holds come on top of what the row says. */
export function seenState(moment: Moment, event: ListedColumns): SeenState {
  const { code, message } = event
  const asKept = { code: code ?? undefined, message: message ?? undefined }
  const end = endState(event.state)
  if (end !== undefined) return { state: end, ...asKept }
  if (moment.isLeased(event.row)) return { state: 'sending', ...asKept }
  const hold = moment.hold(event.pixel, event.shape)
  return hold === undefined ? { state: 'queued', ...asKept } : { state: 'held', code: hold.code, message: hold.message }
}

export function listed(moment: Moment, event: ListedColumns): ListedEvent {
  const { terms } = moment
  const suspicion = event.state === APART ? suspicionAt(moment, event.row) : undefined
  return {
    row: event.row,
    pixel: terms.text(event.pixel),
    name: terms.text(event.name),
    id: event.id ?? undefined,
    ...seenState(moment, event),
    shape: terms.text(event.shape),
    source: terms.text(event.source),
    timestampMs: event.timestamp_ms,
    dueMs: event.due_ms,
    acceptedMs: event.accepted_ms,
    endedMs: event.ended_ms ?? undefined,
    attempts: event.attempts,
    amount: event.amount ?? undefined,
    currency: event.currency === null ? undefined : terms.text(event.currency),
    ...(suspicion !== undefined && { suspicion }),
  }
}

function suspicionAt(moment: Moment, row: number): Suspicion | undefined {
  const found = moment.one('SELECT kind, times, first_ms, code, message FROM suspicion WHERE row = ?', row)
  return found && suspicionOf(found)
}

/** What an event has to be, read from its row. */
export interface Match {
  readonly wanted: Wanted
  readonly state: EventState | undefined
  readonly code: string | undefined
  /** Of the time that the list goes by, milliseconds. */
  readonly fromMs: number
  readonly untilMs: number
  readonly time: 'accepted_ms' | 'ended_ms'
  readonly pixels: ReadonlySet<number> | undefined
  readonly suspect: boolean
  readonly idPrefix: string | undefined
  readonly identity: string | undefined
}

export function matchOf(
  moment: Moment,
  question: EventListQuestion,
  range: { readonly fromMs: number; readonly untilMs: number },
): Match {
  const { state, code, suspect = false, idPrefix, identity } = question
  const wanted = wantedOf(moment, question)
  const pixels = wanted.pixels === undefined ? undefined : new Set(wanted.pixels)
  return { wanted, state, code, ...range, time: timeOf(state), pixels, suspect, idPrefix, identity }
}

export function timeOf(state: EventState | undefined): Match['time'] {
  return state !== undefined && isEnd(state) ? 'ended_ms' : 'accepted_ms'
}

export function isEnd(state: EventState): state is Exclude<EventState, 'queued' | 'sending' | 'held'> {
  return state !== 'queued' && state !== 'sending' && state !== 'held'
}

export function matches(moment: Moment, event: ListedColumns, match: Match): boolean {
  const { wanted, pixels, fromMs, untilMs, time, suspect, idPrefix } = match
  if (pixels !== undefined && !pixels.has(event.pixel)) return false
  if (wanted.name !== undefined && event.name !== wanted.name) return false
  if (wanted.source !== undefined && event.source !== wanted.source) return false
  if (wanted.shape !== undefined && event.shape !== wanted.shape) return false
  const atMs = event[time]
  if (atMs === null || atMs < fromMs || atMs >= untilMs) return false
  if (suspect && event.state !== APART) return false
  if (idPrefix !== undefined && event.id?.startsWith(idPrefix) !== true) return false
  return isSeenAs(moment, event, match) && hasIdentity(moment, event, match)
}

/** Digests have a length of their own and stand nowhere else. */
function hasIdentity(moment: Moment, { row }: ListedColumns, { identity }: Match): boolean {
  if (identity === undefined) return true
  return moment.one('SELECT 1 FROM body WHERE row = ? AND instr(wire, ?) > 0', row, identity) !== undefined
}

function isSeenAs(moment: Moment, event: ListedColumns, { state, code }: Match): boolean {
  if (state === undefined && code === undefined) return true
  const seen = seenState(moment, event)
  return (state === undefined || seen.state === state) && (code === undefined || seen.code === code)
}
