import type { FriendlyItem } from '../../contract/friendly-data.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { type ItemId, itemIdOf, itemOf } from '../item.ts'
import { firstText, listOf, objectOf } from '../read.ts'
import { moneyOf, type ShopifyMoney } from './money.ts'

/** The line items of an order or a checkout; prices are the list prices of one, before discounts. */
export function itemsOf(
  order: PlainObject,
  currency: string | undefined,
  money: ShopifyMoney,
  itemId: ItemId,
): FriendlyItem[] {
  return listOf(order['line_items']).flatMap((each) => {
    const line = objectOf(each)
    const { sku, variant_id, product_id } = line
    return itemOf({
      id: itemIdOf({ sku, variant_id, product_id }, itemId),
      name: firstText(line['title'], line['name']),
      quantity: line['quantity'],
      price: moneyOf(line, 'price', money).amount,
      currency,
    })
  })
}
