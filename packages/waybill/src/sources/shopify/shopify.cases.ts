/** Payloads in the shape of Shopify's documented webhooks (shopify.dev, "Webhooks", orders/paid and its like). */
import { type Change, changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { ShopifyOptions } from './settings.ts'

const money = (amount: string, shown: string = amount, currency = 'USD', shownIn: string = currency): object => ({
  shop_money: { amount, currency_code: currency },
  presentment_money: { amount: shown, currency_code: shownIn },
})

/** Paid by a customer with an account: two items, a discount, taxes and shipping in the total. */
export const ORDER: object = {
  id: 820982911946154,
  admin_graphql_api_id: 'gid://shopify/Order/820982911946154',
  browser_ip: '203.0.113.7',
  cancel_reason: null,
  cancelled_at: null,
  cart_token: '68778783ad298f1c80c3bafcddeea02f',
  checkout_token: 'bd5a8aa1ecd019dd3520ff791ee3a24c',
  client_details: {
    accept_language: 'en',
    browser_ip: '203.0.113.7',
    session_hash: null,
    user_agent: 'Mozilla/5.0 (X11)',
  },
  confirmed: true,
  contact_email: 'user@example.com',
  created_at: '2026-03-18T23:59:58-05:00',
  currency: 'USD',
  current_total_price: '79.66',
  customer: {
    id: 115310627314723,
    admin_graphql_api_id: 'gid://shopify/Customer/115310627314723',
    email: 'user@example.com',
    first_name: 'John',
    last_name: 'Smith',
    phone: '+14155552671',
    state: 'enabled',
  },
  discount_codes: [{ code: 'SPRING', amount: '20.00', type: 'fixed_amount' }],
  email: 'user@example.com',
  financial_status: 'paid',
  landing_site: '/collections/all?utm_source=ads&oppref=ab%2Fc%3D+d',
  line_items: [
    {
      id: 466157049,
      discount_allocations: [{ amount: '20.00' }],
      name: 'IPod Nano - 8GB - red',
      price: '34.83',
      price_set: money('34.83', '32.10', 'USD', 'EUR'),
      product_id: 632910392,
      quantity: 2,
      sku: 'IPOD2008RED',
      title: 'IPod Nano - 8GB',
      variant_id: 808950810,
    },
    {
      name: 'Gift wrap',
      price: '10.00',
      price_set: money('10.00', '9.21', 'USD', 'EUR'),
      product_id: 7,
      quantity: 1,
      sku: '',
      title: 'Gift wrap',
      variant_id: 9,
    },
  ],
  name: '#1001',
  note_attributes: [],
  number: 1,
  order_number: 1001,
  order_status_url: 'https://shop.example.com/690933842/orders/123456abcd/authenticate?key=abcdefg',
  phone: null,
  presentment_currency: 'EUR',
  processed_at: '2026-03-18T23:59:59-05:00',
  source_name: 'web',
  tax_lines: [{ price: '5.00', rate: 0.06, title: 'State tax' }],
  taxes_included: false,
  test: false,
  total_discounts: '20.00',
  total_price: '79.66',
  total_price_set: money('79.66', '73.37', 'USD', 'EUR'),
  total_shipping_price_set: money('15.00'),
  total_tax: '5.00',
  billing_address: {
    city: 'San Francisco',
    country_code: 'US',
    province_code: 'CA',
    zip: '94107',
    first_name: 'John',
    last_name: 'Smith',
  },
}

const call = (topic: string, payload: unknown): SourceCall => ({ topic, payload, site: 'jsmith.myshopify.com' })
export const paid = (change: Change = {}): SourceCall => call('orders/paid', changed(ORDER, change))

const USER = {
  email_sha256: sha256('user@example.com'),
  external_id_sha256: sha256('115310627314723'),
  country: 'US',
  city: 'San Francisco',
  zip_code: '94107',
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11)',
}

