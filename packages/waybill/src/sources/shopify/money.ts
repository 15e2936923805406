import type { PlainObject } from '../../contract/plain.ts'
import { currencyOf, decimalOf } from '../amount.ts'
import { objectOf } from '../read.ts'

/** `shop`: the currency of the shop's own reports; `presentment`: the one the customer saw and paid in. */
export type ShopifyMoney = 'shop' | 'presentment'

/** An amount of an object, such as its `total_price`, in the currency that was chosen. */
export function moneyOf(object: PlainObject, key: string, money: ShopifyMoney): { amount?: string; currency?: string } {
  const chosen = objectOf(objectOf(object[`${key}_set`])[`${money}_money`])
  const isSet = chosen['amount'] !== undefined && chosen['amount'] !== null
  const amount = decimalOf(isSet ? chosen['amount'] : object[key])
  const currency = currencyOf(isSet ? chosen['currency_code'] : object['currency'])
  return { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) }
}
