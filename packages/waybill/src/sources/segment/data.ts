import type { FriendlyData, FriendlyItem } from '../../contract/friendly-data.ts'
import { shapeOf } from '../../contract/names.ts'
import { isObject, type PlainObject } from '../../contract/plain.ts'
import { currencyOf, firstAmount, priced, statedCurrency } from '../amount.ts'
import { contentsOf, itemOf } from '../item.ts'
import { clearText, firstText, idOf, listOf, objectOf, present } from '../read.ts'
import type { TrackedEvent } from './events.ts'
import { valuesFor } from './fields.ts'
import type { SegmentSettings } from './settings.ts'

/** Amount, items and plan of an event. */
export function dataOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  settings: SegmentSettings,
): FriendlyData {
  const amount = firstAmount(valuesFor(properties, 'amount'))
  const stated = valuesFor(properties, 'currency').map(statedCurrency)
  const currency = stated.find((each) => each !== undefined) ?? settings.currency
  const items = itemsOf(properties, tracked, currency, settings)
  const hasPrice = amount !== undefined || items.some((item) => item.amount !== undefined)
  return {
    ...(hasPrice ? priced(amount, currency) : {}),
    ...contentsOf(items),
    ...(tracked !== undefined && shapeOf(tracked.type) === 'plan_enrollment' ? planOf(properties) : {}),
  }
}

const currencyIn = (values: readonly unknown[]): string | undefined =>
  values.map(currencyOf).find((currency) => currency !== undefined)

const planOf = (properties: PlainObject): FriendlyData => ({
  planId: clearText(firstText(...valuesFor(properties, 'plan').map(idOf))),
})

function itemsOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  currency: string,
  settings: SegmentSettings,
): FriendlyItem[] {
  if (tracked?.items === undefined) return []
  const list = valuesFor(properties, 'items')
    .map(listOf)
    .find((items) => items.some(isObject))
  if (list !== undefined) return list.map(objectOf).flatMap((product) => itemFrom(product, currency, settings))
  if (tracked.items === 'list') return []
  // What stands beside its price belongs to the event.
  const { amount: _amount, value: _value, ...self } = properties
  return itemFrom(self, currency, settings)
}

/** Texts by their names; anything else is none. */
function variantsOf(value: unknown): Record<string, string> | undefined {
  const entries = Object.entries(objectOf(value)).filter(([, text]) => typeof text === 'string')
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Record<string, string>)
}

const PRODUCT_IDS = ['product_id', 'productId', 'id', 'content_id', 'contentId', 'item_id', 'itemId'] as const

function itemFrom(product: PlainObject, currency: string, { itemId }: SegmentSettings): FriendlyItem[] {
  const { sku, price, amount, value, content_type, contentType } = product
  const ids = PRODUCT_IDS.map((key) => product[key])
  const own = currencyIn([product['currency'], product['currency_code'], product['currencyCode']])
  const items = itemOf({
    id: firstText(...(itemId === 'sku' ? [sku, ...ids] : [...ids, sku]).map(clearText)),
    name: firstText(product['name'], product['title'], product['product_name'], product['productName']),
    quantity: product['quantity'] ?? product['count'],
    price: firstAmount([price, amount, value]),
    currency: own ?? currency,
  })
  const rest = present({
    contentType: clearText(firstText(content_type, contentType)),
    groupId: clearText(firstText(product['group_id'], product['groupId'])),
    variantDict: variantsOf(product['variant_dict'] ?? product['variantDict']),
    currency: own === currency ? undefined : own,
  })
  return items.map((item) => ({ ...item, ...rest }))
}