export const ORDER_WIRE: object = {
  id: '820982911946154',
  type: 'order_created',
  timestamp_ms: 1_773_896_399_000,
  oppref: 'ab%2Fc%3D+d',
  action_source: 'web',
  source_url: 'https://shop.example.com/',
  user: USER,
  data: {
    type: 'contents',
    amount: 7966,
    currency: 'USD',
    contents: [
      { id: 'IPOD2008RED', name: 'IPod Nano - 8GB', quantity: 2, amount: 3483 },
      { id: '9', name: 'Gift wrap', quantity: 1, amount: 1000 },
    ],
  },
}
const wire = (change: Change): object => changed(ORDER_WIRE, change) as object
const inCurrency = (currency: string, total: string, price: string): Change => ({
  currency,
  total_price: total,
  total_price_set: money(total, total, currency),
  line_items: [{ title: 'Tea', sku: 'tea', quantity: 1, price, price_set: money(price, price, currency) }],
})
const tea = (amount: number, currency: string, price: number): Change => ({
  data: { type: 'contents', amount, currency, contents: [{ id: 'tea', name: 'Tea', quantity: 1, amount: price }] },
})

export const checkout = (change: Change): SourceCall => call('checkouts/create', changed(CHECKOUT, change))
const CHECKOUT = {
  id: 981820079255243,
  token: '123123123',
  cart_token: 'eeafa272cebfd4b22385bc4b645e762c',
  email: 'user@example.com',
  created_at: '2026-03-18T23:00:00-05:00',
  currency: 'KWD',
  total_price: '12.345',
  landing_site: null,
  note_attributes: [{ name: '_oppref', value: ' raw%20value ' }],
  abandoned_checkout_url: 'https://checkout.shop.example.com/548380009/checkouts/123123123/recover?key=x',
  line_items: [{ title: 'Dates', sku: 'dates', quantity: 1, price: '12.345', variant_id: 1, product_id: 2 }],
}

const CUSTOMER = {
  id: JSON.parse('706405506930370084') as number,
  admin_graphql_api_id: 'gid://shopify/Customer/706405506930370084',
  email: 'user@example.com',
  created_at: '2026-03-18T22:00:00-05:00',
  updated_at: '2026-03-18T22:30:00-05:00',
  first_name: 'Bob',
  last_name: 'Biller',
  state: 'disabled',
  phone: null,
}

const registered = (timestamp: number): object => ({
  id: '706405506930370084',
  type: 'registration_completed',
  timestamp_ms: timestamp,
  action_source: 'web',
  source_url: 'https://jsmith.myshopify.com/',
  user: { email_sha256: sha256('user@example.com'), external_id_sha256: sha256('706405506930370084') },
  data: { type: 'customer_action' },
})

