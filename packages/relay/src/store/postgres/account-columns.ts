import { hash } from 'node:crypto'
import type { NewEvent } from '../event.ts'
import type { Facts } from './changes.ts'
import { fromText, toText } from './text.ts'

/** An index holds texts up to some 2,700 bytes. */
const LONGEST_KEY = 1_500
const KEPT_OF_LONG = 500

/** An id as the key has it: a long one is cut, and told apart by a digest. */
export function keyOfId(id: string): string {
  const text = toText(id)
  if (Buffer.byteLength(text) <= LONGEST_KEY) return text
  return `${toText(id.slice(0, KEPT_OF_LONG))}\u0001#${hash('sha256', text)}`
}

/** Columns for an id. */
export function columnsOfId(id: string | undefined): readonly [key: string | null, long: string | null] {
  if (id === undefined) return [null, null]
  const key = keyOfId(id)
  return [key, key.includes('\u0001#') ? toText(id) : null]
}

export function idOf({
  id,
  long_id,
}: {
  readonly id: string | null
  readonly long_id: string | null
}): string | undefined {
  const text = long_id ?? id
  return text === null ? undefined : fromText(text)
}

/** Money of an event: nothing that is no whole number, or of no currency, is counted. */
export function moneyOf({ amount, currency }: Pick<NewEvent, 'amount' | 'currency'>): {
  readonly amount: number | null
  readonly currency: string | undefined
} {
  if (amount === undefined || currency === undefined || !Number.isSafeInteger(amount))
    return { amount: null, currency: undefined }
  return { amount, currency }
}

export interface FactColumns {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly shape: number
  readonly source: number
  readonly currency: number | null
  readonly amount: number | null
  readonly accepted_ms: number
  readonly timestamp_ms: number
}

export const FACTS = 'a.row, a.pixel, a.name, a.shape, a.source, a.currency, a.amount, a.accepted_ms, a.timestamp_ms'

export function factsOf({ accepted_ms, timestamp_ms, row: _, ...facts }: FactColumns): Facts {
  const { pixel, name, shape, source, currency, amount } = facts
  return { pixel, name, shape, source, currency, amount, acceptedMs: accepted_ms, timestampMs: timestamp_ms }
}
