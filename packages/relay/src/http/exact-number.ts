/** Of more digits than this, not every number is written as it came. */
const MAX_DIGITS_OF_DOUBLE = 17

/** Longer than any double is written in full; the work on one stays small. */
const MAX_LENGTH = 400

/** True where JavaScript holds what was written: the digits it would write are the same number, at full length if need be. */
export function isHeld(source: string): boolean {
  if (source.length > MAX_LENGTH) return false
  const value = Number(source)
  if (!Number.isFinite(value)) return false
  const wanted = decimalOf(source)
  if (wanted === decimalOf(String(value))) return true
  // Some languages write each fraction with 17 digits: 0.10000000000000001 is their 0.1.
  const isFraction = /[.e]/i.test(source) && !Number.isInteger(value)
  return isFraction && wanted === decimalOf(value.toPrecision(MAX_DIGITS_OF_DOUBLE))
}

/** Sign, digits and exponent of what was written, the same for all spellings of a number. */
function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = withoutZeros(digits)
  if (significant === '') return '0'
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return `${sign}${significant}e${power}`
}

/** A loop, because an unanchored `0+$` takes quadratic time. */
function withoutZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return digits.slice(0, end)
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** What stands for a number that is not held, until its place is found. */
const LOST = Symbol('lost')

/** Where the first number stands that JavaScript does not hold, as `data.x[0]`; keys that may be anything are not repeated. */
export function lostNumberIn(json: string): string | undefined {
  const mark: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isHeld(source) ? LOST : value
  return placeOf(JSON.parse(json, mark as Parameters<typeof JSON.parse>[1]), '')
}

function placeOf(value: unknown, path: string): string | undefined {
  if (value === LOST) return path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, child] of Object.entries(value)) {
    const name = Array.isArray(value)
      ? `[${key}]`
      : `${path === '' ? '' : '.'}${/^[a-z]\w{0,63}$/i.test(key) ? key : '[key]'}`
    const found = placeOf(child, path + name)
    if (found !== undefined) return found
  }
  return undefined
}

/** The same value with each whole number that JavaScript does not hold as the text of its digits: numbers of orders are such. */
export function withLongNumbersAsText(json: string): unknown {
  const keep: Reviver = (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) && !isHeld(source) ? source : value
  return JSON.parse(json, keep as Parameters<typeof JSON.parse>[1])
}