export const WIRE: readonly WireCase<ShopifyOptions>[] = [
  {
    says: 'orders/paid: the total paid, with discount, taxes and shipping; items at their list price; the reference as the URL has it',
    call: paid(),
    wire: ORDER_WIRE,
    keys: ['820982911946154', '1001', 'bd5a8aa1ecd019dd3520ff791ee3a24c', '68778783ad298f1c80c3bafcddeea02f'],
    repeats: 'compare',
  },
  {
    says: 'orders/paid in the currency that the customer saw',
    call: paid(),
    options: { money: 'presentment' },
    wire: wire({
      'data.amount': 7337,
      'data.currency': 'EUR',
      'data.contents[0].amount': 3210,
      'data.contents[1].amount': 921,
    }),
  },
  {
    says: 'orders/paid in JPY: no decimals',
    call: paid(inCurrency('JPY', '8900', '8900')),
    wire: wire(tea(8900, 'JPY', 8900)),
  },
  {
    says: 'orders/paid in JPY as Shopify also writes it',
    call: paid(inCurrency('JPY', '8900.00', '8900.00')),
    wire: wire(tea(8900, 'JPY', 8900)),
  },
  {
    says: 'orders/paid in KWD: three decimals',
    call: paid(inCurrency('KWD', '12.345', '12.345')),
    wire: wire(tea(12_345, 'KWD', 12_345)),
  },
  {
    says: 'a guest’s order has no external id',
    call: paid({ customer: null }),
    wire: wire({ 'user.external_id_sha256': undefined }),
  },
  {
    says: 'a missing email is no loss',
    call: paid({ email: '', contact_email: null, 'customer.email': null }),
    wire: wire({ 'user.email_sha256': undefined }),
  },
  {
    says: 'an order without any customer data',
    call: paid({
      email: '',
      contact_email: null,
      customer: null,
      billing_address: null,
      browser_ip: null,
      client_details: null,
    }),
    wire: wire({ user: undefined }),
  },
  {
    says: 'a malformed email costs itself and not the order',
    call: paid({ email: 'not an address' }),
    wire: wire({ 'user.email_sha256': undefined }),
    warnings: ['invalid_identity'],
  },
  {
    says: 'under 2026-11 phone, names and region are hashed or sent as well',
    call: paid(),
    contract: '2026-11',
    wire: wire({
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('115310627314723')],
        phone_numbers_sha256: [sha256('14155552671')],
        first_names_sha256: [sha256('john')],
        last_names_sha256: [sha256('smith')],
        countries: ['US'],
        cities: ['San Francisco'],
        regions: ['CA'],
        postal_codes: ['94107'],
        ip_address: '203.0.113.7',
        user_agent: 'Mozilla/5.0 (X11)',
      },
    }),
  },
  {
    says: 'a phone number without a country code matches nobody and is left out',
    call: paid({ 'customer.phone': '555-625-1199' }),
    contract: '2026-11',
    wire: wire({
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('115310627314723')],
        first_names_sha256: [sha256('john')],
        last_names_sha256: [sha256('smith')],
        countries: ['US'],
        cities: ['San Francisco'],
        regions: ['CA'],
        postal_codes: ['94107'],
        ip_address: '203.0.113.7',
        user_agent: 'Mozilla/5.0 (X11)',
      },
    }),
  },
  {
    says: 'an id beyond 2^53 − 1 keeps its digits',
    call: paid({
      id: JSON.parse('820982911946154508'),
      admin_graphql_api_id: 'gid://shopify/Order/820982911946154508',
    }),
    wire: wire({ id: '820982911946154508' }),
  },
  {
    says: 'an order that was not processed yet has the time of its creation',
    call: paid({ processed_at: null }),
    wire: wire({ timestamp_ms: 1_773_896_398_000 }),
  },
  {
    says: 'without the amount that the customer saw, the shop’s own',
    call: paid({ total_price_set: undefined, 'line_items[0].price_set': undefined, 'line_items[1].price_set': null }),
    options: { money: 'presentment' },
    wire: ORDER_WIRE,
  },
  {
    says: 'under 2026-11 the names of the address stand in for the customer’s',
    call: paid({
      customer: null,
      phone: '0049 170 1234567',
      billing_address: { first_name: 'Ada', last_name: 'Byron', province: 'Berlin', country_code: 'DE' },
    }),
    contract: '2026-11',
    wire: wire({
      user: {
        emails_sha256: [sha256('user@example.com')],
        phone_numbers_sha256: [sha256('491701234567')],
        first_names_sha256: [sha256('ada')],
        last_names_sha256: [sha256('byron')],
        countries: ['DE'],
        regions: ['Berlin'],
        ip_address: '203.0.113.7',
        user_agent: 'Mozilla/5.0 (X11)',
      },
    }),
  },
  {
    says: 'a customer under 2026-11',
    call: call('customers/create', { ...CUSTOMER, phone: '+14155552671' }),
    contract: '2026-11',
    wire: changed(registered(1_773_889_200_000), {
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('706405506930370084')],
        phone_numbers_sha256: [sha256('14155552671')],
        first_names_sha256: [sha256('bob')],
        last_names_sha256: [sha256('biller')],
      },
    }) as object,
  },
  {
    says: 'an id of older API versions, as a number alone',
    call: paid({ admin_graphql_api_id: undefined }),
    wire: ORDER_WIRE,
  },
  {
    says: 'the shipping address stands in for the billing address',
    call: paid({ billing_address: null, shipping_address: { city: 'Oakland', country_code: 'US', zip: '94601' } }),
    wire: wire({ 'user.city': 'Oakland', 'user.zip_code': '94601' }),
  },
  {
    says: 'the customer’s own address stands in for both, and their email for the order’s',
    call: paid({
      billing_address: null,
      email: null,
      contact_email: null,
      'customer.default_address': { city: 'Reno', country_code: 'US', zip: '89501' },
    }),
    wire: wire({ 'user.city': 'Reno', 'user.zip_code': '89501' }),
  },
  { says: 'the id may be the order number', call: paid(), options: { id: 'order_number' }, wire: wire({ id: '1001' }) },
  {
    says: 'the id may be a template',
    call: paid(),
    options: { id: 'order_{order_number}' },
    wire: wire({ id: 'order_1001' }),
  },
  {
    says: 'a reference among the cart’s attributes comes before the landing page',
    call: paid({
      note_attributes: [
        { name: 'color', value: 'red' },
        { name: 'oppref', value: 'kept as is%2F ' },
      ],
    }),
    wire: wire({ oppref: 'kept as is%2F ' }),
  },
  { says: 'no landing page, no reference', call: paid({ landing_site: null }), wire: wire({ oppref: undefined }) },
  {
    says: 'an order of the till was made in the shop, and its network is not the customer’s',
    call: paid({ source_name: 'pos' }),
    wire: wire({
      action_source: 'physical_store',
      source_url: undefined,
      'user.ip_address': undefined,
      'user.user_agent': undefined,
    }),
  },
  {
    says: 'without an order page the shop’s host is the site',
    call: paid({ order_status_url: null }),
    wire: wire({ source_url: 'https://jsmith.myshopify.com/' }),
  },
  {
    says: 'a free order is an order',
    call: paid({ total_price: '0.00', total_price_set: money('0.00') }),
    wire: wire({ 'data.amount': 0 }),
  },
  {
    says: 'a partly refunded order is still one',
    call: paid({ financial_status: 'partially_refunded', current_total_price: '44.83' }),
    wire: ORDER_WIRE,
  },
  {
    says: 'an item that was removed is none, and an address in a title stays here',
    call: paid({
      'line_items[0].title': 'Engraved: user@example.com',
      'line_items[0].name': null,
      'line_items[1].quantity': 0,
    }),
    wire: wire({ 'data.contents': [{ id: 'IPOD2008RED', quantity: 2, amount: 3483 }] }),
  },
  {
    says: 'items may be named by variant',
    call: paid(),
    options: { itemId: 'variant_id' },
    wire: wire({ 'data.contents[0].id': '808950810' }),
  },
  {
    says: 'a test order is an event on request',
    call: paid({ test: true }),
    options: { testOrders: 'send' },
    wire: ORDER_WIRE,
  },
  {
    says: 'checkouts/create, in KWD, with a reference in a hidden attribute',
    call: call('checkouts/create', CHECKOUT),
    wire: {
      id: '123123123',
      type: 'checkout_started',
      timestamp_ms: 1_773_892_800_000,
      oppref: ' raw%20value ',
      action_source: 'web',
      source_url: 'https://checkout.shop.example.com/',
      user: { email_sha256: sha256('user@example.com') },
      data: {
        type: 'contents',
        amount: 12_345,
        currency: 'KWD',
        contents: [{ id: 'dates', name: 'Dates', quantity: 1, amount: 12_345 }],
      },
    },
    keys: ['123123123', 'eeafa272cebfd4b22385bc4b645e762c'],
  },
  {
    says: 'customers/create, with an id beyond 2^53 − 1',
    call: call('customers/create', CUSTOMER),
    wire: registered(1_773_889_200_000),
    repeats: 'first_wins',
  },
  {
    says: 'customers/enable is the same registration, later',
    call: call('customers/enable', { ...CUSTOMER, state: 'enabled' }),
    options: { registrations: 'with_account' },
    wire: registered(1_773_891_000_000),
  },
  {
    says: 'a mapping changes fields of a topic',
    call: paid(),
    options: {
      mapping: {
        events: {
          'orders/paid': { id: 'shop-{name}', timestamp: 'created_at', external_id: 'customer.email', contents: null },
        },
      },
    },
    wire: wire({
      id: 'shop-#1001',
      timestamp_ms: 1_773_896_398_000,
      'user.external_id_sha256': sha256('user@example.com'),
      'data.contents': undefined,
    }),
  },
  {
    says: 'a mapping makes a conversion of another topic, also of an unpaid order',
    call: call('orders/create', changed(ORDER, { financial_status: 'pending' })),
    options: { mapping: { events: { 'orders/create': { type: { value: 'order_created' } } } } },
    wire: ORDER_WIRE,
  },
  {
    says: 'a mapping can make an event of a refund',
    call: call('refunds/create', { id: 7, order_id: 5, created_at: '2026-03-18T23:00:00-05:00' }),
    options: {
      mapping: {
        events: {
          'refunds/create': {
            id: 'refund_{id}',
            type: { value: 'custom' },
            custom_event_name: { value: 'order_refunded' },
            timestamp: 'created_at',
          },
        },
      },
    },
    wire: {
      id: 'refund_7',
      type: 'custom',
      custom_event_name: 'order_refunded',
      timestamp_ms: 1_773_892_800_000,
      data: { type: 'custom' },
    },
  },
  {
    says: 'a mapping makes a custom event',
    call: call('fulfillments/create', { id: 5, created_at: '2026-03-18T23:00:00-05:00' }),
    options: {
      mapping: {
        events: {
          'fulfillments/create': {
            id: 'fulfillment_{id}',
            type: { value: 'custom' },
            custom_event_name: { value: 'order_shipped' },
            timestamp: 'created_at',
          },
        },
      },
    },
    wire: {
      id: 'fulfillment_5',
      type: 'custom',
      custom_event_name: 'order_shipped',
      timestamp_ms: 1_773_892_800_000,
      data: { type: 'custom' },
    },
  },
]

