import type { FriendlyItem } from '../contract/friendly-data.ts'
import { isDecimal } from '../money.ts'
import { decimalOf, itemAmount } from './amount.ts'
import { clearText, firstText, present, text } from './read.ts'

/** Which of a product's keys names an item. */
export type ItemId = 'sku' | 'variant_id' | 'product_id'

/** The key that was asked for first, then the others: an item without a name of its own still has one. */
export function itemIdOf(keys: Readonly<Record<ItemId, unknown>>, first: ItemId): string | undefined {
  const chosen = clearText(isNone(keys[first]) ? undefined : keys[first])
  return chosen ?? firstText(...Object.values(keys).map((key) => (isNone(key) ? undefined : clearText(key))))
}

/** Vendors write 0 where a product has no variant. */
const isNone = (key: unknown): boolean => key === 0 || key === '0'

/** One product of an order, as a payload has it. */
export interface RawItem {
  readonly id?: string | undefined
  readonly name?: unknown
  readonly quantity?: unknown
  /** The price of one. */
  readonly price?: unknown
  readonly currency?: string | undefined
}

/**
 * An item with what can be taken of it; none where there is nothing, or it was removed from the order. What it says and cannot be sent is
 * `NaN`, for `settled` to leave out and tell.
 */
export function itemOf({ id, name, quantity, price, currency }: RawItem): FriendlyItem[] {
  const count = wholeNumber(quantity)
  if (count !== undefined && count < 1) return []
  // A name with an address in it is there, and cannot be sent.
  const clear = clearText(name) ?? (text(name) && Number.NaN)
  const item = present({ id, name: clear, quantity: count, amount: itemAmount(price, currency) })
  return Object.keys(item).length === 0 ? [] : [item as FriendlyItem]
}

/** A whole number that is one, or is written as one; `NaN` for what is there and none. */
export function wholeNumber(value: unknown): number | undefined {
  const written = decimalOf(value)
  if (written === undefined) return undefined
  const number = Number(written)
  return isDecimal(written) && Number.isSafeInteger(number) ? number : Number.NaN
}

/** The list of items, where there are any. */
export function contentsOf(items: readonly FriendlyItem[]): { contents?: readonly FriendlyItem[] } {
  return items.length === 0 ? {} : { contents: items }
}
