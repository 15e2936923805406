import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { GenericOptions } from './index.ts'

/** What a backend of one's own posts. */
export const SALE: object = {
  kind: 'sale',
  test: false,
  order: { number: 77, paid_at: 1_773_892_800, total: '1234,50', currency: 'eur', status: 'paid' },
  buyer: { emails: ['user@example.com', 'second@example.com'], 'phone.main': '+14155552671', country: 'DE' },
  click: ' raw%2F ',
  session: 's_1',
  lines: [
    { article: 'a1', title: 'Lamp', count: '2', each: '500,25' },
    { article: 'a2', title: 'Bulb', count: 1, each: '0,333' },
  ],
}

const FIELDS = {
  id: 'order_{order.number}',
  type: { value: 'order_created' },
  timestamp: 'order.paid_at',
  timestampUnit: 's',
  amount: 'order.total',
  currency: 'order.currency',
  decimal: ',',
  email: 'buyer.emails[0]',
  country: 'buyer.country',
  oppref: 'click',
  context: ['session', 'order.number'],
  contents: {
    each: 'lines',
    id: 'article',
    name: 'title',
    quantity: 'count',
    amount: 'each',
    content_type: { value: 'product' },
  },
} as const
const RULE = { when: { kind: 'sale', 'order.status': ['paid', 'shipped'], test: { not: true } }, ...FIELDS }

const WIRE_SALE = {
  id: 'order_77',
  type: 'order_created',
  timestamp_ms: 1_773_892_800_000,
  oppref: ' raw%2F ',
  user: { email_sha256: sha256('user@example.com'), country: 'DE' },
  data: {
    type: 'contents',
    amount: 123_450,
    currency: 'EUR',
    contents: [
      { id: 'a1', name: 'Lamp', quantity: 2, amount: 50_025, content_type: 'product' },
      { id: 'a2', name: 'Bulb', quantity: 1, content_type: 'product' },
    ],
  },
}

const small = (fields: object): GenericOptions => ({
  mapping: { id: 'id', type: { value: 'lead_created' }, timestamp: 'at', ...fields },
})
const lead = (fields: object): object => ({
  id: '5',
  type: 'lead_created',
  timestamp_ms: 1_773_892_800_000,
  data: { type: 'customer_action' },
  ...fields,
})
const money = (amount: number, currency: string): object =>
  lead({ data: { type: 'customer_action', amount, currency } })
const at = 1_773_892_800_000

