import type { WireEvent } from '../contract/event.ts'
import type { DataShape } from '../contract/names.ts'

/** Keys that `data` may have beyond the free ones of a custom event. */
const KNOWN_DATA_KEYS: ReadonlySet<string> = new Set(['type', 'amount', 'currency', 'plan_id', 'contents'])
const FREE: DataShape = 'custom'

/** The event's name, those of custom events apart from all others. */
export function nameOf(event: WireEvent): string {
  return event.type === 'custom' ? `custom/${event.custom_event_name}` : event.type
}

/**
 * What makes two events alike for the API's rules: the event's name and the known keys that are present, items included.
 * The free keys of a custom event count as one. A faulty release changes the shape of what it sends, or all events of one.
 */
export function shapeKey(event: WireEvent): string {
  const name = nameOf(event)
  const { data, user } = event
  return `${name}|${keysOf(event)}|${dataKeys(data)}|${itemKeys(data.contents)}|${user === undefined ? '' : keysOf(user)}`
}

function keysOf(object: object): string {
  return Object.keys(object).sort().join()
}

function dataKeys(data: WireEvent['data']): string {
  if (data.type !== FREE) return keysOf(data)
  const known = Object.keys(data).map((key) => (KNOWN_DATA_KEYS.has(key) ? key : '*'))
  return [...new Set(known)].sort().join()
}

function itemKeys(items: WireEvent['data']['contents']): string {
  if (items === undefined || items.length === 0) return ''
  if (items.length === 1) return keysOf(items[0]!)
  return [...new Set(items.flatMap((item) => Object.keys(item)))].sort().join()
}
