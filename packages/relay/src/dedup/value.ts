import { isWaybillError, money } from 'waybill'

/** What a conversion is worth, as a row says it. */
export interface Value {
  /** Digits; null where the row has none. */
  readonly amount: string | null
  /** Whether `amount` counts minor units (2599) instead of being a decimal (25.99). */
  readonly isMinor: boolean
  readonly currency: string | null
}

export const NO_VALUE: Value = { amount: null, isMinor: false, currency: null }

const DECIMAL = /^-?\d+(?:\.\d+)?$/
const WHOLE = /^-?\d+$/

/** Reads the `data` of a mapped row. What cannot be read is left out: a value only ever warns. */
export function readValue(data: Readonly<Record<string, unknown>>): Value {
  const { amount, currency } = data
  const unit = typeof currency === 'string' && currency.trim() !== '' ? currency.trim().toUpperCase() : null
  const isMinor = typeof amount === 'object' && amount !== null
  const text = String(isMinor ? (amount as { amount: unknown }).amount : amount).trim()
  if (!(isMinor ? WHOLE : DECIMAL).test(text)) return { ...NO_VALUE, currency: unit }
  return { amount: text, isMinor, currency: unit }
}

/** What two values contradict each other in. One that is not said contradicts nothing. */
export function valueDifference(one: Value, other: Value): 'value' | 'currency' | undefined {
  if (one.currency !== null && other.currency !== null && one.currency !== other.currency) return 'currency'
  if (one.amount === null || other.amount === null) return undefined
  const currency = one.currency ?? other.currency
  const [left, right] = [unitsOf(one, currency), unitsOf(other, currency)]
  if (left !== undefined && right !== undefined) return left === right ? undefined : 'value'
  if (one.isMinor !== other.isMinor) return undefined
  return Number(one.amount) === Number(other.amount) ? undefined : 'value'
}

function unitsOf({ amount, isMinor }: Value, currency: string | null): number | undefined {
  if (isMinor) return Number(amount)
  try {
    return amount === null || currency === null ? undefined : money(amount, currency).amount
  } catch (error) {
    // More decimals than the currency has, or no currency at all: other ends of the product say so.
    if (isWaybillError(error)) return undefined
    throw error
  }
}
