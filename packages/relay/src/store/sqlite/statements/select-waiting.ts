import type { Database } from '../database.ts'
import type { Place } from '../frontier.ts'
import type { QueueRange } from './select-queue.ts'

export const SELECT_WAITING = `
  SELECT row FROM event
  WHERE state = 1 AND pixel = ? AND shape = ? AND timestamp_ms < ? ORDER BY timestamp_ms, row LIMIT ?`

/** Like `selectQueue`, of what is not due yet, in the exact order of its own time and always from the start. */
export function selectWaiting(database: Database): (range: QueueRange) => Pick<Place, 'row'>[] {
  const statement = database.prepare(SELECT_WAITING)
  return ({ pixel, shape, beforeMs, limit }) => statement.all(pixel, shape, beforeMs, limit) as Pick<Place, 'row'>[]
}
