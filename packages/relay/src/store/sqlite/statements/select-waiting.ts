import type { Database, Row } from '../database.ts'
import type { Place } from '../frontier.ts'
import type { QueueRange } from './select-queue.ts'

export const SELECT_WAITING = `
  SELECT row, timestamp_ms FROM event
  WHERE state = 1 AND pixel = ? AND shape = ? AND timestamp_ms < ? ORDER BY timestamp_ms, row LIMIT ?`

/** Like `selectQueue`, of what is not due yet and always from the start. */
export function selectWaiting(database: Database): (range: QueueRange) => Place[] {
  const statement = database.prepare(SELECT_WAITING)
  return ({ pixel, shape, beforeMs, limit }) =>
    (statement.all(pixel, shape, beforeMs, limit) as Row[]).map((row) => ({
      row: row['row'] as number,
      timestampMs: row['timestamp_ms'] as number,
    }))
}
