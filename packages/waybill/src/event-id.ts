import { sha256Hex } from './identity/sha256.ts'

/**
 * The same id for the same business key, on every machine and in every process: `eventId('order', 12345)`.
 *
 * Parts are strings, integers or bigints; `12345` and `'12345'` are the same part, `('a', 'bc')` and `('ab', 'c')` are
 * different keys. The id is 35 characters, `wb_` and 32 hex digits, and reveals nothing of its parts. Throws a
 * `TypeError` without parts, or for an empty one, because a constant id would make all conversions one.
 */
export function eventId(...parts: readonly (string | number | bigint)[]): string {
  if (parts.length === 0)
    throw new TypeError('eventId needs at least one part of a business key, such as an order number.')
  const key = parts.map((part, index) => {
    const text = partText(part, index)
    return `${text.length}:${text}`
  })
  return `wb_${sha256Hex(key.join('|')).slice(0, 32)}`
}

function partText(part: unknown, index: number): string {
  const exact = typeof part === 'string' || typeof part === 'bigint' || Number.isSafeInteger(part)
  const text = exact ? String(part) : ''
  if (text !== '') return text
  throw new TypeError(
    `eventId: part ${index + 1} must be a non-empty string or a whole number. A missing part would give many conversions one id.`,
  )
}
