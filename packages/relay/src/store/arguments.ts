import type { NewEvent } from './event.ts'

/**
 * Throws a `TypeError` for what would fail inside a transaction that others share. Types alone do not keep `NaN` out.
 */
export function assertNewEvents(events: readonly NewEvent[]): void {
  for (const event of events) {
    assertWhole(event.timestampMs, 'timestampMs')
    if (event.dueMs !== undefined) assertWhole(event.dueMs, 'dueMs')
    if (event.id === undefined && (event.state ?? 'queued') === 'queued')
      throw new TypeError('An event without an id cannot be queued.')
    const length = event.contentHash?.length
    if (length !== undefined && (length < 8 || length > 32)) throw new TypeError('contentHash must have 8 to 32 bytes.')
  }
}

/** Throws a `TypeError` unless the number is an integer that the store can hold exactly. */
export function assertWhole(value: number, name: string): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} must be a whole number, not ${value}.`)
}

export function assertLimit(value: number, name: string = 'limit'): void {
  assertWhole(value, name)
  if (value < 1) throw new TypeError(`${name} must be 1 or more.`)
}
