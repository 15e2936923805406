/** What the two threads of a store say to each other. Calls and replies travel many at a time. */
import type { Lease, LeasedEvent } from '../../lease.ts'
import type { Store } from '../../store.ts'
import type { SqliteStoreOptions } from '../options.ts'
import type { Bundle } from './bundle.ts'
import { type Columns, fromColumns, toColumns } from './columns.ts'
import type { Fault } from './fault.ts'

/** The options that can be sent to another thread. */
export type ThreadOptions = Omit<SqliteStoreOptions, 'onBroken' | 'schedule' | 'connect'>

export interface Call {
  readonly id: number
  readonly method: keyof Store
  readonly args: readonly unknown[]
}

/** What goes over at a time: the events of all calls of `accept`, and the other calls. */
export interface CallList {
  readonly accepts: Bundle
  /** Of each `accept`. */
  readonly nowMs: readonly number[]
  readonly calls: readonly Call[]
}

export type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly fault: Fault })

export type FromStore =
  | { readonly what: 'opened' }
  | { readonly what: 'failed' | 'broken'; readonly fault: Fault }
  /** `taken`: how many lists of calls were taken since the last; what they asked for is done, or waits for the disk. */
  | { readonly what: 'replies'; readonly accepted: Bundle; readonly replies: readonly Reply[]; readonly taken: number }

/** Every call of the port. */
export const METHODS: readonly (keyof Store)[] = Object.keys({
  accept: 0,
  lease: 0,
  settle: 0,
  extend: 0,
  release: 0,
  reclaim: 0,
  recordRequest: 0,
  ready: 0,
  holdPixel: 0,
  resumePixel: 0,
  holdShape: 0,
  resumeShape: 0,
  holds: 0,
  expire: 0,
  expiring: 0,
  show: 0,
  showRow: 0,
  search: 0,
  refusedGroups: 0,
  counts: 0,
  pixels: 0,
  shapes: 0,
  countSelected: 0,
  replay: 0,
  edit: 0,
  discard: 0,
  recordAction: 0,
  listActions: 0,
  putContext: 0,
  getContexts: 0,
  dropContext: 0,
  pruneContexts: 0,
  prune: 0,
  getMeta: 0,
  setMeta: 0,
  backup: 0,
  check: 0,
  close: 0,
} satisfies Record<keyof Store, 0>) as (keyof Store)[]

type PackedLease = Omit<Lease, 'events'> & { readonly events: Columns }

/** Leases carry events, which are most of what is copied back. */
export function packed(method: keyof Store, result: unknown): unknown {
  if (method !== 'lease' || result === undefined) return result
  const lease = result as Lease
  return { ...lease, events: toColumns(lease.events) } satisfies PackedLease
}

export function unpacked(method: keyof Store, result: unknown): unknown {
  if (method !== 'lease' || result === undefined) return result
  const lease = result as PackedLease
  return { ...lease, events: fromColumns<LeasedEvent>(lease.events) } satisfies Lease
}
