import { CURRENCIES } from '../contract/currency.ts'
import { isDecimal, MoneyError, money } from '../money.ts'

/** Stands for an amount that is there and no number, so that the event is refused in words and not sent without it. */
export const UNREADABLE = 'unreadable'

/**
 * An amount as an exact decimal: a text as it is; a JSON number by its first 15 digits, all that a double is sure of, so that
 * 25.990000000000002 is 25.99. `undefined` where there is none.
 */
export function decimalOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  return typeof value === 'number' ? numberText(value) : UNREADABLE
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const digits = value.toPrecision(15)
  // What needs an exponent is no price.
  return isDecimal(digits) ? withoutTrailingZeros(digits) : UNREADABLE
}

function withoutTrailingZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0{1,15}$/, '') : decimal
}

/** A currency code in upper case, without the blanks around it. */
export function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toUpperCase() || undefined : undefined
}

/** Amount and currency of an event's data, as far as they are there. */
export function priced(
  amount: string | undefined,
  currency: string | undefined,
): { amount?: string; currency?: string } {
  return { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) }
}

/** The price of an item where the currency can hold it; else none: half a cent of an item must not cost the conversion. */
export function itemAmount(value: unknown, currency: string | undefined): string | undefined {
  const decimal = decimalOf(value)
  if (decimal === undefined || currency === undefined) return undefined
  try {
    return money(decimal, currency).amount < 0 ? undefined : decimal
  } catch (error) {
    if (error instanceof MoneyError) return undefined
    throw error
  }
}

/** An integer in units of 10^−`decimals` as a decimal text, exact: `(2599, 2)` is `25.99`. */
export function fromUnits(units: unknown, decimals: number): string | undefined {
  if (units === undefined || units === null) return undefined
  if (!Number.isSafeInteger(units)) return UNREADABLE
  const digits = String(Math.abs(units as number)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const sign = (units as number) < 0 ? '-' : ''
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`
}

/** Decimals of a currency's minor unit by ISO 4217; 2 for one that it does not know. */
export function decimalsOf(currency: string | undefined): number {
  return CURRENCIES.get(currency ?? '') ?? 2
}
