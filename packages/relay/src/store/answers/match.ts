import type { EventState } from '../event.ts'
import type { EventListQuestion, Range } from '../reads/index.ts'
import type { Moment } from './moment.ts'
import { type Wanted, wantedOf } from './where.ts'

/** What an event has to be. */
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

/** What of an event is compared. Terms stand for texts. */
export interface Matched {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly shape: number
  readonly source: number
  readonly accepted_ms: number
  readonly ended_ms: number | null
  readonly amount: number | null
  readonly currency: number | null
}

/** What is known of an event beside its columns, looked up only where a filter asks for it. */
export interface SeenBeside {
  readonly id: () => string | null | undefined
  readonly isApart: () => boolean
  readonly seen: () => { readonly state: EventState; readonly code: string | undefined }
  /** A digest stands in its content. */
  readonly hasIdentity: (identity: string) => boolean
}

export function matchOf(moment: Moment, question: EventListQuestion, range: Range): Match {
  const { state, code, suspect = false, idPrefix, identity } = question
  const wanted = wantedOf(moment, question)
  const pixels = wanted.pixels === undefined ? undefined : new Set(wanted.pixels)
  return { wanted, state, code, ...range, time: timeOf(state), pixels, suspect, idPrefix, identity }
}

function timeOf(state: EventState | undefined): Match['time'] {
  return state !== undefined && isEnd(state) ? 'ended_ms' : 'accepted_ms'
}

export function isEnd(state: EventState): state is Exclude<EventState, 'queued' | 'sending' | 'held'> {
  return state !== 'queued' && state !== 'sending' && state !== 'held'
}

export function matches(event: Matched, beside: SeenBeside, match: Match): boolean {
  const { wanted, pixels, fromMs, untilMs, time, suspect, idPrefix, identity } = match
  if (pixels !== undefined && !pixels.has(event.pixel)) return false
  if (wanted.name !== undefined && event.name !== wanted.name) return false
  if (wanted.source !== undefined && event.source !== wanted.source) return false
  if (wanted.shape !== undefined && event.shape !== wanted.shape) return false
  const atMs = event[time]
  if (atMs === null || atMs < fromMs || atMs >= untilMs) return false
  if (suspect && !beside.isApart()) return false
  if (idPrefix !== undefined && beside.id()?.startsWith(idPrefix) !== true) return false
  return isSeenAs(beside, match) && (identity === undefined || beside.hasIdentity(identity))
}

function isSeenAs({ seen }: SeenBeside, { state, code }: Match): boolean {
  if (state === undefined && code === undefined) return true
  const { state: is, code: why } = seen()
  return (state === undefined || is === state) && (code === undefined || why === code)
}
