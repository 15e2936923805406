import { isObject } from 'waybill/delivery'
import type { JsonObject } from '../files/index.ts'
import type { Side } from './sighting.ts'

/** Which of a ledger's channels a side is. */
const CHANNELS: Readonly<Record<Side, string>> = { pixel: 'image', server: 'server' }

/**
 * The event of a row as it was sent. The emulator's ledger wraps each in `{ event, channels, received }`; `undefined` where
 * it came by the other channel only.
 */
export function sentEvent(object: JsonObject, side: Side): JsonObject | undefined {
  const { event, channels } = object
  if (!isObject(event) || !Array.isArray(channels)) return decimalApart(object)
  return channels.includes(CHANNELS[side]) ? decimalApart(event) : undefined
}

/**
 * Columns called `data.amount` hold minor units, as on the wire. In the friendly form, which says `timestamp`, a text there is a
 * decimal, and is given the name that decimals have.
 */
function decimalApart(object: JsonObject): JsonObject {
  const { data } = object
  if (!isObject(data) || !('timestamp' in object) || typeof data['amount'] !== 'string') return object
  const { amount, ...rest } = data
  return { ...object, amount, data: rest }
}
