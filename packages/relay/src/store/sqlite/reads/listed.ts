import type { EventState } from '../../event.ts'
import type { EventListQuestion, ListedEvent } from '../../reads/index.ts'
import type { Suspicion } from '../../suspicion.ts'
import { SUMMARY_COLUMNS, type SummaryColumns, summaryOf } from '../operations/show.ts'
import { seenState } from '../seen-state.ts'
import { suspicionOf } from '../sql/suspicion.ts'
import { APART } from '../state.ts'
import type { Moment } from './moment.ts'
import { type Wanted, wantedOf } from './where.ts'

/** Columns of `event` that a list shows. */
export interface ListedColumns extends SummaryColumns {
  readonly amount: number | null
  readonly currency: number | null
}

export const LISTED: string = `${SUMMARY_COLUMNS}, amount, currency`

export function listed(moment: Moment, event: ListedColumns): ListedEvent {
  const { terms } = moment
  const suspicion = event.state === APART ? suspicionAt(moment, event.row) : undefined
  return {
    ...summaryOf(event, { terms, standing: moment, suspicion }),
    amount: event.amount ?? undefined,
    currency: event.currency === null ? undefined : terms.text(event.currency),
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