export const WIRE: readonly WireCase<GenericOptions>[] = [
  {
    says: 'paths, templates, constants, lists, units and decimal commas',
    call: { payload: SALE },
    options: { mapping: RULE },
    wire: WIRE_SALE,
    keys: ['s_1', '77', 'order_77'],
  },
  {
    says: 'a JSON pointer reaches keys with a point in them; lists of identities under 2026-11',
    call: { payload: SALE },
    contract: '2026-11',
    options: { mapping: { ...FIELDS, contents: null, email: 'buyer.emails', phone: '/buyer/phone.main' } },
    wire: {
      ...WIRE_SALE,
      user: {
        emails_sha256: [sha256('user@example.com'), sha256('second@example.com')],
        phone_numbers_sha256: [sha256('14155552671')],
        countries: ['DE'],
      },
      data: { type: 'contents', amount: 123_450, currency: 'EUR' },
    },
  },
  {
    says: 'the first rule whose conditions hold counts',
    call: { payload: { kind: 'lead', id: 5, at: '2026-03-19T04:00:00Z' } },
    options: {
      mapping: [RULE, { when: { kind: 'lead' }, id: 'id', type: { value: 'lead_created' }, timestamp: 'at' }],
    },
    wire: lead({}),
  },
  {
    says: 'a JSON number as an amount',
    call: { payload: { id: 5, at, v: 25.99 } },
    options: small({ amount: 'v', currency: { value: 'USD' } }),
    wire: money(2_599, 'USD'),
  },
  {
    says: 'a number with the dust of floating point',
    call: { payload: { id: 5, at, v: 0.1 + 0.2 } },
    options: small({ amount: 'v', currency: { value: 'USD' } }),
    wire: money(30, 'USD'),
  },
  {
    says: 'minor units',
    call: { payload: { id: 5, at, v: 8_900 } },
    options: small({ 'data.amount': 'v', currency: { value: 'JPY' } }),
    wire: money(8_900, 'JPY'),
  },
  {
    says: 'JPY',
    call: { payload: { id: 5, at, v: '8900' } },
    options: small({ amount: 'v', currency: { value: 'JPY' } }),
    wire: money(8_900, 'JPY'),
  },
  {
    says: 'KWD',
    call: { payload: { id: 5, at, v: '8.9' } },
    options: small({ amount: 'v', currency: { value: 'KWD' } }),
    wire: money(8_900, 'KWD'),
  },
  {
    says: 'microseconds',
    call: { payload: { id: 5, at: '1773892800000999' } },
    options: small({ timestampUnit: 'us' }),
    wire: lead({}),
  },
  {
    says: 'the moment of the call',
    call: { payload: { id: 5 }, receivedAtMs: at },
    options: small({ timestamp: 'received_at' }),
    wire: lead({}),
  },
  {
    says: 'a page of the web, and an opt-out',
    call: { payload: { id: 5, at, page: 'https://example.com/a', no: 'yes' } },
    options: small({ source_url: 'page', opt_out: 'no' }),
    wire: lead({ action_source: 'web', source_url: 'https://example.com/a', opt_out: true }),
  },
  {
    says: 'every field of a person, by the names of files and of the wire',
    call: {
      payload: {
        id: 5,
        at,
        e: 'user@example.com',
        x: 'u1',
        p: '+14155552671',
        f: 'Ada',
        l: 'Smith',
        c: 'us',
        t: 'Reno',
        r: 'NV',
        z: '1',
        i: '203.0.113.1',
        a: 'UA',
        o: 'ob',
        n: 'gaid',
      },
    },
    contract: '2026-11',
    warnings: ['country_uppercased'],
    options: small({
      'user.email_sha256': 'e',
      external_ids: 'x',
      phone_number: 'p',
      first_name: 'f',
      last_names_sha256: 'l',
      'user.country': 'c',
      city: 't',
      region: 'r',
      zip_code: 'z',
      ip_address: 'i',
      userAgent: 'a',
      obref: 'o',
      android_advertising_id: 'n',
      action_source: { value: 'phone_call' },
      opt_out: { value: false },
    }),
    wire: lead({
      action_source: 'phone_call',
      opt_out: false,
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('u1')],
        phone_numbers_sha256: [sha256('14155552671')],
        first_names_sha256: [sha256('ada')],
        last_names_sha256: [sha256('smith')],
        countries: ['US'],
        cities: ['Reno'],
        regions: ['NV'],
        postal_codes: ['1'],
        ip_address: '203.0.113.1',
        user_agent: 'UA',
        obref: 'ob',
        android_advertising_id: 'gaid',
      },
    }),
  },
  {
    says: 'items with a currency and a group of their own',
    call: { payload: { id: 5, at, rows: [{ sku: 'a', price: '8900', cur: 'jpy', family: 'f' }] } },
    contract: '2026-11',
    options: small({
      type: { value: 'order_created' },
      contents: { each: 'rows', id: 'sku', amount: 'price', currency: 'cur', group_id: 'family' },
    }),
    wire: lead({
      type: 'order_created',
      data: { type: 'contents', contents: [{ id: 'a', amount: 8_900, currency: 'JPY', group_id: 'f' }] },
    }),
  },
  {
    says: 'a custom event with keys of its own',
    call: { payload: { id: 5, at, size: { w: 1 } } },
    contract: '2026-11',
    options: small({
      type: { value: 'custom' },
      custom_event_name: { value: 'quote_requested' },
      'data.size': 'size',
      plan_id: 'id',
    }),
    wire: {
      id: '5',
      type: 'custom',
      custom_event_name: 'quote_requested',
      timestamp_ms: at,
      data: { type: 'custom', size: { w: 1 }, plan_id: '5' },
    },
  },
]

