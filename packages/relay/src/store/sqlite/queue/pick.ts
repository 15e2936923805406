import type { LeaseQuery } from '../../lease.ts'
import type { PickedRow, QueueParts } from './parts.ts'
import { pickApart } from './pick-apart.ts'
import { pickOldest } from './pick-oldest.ts'
import { pickProbe } from './pick-probe.ts'
import { pickSpread } from './pick-spread.ts'

type Picking = Pick<LeaseQuery, 'limit' | 'nowMs' | 'timestampBeforeMs' | 'perShape' | 'spread' | 'probe' | 'apart'>

/** Picks what a lease takes of some shapes of a pixel, in its order. */
export function pick(parts: QueueParts, pixel: number, shapes: readonly number[], query: Picking): PickedRow[] {
  if (query.apart === true) return pickApart(parts, pixel, shapes, query)
  const { order = 'oldest', neverSent } = query.probe ?? {}
  if (query.spread !== undefined && query.probe === undefined) return pickSpread(parts, pixel, shapes, query)
  if (order === 'oldest' && neverSent === undefined) return pickOldest(parts, pixel, shapes, query)
  return pickProbe(parts, pixel, shapes, query)
}
