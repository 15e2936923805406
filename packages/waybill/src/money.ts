import { CURRENCIES, currencyCode } from './contract/currency.ts'
import { isWaybillError, WaybillError } from './errors.ts'

/** An exact amount as the API reads it: an integer in the currency's ISO 4217 minor unit. */
export interface Money {
  /** Whole number of the minor unit. Example: `2599` for USD 25.99. */
  amount: number
  /** ISO 4217 code in capitals. Example: `'USD'`. */
  currency: string
}

export type MoneyFault =
  | 'invalid_amount'
  | 'invalid_currency'
  | 'currency_without_minor_unit'
  | 'too_many_decimals'
  | 'unsafe_amount'

/** The amount cannot be held exactly. Nothing is ever rounded. */
export class MoneyError extends WaybillError {
  /** Always `'MoneyError'`. */
  override readonly name: string = 'MoneyError'
  declare readonly code: MoneyFault
}

/** True for a {@link MoneyError} of any copy of the package. */
export function isMoneyError(error: unknown): error is MoneyError {
  return isWaybillError(error) && error.name === 'MoneyError'
}

const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/

/** True for a text that says an amount, whether or not a currency can hold it. */
export function isDecimal(text: string): boolean {
  return PLAIN_DECIMAL.test(text)
}

/**
 * A decimal amount and its currency in, minor units out, exact: `money('25.99', 'USD')` → `{ amount: 2599, currency: 'USD' }`.
 *
 * `decimal` is a string, because `25.99` as a number is already not 25.99. Throws a {@link MoneyError} for what it
 * cannot hold: a malformed amount, an unknown currency, more decimals than the currency has, or more than 2^53 − 1.
 */
export function money(decimal: string, currency: string): Money {
  const code = typeof currency === 'string' ? currencyCode(currency) : undefined
  if (code === undefined) throw new MoneyError('invalid_currency', 'The currency is not an active ISO 4217 code.')
  const decimals = CURRENCIES.get(code)
  if (decimals === undefined || decimals === null) {
    throw new MoneyError('currency_without_minor_unit', `ISO 4217 defines no minor unit for ${code}.`)
  }
  return { amount: minorUnits(decimal, decimals, code), currency: code }
}

function minorUnits(decimal: string, decimals: number, code: string): number {
  const parts = typeof decimal === 'string' ? PLAIN_DECIMAL.exec(decimal) : null
  if (parts === null) {
    throw new MoneyError('invalid_amount', 'An amount is a string of digits with at most one decimal point.', {
      hint: 'Write it as "1234.50": a point, no thousands separator, no currency sign, and not as a number.',
    })
  }
  const [, sign = '', whole = '', written = ''] = parts
  const fraction = withoutTrailingZeros(written)
  if (fraction.length > decimals) {
    throw new MoneyError(
      'too_many_decimals',
      `${code} has ${decimals} decimals; this amount needs ${fraction.length}. It is not rounded for you.`,
    )
  }
  const units = Number(whole + fraction.padEnd(decimals, '0'))
  if (!Number.isSafeInteger(units)) {
    throw new MoneyError('unsafe_amount', 'The amount is larger than 2^53 − 1 minor units.')
  }
  return sign === '-' && units !== 0 ? -units : units
}

/** A loop, because an unanchored `0+$` takes quadratic time on a long run of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charAt(end - 1) === '0') end--
  return digits.slice(0, end)
}
