import { lastMinuteBefore } from '../../minute.ts'
import type { Database, Row } from '../database.ts'
import type { Place } from '../frontier.ts'
import { MINUTE } from './select-queue.ts'

/** Of one queue, what a probe may take. */
export interface ProbeRange {
  readonly pixel: number
  readonly shape: number
  readonly beforeMs: number
  /** Only what was never sent, from this row on. */
  readonly neverSentFrom: number | undefined
  readonly order: 'oldest' | 'newest'
  /** At this place or behind it. */
  readonly from: Place
  readonly limit: number
}

/** An event that ended once may have been sent before. */
const NEVER_SENT = 'AND row >= ? AND attempts = 0 AND NOT EXISTS (SELECT 1 FROM passage WHERE passage.row = event.row)'

/** Asked once a minute at most, and for a few events, so it is put together as it is needed. */
export function selectProbe(database: Database, range: ProbeRange): Place[] {
  const { pixel, shape, beforeMs, neverSentFrom, order, from, limit } = range
  const direction = order === 'newest' ? 'DESC' : 'ASC'
  const sql = `
    SELECT row, ${MINUTE} AS minute FROM event
    WHERE state = 0 AND pixel = ? AND shape = ? AND ${MINUTE} >= ? AND ${MINUTE} <= ? AND timestamp_ms < ?
      AND (${MINUTE} > ? OR row >= ?) ${neverSentFrom === undefined ? '' : NEVER_SENT}
    ORDER BY ${MINUTE} ${direction}, row ${direction} LIMIT ?`
  const sent = neverSentFrom === undefined ? [] : [neverSentFrom]
  const { minute, row } = from
  const values = [pixel, shape, minute, lastMinuteBefore(beforeMs), beforeMs, minute, row, ...sent, limit]
  return (database.prepare(sql).all(...values) as Row[]).map((found) => ({
    row: found['row'] as number,
    minute: found['minute'] as number,
  }))
}
