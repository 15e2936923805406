import type { Database } from './connection/database.ts'
import type { Repeats } from './intake/repeats.ts'
import type { Numbers } from './numbers.ts'
import type { Partitions } from './partitions.ts'
import type { Fresh } from './queue/fresh.ts'
import type { LeaseBook } from './queue/lease-book.ts'
import type { Places } from './queue/places.ts'
import type { Terms } from './terms.ts'

/** What the operations of an open store share. */
export interface Core {
  readonly database: Database
  readonly terms: Terms
  readonly partitions: Partitions
  readonly rows: Numbers
  /** Of requests and deliveries. */
  readonly seqs: Numbers
  readonly leases: LeaseBook
  readonly fresh: Fresh
  readonly places: Places
  readonly repeats: Repeats
  readonly keepBodies: boolean
  readonly timeZone: string
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
  /** This store, among all on the same data. */
  readonly owner: string
  /** The newest version of the schema that it knows. */
  readonly knows: number
  /** What leases and claims last by, where it is not the database's clock: tests move it. */
  readonly clockMs: () => number | undefined
}
