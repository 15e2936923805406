import { CURRENCIES } from '../contract/currency.ts'
import { meansNothing } from '../identity/nothing.ts'
import { isDecimal, money } from '../money.ts'

/** Stands for an amount that is there and no number, so that the event is refused in words and not sent without it. */
export const UNREADABLE = 'unreadable'

/**
 * An amount as an exact decimal: a text as it is; a JSON number by its first 15 digits, all that a double is sure of, so that
 * 25.990000000000002 is 25.99. `undefined` where there is none: what is empty, or a word for nothing, says none.
 */
export function decimalOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return meansNothing(value) ? undefined : value.trim() || undefined
  return typeof value === 'number' ? numberText(value) : UNREADABLE
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  // What is left where floats were subtracted, such as 5.7e-14 of a price less all of it: as far as a double's own digits go.
  const digits = Math.abs(value) < 1e-6 ? value.toFixed(20) : value.toPrecision(15)
  // What needs an exponent is no price.
  return isDecimal(digits) ? withoutTrailingZeros(digits) : UNREADABLE
}

/** A loop, because an unanchored `0+$` takes quadratic time on a long run of zeros. */
function withoutTrailingZeros(decimal: string): string {
  if (!decimal.includes('.')) return decimal
  let end = decimal.length
  while (decimal.charAt(end - 1) === '0') end--
  return decimal.slice(0, decimal.charAt(end - 1) === '.' ? end - 1 : end)
}

/** The first of the values that is an amount. */
export function firstAmount(values: readonly unknown[]): string | undefined {
  return values.map(decimalOf).find((decimal) => decimal !== undefined)
}

/** A currency code in upper case, without the blanks around it. */
export function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toUpperCase() || undefined : undefined
}

/** The same where another stands in for a missing one: what is there and no text is unreadable, so that the event is refused and not bent. */
export function statedCurrency(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined || value === null ? currencyOf(value) : UNREADABLE
}

/** Amount and currency of an event's data, as far as they are there. */
export function priced(
  amount: string | undefined,
  currency: string | undefined,
): { amount?: string; currency?: string } {
  return { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) }
}

/** The price of an item where there is a currency that can hold it; else `NaN`: half a cent of an item must not cost the conversion. */
export function itemAmount(value: unknown, currency: string | undefined): string | number | undefined {
  const decimal = decimalOf(value)
  if (decimal === undefined) return undefined
  if (currency === undefined) return Number.NaN
  try {
    return money(decimal, currency).amount < 0 ? Number.NaN : decimal
  } catch {
    // A text and a text in: all that `money` throws is a MoneyError.
    return Number.NaN
  }
}

/** The sum of prices × quantities, exact; `undefined` where there are none or one of them cannot be read. A missing quantity is 1. */
export function sumOf(lines: readonly (readonly [price: unknown, quantity: unknown])[]): string | undefined {
  const factors = lines.map(([price, quantity]) => [decimalOf(price), decimalOf(quantity ?? 1)] as const)
  if (factors.length === 0 || !factors.every((line): line is readonly [string, string] => line.every(isShortDecimal)))
    return undefined
  const units = factors.reduce((sum, [price, quantity]) => sum + inUnits(price) * inUnits(quantity), 0n)
  return withoutTrailingZeros(asDecimal(units, 2 * SUM_DECIMALS))
}

const SUM_DECIMALS = 12
const isShortDecimal = (decimal: string | undefined): boolean =>
  decimal !== undefined &&
  isDecimal(decimal) &&
  decimal.length <= 40 &&
  (decimal.split('.')[1] ?? '').length <= SUM_DECIMALS

function inUnits(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole.replace('+', '') + fraction.padEnd(SUM_DECIMALS, '0'))
}

function asDecimal(units: bigint, decimals: number): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`}`
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

/**
 * A decimal with no more decimals than there may be: to the nearest, half away from zero, on the text itself. `undefined` for what is no
 * decimal or needs no rounding.
 */
export function rounded(decimal: string, decimals: number): string | undefined {
  if (!isDecimal(decimal)) return undefined
  const [whole = '', fraction = ''] = decimal.split('.')
  if (withoutTrailingZeros(`0.${fraction}`).length - 2 <= decimals) return undefined
  const kept = fraction.slice(0, decimals)
  const digits = BigInt(`${whole.replace(/^[+-]/, '')}${kept}`) + (fraction.charAt(decimals) >= '5' ? 1n : 0n)
  return asDecimal(whole.startsWith('-') ? -digits : digits, decimals)
}

/** Decimals of a currency's minor unit by ISO 4217; 2 for one that it does not know. */
export function decimalsOf(currency: string | undefined): number {
  return CURRENCIES.get(currency ?? '') ?? 2
}
