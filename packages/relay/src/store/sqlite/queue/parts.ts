import type { LeasedEvent } from '../../lease.ts'
import type { HoldBook } from '../hold-book.ts'
import type { Facts, RollUp } from '../roll-up/roll-up.ts'
import type { Statements } from '../sql/index.ts'
import type { Terms } from '../terms.ts'
import type { ApartTimes } from './apart-times.ts'
import type { DueTimes } from './due-times.ts'
import type { Fresh } from './fresh.ts'
import type { Frontier } from './frontier.ts'
import type { LeaseBook } from './lease-book.ts'
import type { Tally } from './tally.ts'
import type { Undo } from './undo.ts'

/** What lies in memory beside the rows. Only `Queue` changes it, so nobody outside this folder has it. */
export interface QueueParts {
  readonly statements: Statements
  readonly undo: Undo
  readonly holds: HoldBook
  readonly leases: LeaseBook
  readonly fresh: Fresh
  readonly frontier: Frontier
  readonly due: DueTimes
  readonly apart: ApartTimes
  readonly tally: Tally
  readonly rollUp: RollUp
  readonly terms: Pick<Terms, 'of'>
  /** The first row that can be accepted since the file was opened. */
  readonly firstRow: number
}

/** An event of the queue, and where it stands. */
export interface PickedRow {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  /** Of its own time, as `minuteOf` gives it. */
  readonly minute: number
  /** In which state its row is, before a transition. */
  readonly state: number
}

/** What a transition needs to know of an event. */
export interface QueuedRow extends PickedRow {
  readonly facts: Facts
  /** Where it had ended. */
  readonly ended?: { readonly atMs: number; readonly code: string | null }
}

/** An event as a lease gives it, and what is counted of it. */
export interface ReadEvent {
  readonly event: LeasedEvent
  readonly facts: Facts
}
