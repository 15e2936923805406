/** One order that arrives by several ways is one conversion where its ids are equal: by default they are the vendors' own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collected } from './ga4/ga4.cases.ts'
import { createGa4Source } from './ga4/index.ts'
import { createGenericSource } from './generic/index.ts'
import { createSegmentSource } from './segment/index.ts'
import { tracked } from './segment/segment.cases.ts'
import { createShopifySource } from './shopify/index.ts'
import { paid } from './shopify/shopify.cases.ts'
import type { Mapped } from './source.ts'
import { createStripeSource } from './stripe/index.ts'
import { completed } from './stripe/stripe.cases.ts'
import { createWooCommerceSource } from './woocommerce/index.ts'
import { updated } from './woocommerce/woocommerce.cases.ts'

const keyOf = ({ events }: Mapped): string => `${events[0]!.event.type} ${events[0]!.event.id}`

const ID = 'order_1001'
const ARRIVALS: readonly Mapped[] = [
  createShopifySource({ id: 'order_{order_number}' })(paid()),
  createSegmentSource({ id: 'order_{order_id}' })(tracked()),
  createStripeSource({ id: 'order_{metadata.order_id}' })(completed()),
  createWooCommerceSource({ id: 'order_{order_number}' })(updated({ number: '1001' })),
  createGa4Source({ id: 'order_{transaction_id}' })(collected({ 'events[0].params.transaction_id': '1001' })),
  createGenericSource({ mapping: { id: 'order_{nr}', type: { value: 'order_created' }, timestamp: 'at' } })({
    payload: { nr: 1001, at: 1 },
  }),
]

test('with one template all ways give one id', () => {
  for (const mapped of ARRIVALS) assert.equal(keyOf(mapped), `order_created ${ID}`)
})

test('without it Shopify’s order id and Segment’s order number are two, which `waybill dedup` would name', () => {
  assert.notEqual(keyOf(createShopifySource()(paid())), keyOf(createSegmentSource()(tracked())))
  assert.equal(keyOf(createShopifySource({ id: 'order_number' })(paid())), keyOf(createSegmentSource()(tracked())))
})