export const SKIPPED: readonly SkipCase<GenericOptions>[] = [
  { says: 'another kind', call: { payload: { ...SALE, kind: 'x' } }, options: { mapping: RULE }, code: 'condition' },
  { says: 'a test', call: { payload: { ...SALE, test: true } }, options: { mapping: RULE }, code: 'condition' },
  {
    says: 'a value that must exist',
    call: { payload: { id: 5, at } },
    options: small({ when: { paid: { exists: true } } }),
    code: 'condition',
  },
  {
    says: 'a value that must not exist',
    call: { payload: { id: 5, at, voided: 1 } },
    options: small({ when: { voided: { exists: false } } }),
    code: 'condition',
  },
  {
    says: 'null is not a value that must exist',
    call: { payload: { id: 5, at, paid: null } },
    options: small({ when: { paid: { exists: true } } }),
    code: 'condition',
  },
  {
    says: 'null stands for no value',
    call: { payload: { id: 5, at, voided: 1 } },
    options: small({ when: { voided: null } }),
    code: 'condition',
  },
  ...[
    { sum: '-5.00', cur: 'EUR' },
    { sum: -0.01, cur: 'EUR' },
  ].map((money) => ({
    says: `a total of ${money.sum} gives money back`,
    call: { payload: { id: 5, at, ...money } },
    options: small({ amount: 'sum', currency: 'cur' }),
    code: 'refunded' as const,
    ref: '5',
  })),
  {
    says: 'a total below zero in minor units',
    call: { payload: { id: 5, at, units: -500 } },
    options: small({ 'data.amount': 'units', currency: { value: 'EUR' } }),
    code: 'refunded',
    ref: '5',
  },
  { says: 'no object', call: { payload: 'x' }, options: { mapping: RULE }, code: 'malformed', path: '' },
  { says: 'no id', call: { payload: { at } }, options: small({}), code: 'malformed', path: 'id' },
  {
    says: 'no part of a template',
    call: { payload: { at } },
    options: small({ id: 'a_{b.c}' }),
    code: 'malformed',
    path: 'a_{b.c}',
  },
  {
    says: 'no type',
    call: { payload: { id: 5, at } },
    options: small({ type: 'kind' }),
    code: 'malformed',
    path: 'kind',
    ref: '5',
  },
  { says: 'no time', call: { payload: { id: 5 } }, options: small({}), code: 'malformed', path: 'at', ref: '5' },
  {
    says: 'a key of every object is none of the payload',
    call: { payload: { at } },
    options: small({ id: 'constructor.name' }),
    code: 'malformed',
    path: 'constructor.name',
  },
]

/** Mappings that are none, and what is said of them. */
export const REFUSED: readonly (readonly [json: unknown, says: RegExp])[] = [
  [undefined, /it is no JSON object/],
  [[], /the list is empty/],
  [['x'], /\[0\] is no JSON object/],
  [{ id: 'id' }, /"type" is missing.*"timestamp" is missing/],
  [{ ...FIELDS, id: null }, /"id" is missing/],
  [{ ...FIELDS, amout: 'x' }, /amout is no field \(did you mean "amount"\?\)/],
  [{ ...FIELDS, amount: 5 }, /amount needs a path, a template/],
  [{ ...FIELDS, amount: { value: null } }, /amount needs a path/],
  [{ ...FIELDS, id: 'order_{number' }, /id needs a path/],
  [{ ...FIELDS, 'data.amount': 'x' }, /amount is said twice/],
  [{ ...FIELDS, when: 'paid' }, /when is an object/],
  [{ ...FIELDS, when: { a: { is: 1 } } }, /when\["a"\] is a value, a list/],
  [{ ...FIELDS, when: { a: [] } }, /when\["a"\] is a value/],
  [{ ...FIELDS, when: { a: { not: 1, exists: true } } }, /when\["a"\] is a value/],
  [{ ...FIELDS, amount: { value: '5', unit: 'x' } }, /amount needs a path/],
  [{ ...FIELDS, timestampUnit: 'm' }, /timestampUnit is one of "ms", "s", "us"/],
  [{ ...FIELDS, decimal: ';' }, /decimal is one of/],
  [{ ...FIELDS, contents: 'lines' }, /contents is \{ "each"/],
  [{ ...FIELDS, contents: { each: 'lines', weight: 'w' } }, /contents\.weight is no key of an item/],
  [{ ...FIELDS, contents: { each: 'lines', id: 5 } }, /contents\.id needs a path/],
  [{ ...FIELDS, context: 7 }, /context is a path/],
  [{ ...FIELDS, 'data.__proto__': 'x' }, /data\.__proto__ is no field/],
]
