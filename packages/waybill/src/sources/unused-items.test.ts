/** What an item of a call says and its event cannot is left out, and named in a warning: by every source that has items. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { collected } from './ga4/ga4.cases.ts'
import {
  createGa4Source,
  createGenericSource,
  createSegmentSource,
  createShopifySource,
  createStripeSource,
  createWooCommerceSource,
  type Source,
  type SourceCall,
} from './index.ts'
import { tracked } from './segment/segment.cases.ts'
import { paid } from './shopify/shopify.cases.ts'
import { completed } from './stripe/stripe.cases.ts'
import { updated } from './woocommerce/woocommerce.cases.ts'

const generic = createGenericSource({
  mapping: {
    id: 'id',
    type: { value: 'order_created' },
    timestamp: 'at',
    currency: { value: 'USD' },
    contents: { each: 'lines', id: 'sku', name: 'title', quantity: 'count', amount: 'price' },
  },
})

const AT = '2026-03-19T04:00:00Z'
const linesOf = (...lines: readonly object[]): SourceCall =>
  ({ payload: { id: 'o-1', at: AT, lines }, receivedAtMs: Date.parse(AT) }) as SourceCall

/** Each with one item of which the quantity, and with one of which the price, cannot be sent. */
const CALLS: readonly (readonly [name: string, source: Source, call: SourceCall])[] = [
  [
    'Shopify',
    createShopifySource(),
    paid({
      line_items: [
        { sku: 'a', quantity: 1.5, price: '2.00' },
        { sku: 'b', quantity: 1, price: '2.005' },
      ],
    }),
  ],
  [
    'WooCommerce',
    createWooCommerceSource(),
    updated({
      line_items: [
        { sku: 'a', quantity: 1.5, price: 2 },
        { sku: 'b', quantity: 1, price: 2.005 },
      ],
    }),
  ],
  [
    'Segment',
    createSegmentSource(),
    tracked({
      'properties.products': [
        { sku: 'a', quantity: '1,5', price: 2 },
        { sku: 'b', price: '2.00 USD' },
      ],
    }),
  ],
  [
    'GA4',
    createGa4Source(),
    collected({
      'events[0].params.items': [
        { item_id: 'a', quantity: 0.25, price: 2 },
        { item_id: 'b', price: -2 },
      ],
    }),
  ],
  ['generic', generic, linesOf({ sku: 'a', count: 'two', price: '2.00' }, { sku: 'b', count: 1, price: 'free' })],
]

const notesOf = (source: Source, call: SourceCall): string[] =>
  source(call).events.flatMap(({ notes }) => notes.map(({ code, path }) => `${code} at ${path}`))

describe('what an item says and its event cannot', () => {
  for (const [name, source, call] of CALLS) {
    it(`is told: ${name}`, () => {
      const [found] = source(call).events
      assert.deepEqual(notesOf(source, call), [
        'unused_field at data.contents[0].quantity',
        'unused_field at data.contents[1].amount',
      ])
      const [first, second] = found!.event.data!.contents as Record<string, unknown>[]
      assert.equal('quantity' in first!, false)
      assert.equal('amount' in second!, false)
    })
  }

  it('is told at Stripe, whose items come only where they were expanded', () => {
    const line = { quantity: 0.5, currency: 'usd', price: { id: 'p', unit_amount: 200 } }
    const call = completed({ line_items: { data: [line] } })
    assert.deepEqual(notesOf(createStripeSource(), call), ['unused_field at data.contents[0].quantity'])
  })

  it('is told of a name with an address in it, and a name is any other word', () => {
    const call = linesOf({ sku: 'a', title: 'For jane@example.com' }, { sku: 'unreadable', title: 'unreadable' })
    assert.deepEqual(notesOf(generic, call), ['unused_field at data.contents[0].name'])
    assert.deepEqual(generic(call).events[0]!.event.data!.contents, [
      { id: 'a' },
      { id: 'unreadable', name: 'unreadable' },
    ])
  })

  it('is nothing where a word for nothing stands, or no currency', () => {
    assert.deepEqual(notesOf(generic, linesOf({ sku: 'a', count: 'N/A', price: '' }, { sku: 'b', count: null })), [])
  })

  it('leaves no item where it says nothing else, and is named five times at most', () => {
    const [found] = generic(linesOf(...Array.from({ length: 9 }, () => ({ count: 1.5 })))).events
    assert.equal('contents' in found!.event.data!, false)
    assert.equal(found!.notes.length, 5)
  })
})
