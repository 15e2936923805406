import type { EventState } from './event.ts'
import type { Hold } from './hold.ts'
import type { SuspicionKind } from './suspicion.ts'

/** Events by state; the ended ones since the file began, also where their accounts were pruned. */
export type StateCounts = Readonly<Record<EventState, number>>

/** `accepted` is counted on its own at intake, so that a lost or doubled event shows: `unaccounted` must be 0. */
export interface Counts extends StateCounts {
  /** Accounts opened, those refused at intake included. */
  readonly accepted: number
  readonly unaccounted: number
}

export interface PixelStatus {
  readonly pixel: string
  readonly counts: Counts
  /** The own time of the waiting event that expires first, to the minute, Unix milliseconds; what is leased is left out. */
  readonly oldestTimestampMs: number | undefined
  readonly hold: Hold | undefined
  readonly heldShapes: readonly ShapeStatus[]
  /** Events with a suspicion, leased ones included. */
  readonly suspects: number
  readonly suspectsByKind: Readonly<Record<SuspicionKind, number>>
}

export interface ShapeStatus {
  readonly shape: string
  /** Events of this shape that have not ended, leased ones included. */
  readonly events: number
  readonly hold: Hold | undefined
}

/** What of a pixel will expire unless it is delivered. */
export interface Expiring {
  readonly pixel: string
  /** Counted up to the limit of the call. */
  readonly events: number
  /** The own time of the one that expires first, to the minute. */
  readonly oldestTimestampMs: number
}
