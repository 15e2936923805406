import type { Issue } from 'waybill'
import { DAY_MS, MINUTE_MS } from 'waybill/delivery'
import type { Lease, LeaseQuery, NewEvent, RequestRecord, Store } from '../index.ts'

/** One data set of its own, which can be closed and opened again. */
export interface StoreHarness {
  /** The monotonic clock of the stores that it opens; a test moves it. */
  readonly clock: { nowMs: number }
  /** Opens a store on the data; the one before must be closed. */
  open(): Promise<Store>
  /** Removes the data. */
  dispose(): Promise<void>
  /** Opens one more store beside those that are open: another relay. Needed for the group `several`, as all that follows. */
  openBeside?(): Promise<Store>
  /** Lets so much time pass by the clock that the relays share; below 0 it steps back. */
  wait?(forMs: number): Promise<void>
  /** The next `accept` of the stores is done, and nobody hears so. */
  loseAnswer?(): void
}

/** One behaviour that every store must have; the name is a full sentence. */
export interface StoreCase {
  readonly name: string
  readonly run: (store: Store, harness: StoreHarness) => Promise<void>
}

export const PIXEL: string = 'px_1'
export const NOW: number = 1_780_000_000_000
export { DAY_MS as DAY, MINUTE_MS as MINUTE }

/** A queued event; the content follows from `content`, so that equal contents have equal digests. */
export function newEvent(
  id: string | undefined,
  changes: Partial<NewEvent> & { readonly content?: string } = {},
): NewEvent {
  const { content = 'one', ...rest } = changes
  return {
    pixel: PIXEL,
    name: 'order_created',
    id,
    wire: JSON.stringify({ id, content }),
    shape: 'order_created(amount)',
    timestampMs: NOW - MINUTE_MS,
    contentHash: Uint8Array.from({ length: 16 }, (_, index) => content.charCodeAt(index % content.length)),
    source: 'test',
    issues: [],
    ...rest,
  }
}

export function newEvents(ids: readonly string[], changes: Parameters<typeof newEvent>[1] = {}): NewEvent[] {
  return ids.map((id) => newEvent(id, changes))
}

export const REFUSAL: Issue = { code: 'missing_field', path: 'data', message: 'data is missing.', severity: 'error' }

export function refusedEvent(id: string | undefined, changes: Parameters<typeof newEvent>[1] = {}): NewEvent {
  return newEvent(id, { state: 'refused', issues: [REFUSAL], ...changes })
}

export async function leaseAll(store: Store, query: Partial<LeaseQuery> = {}): Promise<Lease> {
  const lease = await store.lease({ pixel: PIXEL, limit: 1_000, nowMs: NOW, leaseMs: MINUTE_MS, ...query })
  if (lease === undefined) throw new Error('Nothing could be leased.')
  return lease
}

export function idsOf(lease: Lease | undefined): string[] {
  return lease?.events.map(({ id }) => id) ?? []
}

export function rowsOf(lease: Lease): number[] {
  return lease.events.map(({ row }) => row)
}

export function requestOf(rows: readonly number[], changes: Partial<RequestRecord> = {}): RequestRecord {
  const about = { atMs: NOW, durationMs: 12, status: 200, verdict: 'delivered', validateOnly: false, ambiguous: false }
  return { pixel: PIXEL, ...about, rows, ...changes }
}

/** Accepts, leases and ends events in one go. */
export async function endAs(
  store: Store,
  to: 'delivered' | 'refused' | 'expired',
  ids: readonly string[],
  { code = 'invalid_event', nowMs = NOW, pixel = PIXEL }: { code?: string; nowMs?: number; pixel?: string } = {},
): Promise<number[]> {
  await store.accept(newEvents(ids, { pixel }), nowMs)
  const { token, events } = await leaseAll(store, { pixel, nowMs })
  const rows = events.filter(({ id }) => ids.includes(id)).map(({ row }) => row)
  const end = to === 'delivered' ? { to, rows } : { to, rows, code, message: `because of ${code}` }
  await store.settle({ token, settlements: [end], nowMs })
  await store.release(token)
  return rows
}
