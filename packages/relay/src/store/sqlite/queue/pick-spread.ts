import type { LeaseQuery } from '../../lease.ts'
import type { PickedRow, QueueParts } from './parts.ts'
import { pickOldest } from './pick-oldest.ts'
import { pickProbe } from './pick-probe.ts'

type Picking = Pick<LeaseQuery, 'limit' | 'timestampBeforeMs' | 'perShape' | 'spread'>

/** Picks the oldest of each shape; where a shape has more than its share, the last of these give their places to its newest and its middle. */
export function pickSpread(parts: QueueParts, pixel: number, shapes: readonly number[], query: Picking): PickedRow[] {
  const { limit, perShape = limit, spread = 0 } = query
  const picked = pickOldest(parts, pixel, shapes, query)
  for (const shape of shapes) {
    if (parts.tally.ready(pixel, shape) - parts.leases.sending(pixel, shape) <= perShape) continue
    const share = picked.filter((place) => place.shape === shape)
    if (share.length < perShape) continue
    const kept = share.slice(0, perShape - spread)
    const places = [...kept, ...farFrom(kept, parts, pixel, shape, query), ...share.slice(kept.length)]
    const now = [...new Map(places.map((place) => [place.row, place])).values()].slice(0, perShape)
    for (const [at, place] of share.entries()) picked[picked.indexOf(place)] = now[at]!
    for (const place of share) if (!now.some(({ row }) => row === place.row)) parts.frontier.lower(pixel, shape, place)
  }
  return picked
}

function farFrom(
  kept: readonly PickedRow[],
  parts: QueueParts,
  pixel: number,
  shape: number,
  { spread = 0, timestampBeforeMs }: Picking,
): readonly PickedRow[] {
  const before = timestampBeforeMs === undefined ? {} : { timestampBeforeMs }
  const read = (order: 'newest' | 'between', limit: number): PickedRow[] =>
    pickProbe(parts, pixel, [shape], { ...before, limit, probe: { order } })
  const far = [...read('newest', Math.ceil(spread / 2)), ...read('between', spread)]
  const isNew = ({ row }: PickedRow, at: number): boolean =>
    !kept.some((place) => place.row === row) && far.findIndex((place) => place.row === row) === at
  return far.filter(isNew).slice(0, spread)
}
