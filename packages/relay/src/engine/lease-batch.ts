import { MAX_EVENTS_PER_REQUEST } from 'waybill'
import type { LeaseQuery } from '../store/index.ts'
import { LEASE_MS, LeasedBatch } from './leased-batch.ts'
import type { PixelDelivery } from './pixel-delivery.ts'

/** Leases events of a pixel: as much as one request takes, and no more in memory. `undefined` when nothing of the kind is due. */
export async function leaseBatch(pixel: PixelDelivery, which: Partial<LeaseQuery>): Promise<LeasedBatch | undefined> {
  const { parts, learned, id } = pixel
  const leasedAtMs = parts.runtime.monotonic()
  const most = { limit: MAX_EVENTS_PER_REQUEST, maxBytes: learned.maxBodyBytes }
  const query = { pixel: id, ...most, nowMs: parts.clock.now(), leaseMs: LEASE_MS, ...which }
  const lease = await parts.store.lease(query)
  return lease === undefined ? undefined : new LeasedBatch(pixel, lease, leasedAtMs)
}