const ref = '820982911946154'
export const SKIPPED: readonly SkipCase<ShopifyOptions>[] = [
  { says: 'a test order is none', call: paid({ test: true }), code: 'test_order', ref },
  { says: 'a cancelled order is none', call: paid({ cancelled_at: '2026-03-19T00:00:00Z' }), code: 'cancelled', ref },
  { says: 'a voided payment is none', call: paid({ financial_status: 'voided' }), code: 'cancelled', ref },
  { says: 'a refunded order is none', call: paid({ financial_status: 'refunded' }), code: 'refunded', ref },
  ...['pending', 'authorized', 'partially_paid'].map((status) => ({
    says: `an order that is ${status} is not paid`,
    call: paid({ financial_status: status }),
    code: 'unpaid' as const,
    ref,
  })),
  {
    says: 'a test order with a mapping is none',
    call: paid({ test: true }),
    options: { mapping: { events: { 'orders/paid': {} } } },
    code: 'test_order',
    ref,
  },
  { says: 'a topic without a meaning is none', call: call('orders/updated', ORDER), code: 'no_conversion', ref },
  {
    says: 'checkouts/update is none',
    call: call('checkouts/update', CHECKOUT),
    code: 'no_conversion',
    ref: '123123123',
  },
  { says: 'a topic that nobody knows is none', call: call('carts/create', { id: 'x' }), code: 'no_conversion' },
  { says: 'a call without a topic is none', call: { payload: ORDER }, code: 'no_conversion' },
  { says: 'a refund is none', call: call('refunds/create', { id: 1, order_id: 7 }), code: 'refunded', ref: '7' },
  {
    says: 'a mapping can turn a topic off',
    call: paid(),
    options: { mapping: { events: { 'orders/paid': null } } },
    code: 'no_conversion',
    ref,
  },
  {
    says: 'a condition of a mapping',
    call: paid(),
    options: { mapping: { events: { 'orders/paid': { when: { source_name: { not: 'web' } } } } } },
    code: 'condition',
    ref,
  },
  {
    says: 'a guest is no registration, on request',
    call: call('customers/create', CUSTOMER),
    options: { registrations: 'with_account' },
    code: 'guest',
    ref: '706405506930370084',
  },
  { says: 'no object', call: call('orders/paid', [1]), code: 'malformed', path: '' },
  { says: 'no id', call: paid({ id: null, admin_graphql_api_id: null }), code: 'malformed', path: 'id' },
  {
    says: 'no id where the option looks',
    call: paid({ order_number: null }),
    options: { id: 'order_number' },
    code: 'malformed',
    path: 'order_number',
  },
  {
    says: 'half a template is no id',
    call: paid({ order_number: null }),
    options: { id: 'o_{order_number}' },
    code: 'malformed',
    path: 'o_{order_number}',
  },
  {
    says: 'no time',
    call: paid({ processed_at: null, created_at: null }),
    code: 'malformed',
    path: 'processed_at',
    ref,
  },
]
