import type { FriendlyItem } from '../../contract/friendly-data.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { type ItemId, itemIds, itemsFrom } from '../item.ts'
import { moneyOf, type ShopifyMoney } from './money.ts'

/** The line items of an order or a checkout; prices are the list prices of one, before discounts. */
export function itemsOf(
  order: PlainObject,
  currency: string | undefined,
  money: ShopifyMoney,
  itemId: ItemId,
): FriendlyItem[] {
  return itemsFrom(order['line_items'], (line) => {
    const { sku, variant_id, product_id, title, name } = line
    return {
      id: itemIds({ sku, variant_id, product_id }, itemId),
      name: { title, name },
      quantity: line['quantity'],
      price: moneyOf(line, 'price', money).amount,
      currency,
    }
  })
}
