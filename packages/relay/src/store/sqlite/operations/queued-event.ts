import { minuteOf } from '../../minute.ts'
import { isLive } from '../../state.ts'
import type { Core } from '../core.ts'
import type { QueuedRow } from '../queue/parts.ts'
import type { Facts } from '../roll-up/roll-up.ts'
import type { StoredEvent } from '../sql/event.ts'

/** An event that the queue names. Where it is not there, the index and the table have parted. */
export function queuedEvent({ statements }: Core, row: number): StoredEvent {
  const event = statements.event.get(row)
  if (event === undefined) throw new Error(`Row ${row} is queued but does not exist.`)
  return event
}

/** Where an event stands, for a transition. */
export function placeOf(event: StoredEvent): QueuedRow {
  const { row, pixel, shape, state, timestamp_ms, ended_ms: atMs, code } = event
  const place = { row, pixel, shape, state, minute: minuteOf(timestamp_ms), facts: factsOf(event) }
  return isLive(state) ? place : { ...place, ended: { atMs: atMs ?? 0, code } }
}

type FactColumns = Pick<StoredEvent, 'name' | 'source' | 'currency' | 'amount' | 'accepted_ms' | 'timestamp_ms'>

export function factsOf({ name, source, currency, amount, accepted_ms, timestamp_ms }: FactColumns): Facts {
  return {
    name,
    source,
    currency: currency ?? 0,
    amount: amount ?? 0,
    acceptedMs: accepted_ms,
    timestampMs: timestamp_ms,
  }
}
