import type { LeaseQuery } from '../../lease.ts'
import { minuteOf } from '../../minute.ts'
import { APART } from '../../state.ts'
import type { ApartPlace } from '../sql/suspicion.ts'
import type { PickedRow, QueueParts } from './parts.ts'

type Picking = Pick<LeaseQuery, 'limit' | 'nowMs' | 'timestampBeforeMs' | 'perShape'>

interface Found extends ApartPlace {
  readonly shape: number
}

/** Picks events apart of some shapes of a pixel: those first that were due first, passing over what is leased. They are few. */
export function pickApart(parts: QueueParts, pixel: number, shapes: readonly number[], query: Picking): PickedRow[] {
  const { limit, nowMs, timestampBeforeMs: beforeMs = Number.MAX_SAFE_INTEGER, perShape = limit } = query
  const ofEach = Math.min(limit, perShape)
  const found = shapes.flatMap((shape): Found[] => {
    const range = { pixel, shape, dueByMs: nowMs, beforeMs, limit: ofEach + parts.leases.sendingApart(pixel, shape) }
    const free = parts.statements.suspicion.due(range).filter(({ row }) => !parts.leases.has(row))
    return free.slice(0, ofEach).map((place) => ({ ...place, shape }))
  })
  return found
    .sort((a, b) => a.due_ms - b.due_ms || a.timestamp_ms - b.timestamp_ms || a.row - b.row)
    .slice(0, limit)
    .map(({ row, shape, timestamp_ms }) => ({ row, pixel, shape, minute: minuteOf(timestamp_ms), state: APART }))
}
