import { minuteOf } from '../../minute.ts'
import type { Core } from '../core.ts'
import type { QueuedRow } from '../queue/parts.ts'
import type { StoredEvent } from '../sql/event.ts'

/** An event that the queue names. Where it is not there, the index and the table have parted. */
export function queuedEvent({ statements }: Core, row: number): StoredEvent {
  const event = statements.event.get(row)
  if (event === undefined) throw new Error(`Row ${row} is queued but does not exist.`)
  return event
}

/** Where an event stands, for a transition. */
export function placeOf({ row, pixel, shape, state, timestamp_ms }: StoredEvent): QueuedRow {
  return { row, pixel, shape, state, minute: minuteOf(timestamp_ms) }
}
