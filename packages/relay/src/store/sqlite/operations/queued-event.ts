import type { Core } from '../core.ts'
import type { StoredEvent } from '../statements/select-first.ts'

/** An event that the queue names. Where it is not there, the index and the table have parted. */
export function queuedEvent({ statements }: Core, row: number): StoredEvent {
  const event = statements.selectStored(row)
  if (event === undefined) throw new Error(`Row ${row} is queued but does not exist.`)
  return event
}
