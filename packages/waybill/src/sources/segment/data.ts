import type { FriendlyData, FriendlyItem } from '../../contract/event.ts'
import { shapeOf } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { currencyOf, decimalOf, priced } from '../amount.ts'
import { contentsOf, itemOf } from '../item.ts'
import { clearText, firstText, listOf, objectOf } from '../read.ts'
import type { TrackedEvent } from './events.ts'
import type { SegmentSettings } from './settings.ts'

/** `total` has discounts, taxes and shipping in it, `revenue` not the last two; `value` is what events without an order have. */
const AMOUNTS = ['total', 'revenue', 'value'] as const

/** Amount, items and plan of an event. */
export function dataOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  settings: SegmentSettings,
): FriendlyData {
  const amount = decimalOf(AMOUNTS.map((key) => properties[key]).find((value) => value !== undefined && value !== null))
  const currency = currencyOf(properties['currency']) ?? settings.currency
  const items = itemsOf(properties, tracked, currency, settings)
  const hasPrice = amount !== undefined || items.some((item) => item.amount !== undefined)
  return {
    ...(hasPrice ? priced(amount, currency) : {}),
    ...contentsOf(items),
    ...(tracked !== undefined && shapeOf(tracked.type) === 'plan_enrollment' ? planOf(properties) : {}),
  }
}

const planOf = (properties: PlainObject): FriendlyData => ({
  planId: clearText(firstText(properties['plan_id'], properties['plan'], properties['plan_name'])),
})

function itemsOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  currency: string,
  settings: SegmentSettings,
): FriendlyItem[] {
  if (tracked?.items === undefined) return []
  const products = tracked.items === 'list' ? listOf(properties['products']).map(objectOf) : [properties]
  return products.flatMap((product) => {
    const { product_id: productId, id, sku, name, quantity, price } = product
    const keys = settings.itemId === 'sku' ? [sku, productId, id] : [productId, id, sku]
    return itemOf({ id: firstText(...keys.map(clearText)), name, quantity, price, currency })
  })
}
