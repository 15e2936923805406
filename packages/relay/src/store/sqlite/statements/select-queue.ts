import { lastMinuteBefore } from '../../minute.ts'
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

/** Written as in the index, or SQLite would not use that. */
export const MINUTE = 'timestamp_ms / 60000'

const SELECT = `SELECT row, ${MINUTE} AS minute FROM event WHERE state = 0 AND pixel = ? AND shape = ?`

/** The index alone answers these two; for the plan's sake they are two. A minute can hold millions of events. */
export const SAME_MINUTE: string = `${SELECT} AND ${MINUTE} = ? AND row > ? ORDER BY row LIMIT ?`
export const LATER: string = `${SELECT} AND ${MINUTE} > ? AND ${MINUTE} < ? ORDER BY ${MINUTE}, row LIMIT ?`

/** Only of the minute that a time cuts is the exact time read, from the table. */
export const CUT_MINUTE: string = `${SELECT} AND ${MINUTE} = ? AND row > ? AND timestamp_ms < ? ORDER BY row LIMIT ?`

/** Before the first. */
const NO_ROW = 0

/** The next events of one pixel and shape, in the order of their minute, then of arrival. */
export function selectQueue(database: Database): (range: QueueRange) => Place[] {
  const sameMinute = database.prepare(SAME_MINUTE)
  const later = database.prepare(LATER)
  const cutMinute = database.prepare(CUT_MINUTE)
  return ({ pixel, shape, after: { minute, row }, beforeMs, limit }) => {
    const lastMinute = lastMinuteBefore(beforeMs)
    if (minute > lastMinute) return []
    const cut = (behind: number, left: number): Place[] =>
      cutMinute.all(pixel, shape, lastMinute, behind, beforeMs, left) as Place[]
    if (minute === lastMinute) return cut(row, limit)
    const places = sameMinute.all(pixel, shape, minute, row, limit) as Place[]
    const room = (): number => limit - places.length
    if (room() > 0) places.push(...(later.all(pixel, shape, minute, lastMinute, room()) as Place[]))
    if (room() > 0) places.push(...cut(NO_ROW, room()))
    return places
  }
}
