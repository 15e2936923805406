/** What an item of a call says and its event cannot is left out, and named in a warning: by every source that has items. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { check } from '../contract/check.ts'
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
    oppref: 'click',
    email: 'mail',
    contents: { each: 'lines', id: 'sku', name: 'title', quantity: 'count', amount: 'price', currency: 'money' },
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

type Product = Readonly<Record<string, unknown>>

/** A product of Segment, what is told of it, and the item that is left, each with a quantity besides. */
const PERSONAL: readonly (readonly [says: string, product: Product, told: readonly string[], item: object])[] = [
  ['an id that is an address', { sku: 'jane@example.com' }, ['id'], {}],
  ['an id that ends in a date after the address', { product_id: 'jane@example.com-2026-11-30' }, ['id'], {}],
  ['an id with the address encoded', { id: 'gift-jane%40example.com' }, ['id'], {}],
  ['an id that is a phone number', { sku: '+49 151 23456789' }, ['id'], {}],
  ['an id of an object', { sku: { value: 'a' } }, ['id'], {}],
  ['an id that is a word for nothing', { sku: '(not set)' }, ['id'], {}],
  [
    'an address in place of which another id counts',
    { sku: 'a', product_id: 'jane@example.com' },
    ['product_id'],
    { id: 'a' },
  ],
  ['a word in place of which another id counts', { sku: 'a', product_id: 'N/A' }, [], { id: 'a' }],
  ['a name that is a phone number', { sku: 'a', name: '0049 151 23456789' }, ['name'], { id: 'a' }],
  [
    'a name in place of which a title counts',
    { sku: 'a', name: { en: 'Tea' }, title: 'Tea' },
    ['name'],
    { id: 'a', name: 'Tea' },
  ],
  ['a type that is an address', { sku: 'a', content_type: 'jane@example.com' }, ['contentType'], { id: 'a' }],
  ['a group that is an address', { sku: 'a', groupId: 'jane@example.com' }, ['groupId'], { id: 'a' }],
  ['a group of a list', { sku: 'a', group_id: ['g'] }, ['groupId'], { id: 'a' }],
  ['variants that are no texts', { sku: 'a', variant_dict: { size: 42, fit: true } }, ['variantDict'], { id: 'a' }],
  ['a list of variants', { sku: 'a', variant_dict: ['M'] }, ['variantDict'], { id: 'a' }],
  [
    'variants of which some can be sent',
    {
      sku: 'a',
      variant_dict: { size: 'M', fit: 3, to: 'jane@example.com', phone: '0151 23456789', note: '', no: null },
    },
    ['variantDict.fit', 'variantDict.to', 'variantDict.phone'],
    { id: 'a', variantDict: { size: 'M', note: '' } },
  ],
  [
    'a variant with an address for its name',
    { sku: 'a', variant_dict: { 'jane@example.com': 'yes', size: 'M' } },
    ['variantDict.[key]'],
    { id: 'a', variantDict: { size: 'M' } },
  ],
  ['no variants', { sku: 'a', variant_dict: {}, group_id: '', content_type: null }, [], { id: 'a' }],
]

const ADDRESS = 'jane@example.com'
const PERSONAL_BY_SOURCE: readonly (readonly [
  name: string,
  source: Source,
  call: SourceCall,
  told: readonly string[],
  item: object,
])[] = [
  ['Shopify', createShopifySource(), paid({ line_items: [{ sku: ADDRESS, product_id: 7 }] }), ['sku'], { id: '7' }],
  [
    'WooCommerce',
    createWooCommerceSource(),
    updated({ line_items: [{ sku: ADDRESS, name: 'Tea' }] }),
    ['id'],
    { name: 'Tea' },
  ],
  [
    'GA4',
    createGa4Source(),
    collected({ 'events[0].params.items': [{ item_id: ADDRESS, quantity: 2 }] }),
    ['id'],
    { quantity: 2 },
  ],
  ['generic', generic, linesOf({ sku: ADDRESS, count: 1 }), ['id'], { quantity: 1 }],
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

  const told = (lines: readonly object[], notes: readonly string[], contents: readonly object[] | undefined): void => {
    const call = linesOf(...lines)
    assert.deepEqual(notesOf(generic, call), notes)
    assert.deepEqual(generic(call).events[0]!.event.data!.contents, contents)
  }

  it('is told of a name with an address in it, and a name is any other word', () => {
    told(
      [
        { sku: 'a', title: 'For jane@example.com' },
        { sku: 'unreadable', title: 'unreadable' },
        { sku: 'None', title: 'None' },
      ],
      ['unused_field at data.contents[0].name', 'unused_field at data.contents[2].id'],
      [{ id: 'a' }, { id: 'unreadable', name: 'unreadable' }, { name: 'None' }],
    )
  })

  it('is nothing where a word for nothing stands', () => {
    told([{ sku: 'a', count: 'N/A', price: '' }, { sku: 'b', count: null }, {}], [], [{ id: 'a' }, { id: 'b' }])
  })

  it('leaves no item where it says nothing else, and is named five times at most', () => {
    const [found] = generic(linesOf(...Array.from({ length: 9 }, () => ({ count: 1.5 })))).events
    assert.equal('contents' in found!.event.data!, false)
    assert.equal(found!.notes.length, 5)
  })

  it('is told of what is no item, and of a list that is none', () => {
    told(['tea' as unknown as object, { ean: '4006381333931' }], [0, 1].map(idAt), undefined)
    const call = { ...linesOf(), payload: { id: 'o-1', at: AT, lines: { sku: 'a' } } }
    assert.deepEqual(notesOf(generic, call), ['unused_field at data.contents'])
  })

  it('is told of a price without a currency, which a code that nobody knows is, too', () => {
    told(
      [
        { sku: 'a', price: 5, money: 'Euro' },
        { sku: 'b', price: 5, money: 978 },
      ],
      ['[0].amount', '[0].currency', '[1].amount', '[1].currency'].map((at) => `unused_field at data.contents${at}`),
      [{ id: 'a' }, { id: 'b' }],
    )
  })
})

