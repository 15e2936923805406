import { shapeOf } from '../../contract/names.ts'
import { isObject, type PlainObject } from '../../contract/plain.ts'
import { firstAmount, priced, statedCurrency } from '../amount.ts'
import type { Draft } from '../draft.ts'
import { clearest, contentsOf, type DraftItem, itemOf, itemsFrom, type Named, type RawItem } from '../item.ts'
import { idOf, listOf, present } from '../read.ts'
import type { TrackedEvent } from './events.ts'
import { valuesFor } from './fields.ts'
import type { SegmentSettings } from './settings.ts'

/** Amount, items and plan of an event. */
export function dataOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  settings: SegmentSettings,
): Pick<Draft, 'data' | 'unsent'> {
  const amount = firstAmount(valuesFor(properties, 'amount'))
  const currency = firstCurrency(valuesFor(properties, 'currency')) ?? settings.currency
  const items = itemsOf(properties, tracked, currency, settings)
  const hasPrice = amount !== undefined || items.some((item) => item.amount !== undefined)
  const hasPlan = tracked !== undefined && shapeOf(tracked.type) === 'plan_enrollment'
  const plan = hasPlan ? planOf(properties) : undefined
  return {
    data: present({
      ...(hasPrice ? priced(amount, currency) : {}),
      ...contentsOf(items),
      planId: typeof plan === 'string' ? plan : undefined,
    }),
    ...(typeof plan === 'number' && { unsent: ['data.planId'] }),
  }
}

const planOf = (properties: PlainObject): unknown =>
  clearest(valuesFor(properties, 'plan').map((value) => idOf(value) ?? value)).value

function itemsOf(
  properties: PlainObject,
  tracked: TrackedEvent | undefined,
  currency: string,
  settings: SegmentSettings,
): DraftItem[] {
  if (tracked?.items === undefined) return []
  const list = valuesFor(properties, 'items')
    .map(listOf)
    .find((items) => items.some(isObject))
  if (list !== undefined) return itemsFrom(list, (product) => itemFrom(product, currency, settings))
  if (tracked.items === 'list') return []
  // What stands beside its price belongs to the event.
  const { amount: _amount, value: _value, ...self } = properties
  return itemOf(itemFrom(self, currency, settings))
}

const PRODUCT_IDS = ['product_id', 'productId', 'id', 'content_id', 'contentId', 'item_id', 'itemId'] as const

function itemFrom(product: PlainObject, currency: string, { itemId }: SegmentSettings): RawItem {
  const { sku, price, amount, value } = product
  const ids = among(product, PRODUCT_IDS)
  return {
    id: itemId === 'sku' ? { sku, ...ids } : { ...ids, sku },
    name: among(product, ['name', 'title', 'product_name', 'productName']),
    quantity: product['quantity'] ?? product['count'],
    price: firstAmount([price, amount, value]),
    currency,
    ownCurrency: firstCurrency([product['currency'], product['currency_code'], product['currencyCode']]),
    contentType: among(product, ['content_type', 'contentType']),
    groupId: among(product, ['group_id', 'groupId']),
    variantDict: product['variant_dict'] ?? product['variantDict'],
  }
}

const among = (product: PlainObject, keys: readonly string[]): Named =>
  Object.fromEntries(keys.map((key) => [key, product[key]]))

const firstCurrency = (values: readonly unknown[]): string | undefined =>
  values.map(statedCurrency).find((currency) => currency !== undefined)
