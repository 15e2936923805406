import type { NewEvent } from '../event.ts'
import type { Terms } from './terms.ts'

/** Columns of an event's money: nothing that is no whole number, or of no currency, is counted. */
export function moneyOf(
  terms: Pick<Terms, 'of'>,
  { amount, currency }: Pick<NewEvent, 'amount' | 'currency'>,
): [amount: number | null, currency: number | null] {
  if (amount === undefined || currency === undefined || !Number.isSafeInteger(amount)) return [null, null]
  return [amount, terms.of(currency)]
}