const idAt = (index: number): string => `unused_field at data.contents[${index}].id`

describe('what an item says and nobody may read', () => {
  for (const [says, product, notes, item] of PERSONAL) {
    it(says, () => {
      const call = tracked({ 'properties.products': [{ ...product, quantity: 1 }] })
      const [found] = createSegmentSource()(call).events
      assert.deepEqual(
        found!.notes.map(({ code, path }) => `${code} at ${path}`),
        notes.map((at) => `unused_field at data.contents[0].${at}`),
      )
      assert.deepEqual(found!.event.data!.contents, [{ ...item, quantity: 1 }])
      assert.equal(check(found!.event, { now: call.receivedAtMs! }).ok, true)
    })
  }

  for (const [name, source, call, notes, item] of PERSONAL_BY_SOURCE) {
    it(`is told: ${name}`, () => {
      assert.deepEqual(
        notesOf(source, call),
        notes.map((at) => `unused_field at data.contents[0].${at}`),
      )
      assert.deepEqual(source(call).events[0]!.event.data!.contents, [item])
    })
  }
})

describe('what an event of its type has no place for', () => {
  const rows: readonly (readonly [says: string, source: Source, call: SourceCall, note: string])[] = [
    [
      'items of a lead at Segment',
      createSegmentSource(),
      tracked({ event: 'Lead Generated', 'properties.products': [{ sku: 'a' }] }),
      'properties.products',
    ],
    [
      'items of a lead at GA4',
      createGa4Source(),
      collected({ 'events[0].name': 'generate_lead', 'events[0].params.items': [{ item_id: 'a' }] }),
      'data.contents',
    ],
    [
      'items at GA4 that are no list',
      createGa4Source(),
      collected({ 'events[0].params.items': { item_id: 'a' } }),
      'events[0].params.items',
    ],
    [
      'a click reference at Segment that is no text',
      createSegmentSource(),
      tracked({ 'properties.oppref': 12_345 }),
      'properties.oppref',
    ],
    [
      'a click reference at GA4 that is no text',
      createGa4Source(),
      collected({ 'events[0].params.oppref': { id: 'x' } }),
      'events[0].params.oppref',
    ],
    [
      'a click reference at Shopify that is no text',
      createShopifySource(),
      paid({ note_attributes: [{ name: '_oppref', value: 7 }] }),
      '_oppref',
    ],
    [
      'a click reference at WooCommerce that is no text',
      createWooCommerceSource(),
      updated({ meta_data: [{ key: 'oppref', value: ['x'] }] }),
      'oppref',
    ],
    [
      'a click reference at Stripe that is no text',
      createStripeSource(),
      completed({ metadata: { oppref: 7 } }),
      'oppref',
    ],
    [
      'a page without its scheme at Segment',
      createSegmentSource(),
      tracked({ 'properties.source_url': 'www.shop.example/a' }),
      'properties.source_url',
    ],
    [
      'a place that is no text',
      createSegmentSource(),
      tracked({ 'properties.actionSource': { is: 'web' } }),
      'properties.actionSource',
    ],
    [
      'a page without its scheme at GA4',
      createGa4Source(),
      collected({ 'events[0].params.page_location': 'shop.example/a' }),
      'events[0].params.page_location',
    ],
    ...['(not set)', { id: 5 }, 2 ** 60].map((id): (typeof rows)[number] => [
      `an id at GA4 that names nothing: ${JSON.stringify(id)}`,
      createGa4Source(),
      collected({ 'events[0].params.transaction_id': id }),
      'events[0].params.transaction_id',
    ]),
    ...['USD 12.50', '12,50 \u20ac', '1,234.50'].map((total): (typeof rows)[number] => [
      `an amount with its currency: ${total}`,
      createSegmentSource(),
      tracked({ properties: { order_id: '1', grand_total: total } }),
      'properties.grand_total',
    ]),
    [
      'a click reference of a mapping that is no text',
      generic,
      { ...linesOf(), payload: { id: 'o-1', at: AT, click: 7 } },
      'oppref',
    ],
    [
      'an address of a mapping that is no text',
      generic,
      { ...linesOf(), payload: { id: 'o-1', at: AT, mail: { to: 'x' } } },
      'user.email',
    ],
    [
      'a plan that is an address',
      createSegmentSource(),
      tracked({ event: 'Subscription Created', 'properties.plan_id': 'jane@example.com' }),
      'data.planId',
    ],
    [
      'a plan without an id',
      createSegmentSource(),
      tracked({ event: 'Trial Started', 'properties.plan': { size: 'big' } }),
      'data.planId',
    ],
  ]
  for (const [says, source, call, note] of rows) {
    it(`is told: ${says}`, () => {
      assert.ok(notesOf(source, call).includes(`unused_field at ${note}`), notesOf(source, call).join())
      assert.equal(JSON.stringify(source(call).events).includes('unsent'), false)
    })
  }
})
