import type { Database } from '../database.ts'
import type { Place } from '../frontier.ts'

/** What of one queue to read: behind a place, before a time. */
export interface QueueRange {
  readonly pixel: number
  readonly shape: number
  readonly after: Place
  readonly beforeMs: number
  readonly limit: number
}

const SELECT = 'SELECT row, timestamp_ms AS timestampMs FROM event WHERE state = 0 AND pixel = ? AND shape = ?'

/** A file can hold millions of events of one instant (a column of dates), so the row is part of the place. */
export const SAME_INSTANT: string = `${SELECT} AND timestamp_ms = ? AND row > ? ORDER BY row LIMIT ?`
export const LATER: string = `${SELECT} AND timestamp_ms > ? AND timestamp_ms < ? ORDER BY timestamp_ms, row LIMIT ?`

/** The next events of one pixel and shape, in the order of their own time. */
export function selectQueue(database: Database): (range: QueueRange) => Place[] {
  const sameInstant = database.prepare(SAME_INSTANT)
  const later = database.prepare(LATER)
  return ({ pixel, shape, after, beforeMs, limit }) => {
    if (after.timestampMs >= beforeMs) return []
    const same = sameInstant.all(pixel, shape, after.timestampMs, after.row, limit) as Place[]
    const left = limit - same.length
    const rest = left > 0 ? (later.all(pixel, shape, after.timestampMs, beforeMs, left) as Place[]) : []
    return same.length === 0 ? rest : [...same, ...rest]
  }
}
