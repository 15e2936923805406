import type { NewEvent, UndeliveredState } from './event.ts'
import type { By } from './hold.ts'

/** Events that an operator acts on: some rows, or all that are alike. */
export type Selection =
  | { readonly rows: readonly number[] }
  | {
      readonly state: UndeliveredState | 'queued' | 'held'
      readonly pixel?: string
      readonly code?: string
      readonly shape?: string
      /** Ended (or, where it has not, accepted) at this time or later, Unix milliseconds. */
      readonly sinceMs?: number
    }
  | {
      /** Events with a suspicion, held or not. */
      readonly suspect: true
      readonly pixel?: string
      /** Of the suspicion. */
      readonly code?: string
      readonly shape?: string
      /** First suspected at this time or later, Unix milliseconds. */
      readonly sinceMs?: number
    }

export interface ReplayCall extends By {
  /** At most this many, so that a caller can pace them. Default 1,000. */
  readonly limit?: number
}

export interface DiscardCall extends By {
  readonly reason: string
  /** At most this many. Default 1,000. */
  readonly limit?: number
}

export interface EndSuspicionCall extends By {
  /** `refused`: the suspicion is right, and its reason is the event's end. `queued`: it is wrong, and the event is due at once. */
  readonly as: 'refused' | 'queued'
  readonly reason?: string
  /** At most this many. Default 1,000. */
  readonly limit?: number
}

/** What an edit replaces; pixel, name and id stay what they are. */
export type Edit = Pick<
  NewEvent,
  'wire' | 'shape' | 'timestampMs' | 'contentHash' | 'issues' | 'dueMs' | 'amount' | 'currency'
>

/** One thing that an operator did. */
export interface Action {
  readonly atMs: number
  readonly by: string
  /** What was done, as in `pixel:hold`, `event:replay`. */
  readonly verb: string
  /** To what and how much; JSON, without bodies. */
  readonly about: Readonly<Record<string, unknown>>
}

export interface RecordedAction extends Action {
  readonly seq: number
}
