/** Payloads in the shape of WooCommerce's documented order (REST API v3, "Order properties"), as webhooks deliver it. */
import { type Change, changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { WooCommerceOptions } from './settings.ts'

export const ORDER: object = {
  id: 727,
  parent_id: 0,
  number: '727',
  order_key: 'wc_order_58d2d042d1d',
  created_via: 'checkout',
  status: 'processing',
  currency: 'USD',
  date_created: '2026-03-18T23:00:00',
  date_created_gmt: '2026-03-19T04:00:00',
  date_modified_gmt: '2026-03-19T04:00:01',
  date_paid_gmt: '2026-03-19T04:00:01',
  discount_total: '10.00',
  shipping_total: '10.00',
  total: '29.35',
  total_tax: '1.35',
  prices_include_tax: false,
  customer_id: 26,
  customer_ip_address: '203.0.113.9',
  customer_user_agent: 'Mozilla/5.0 (Mac)',
  billing: {
    first_name: 'John',
    last_name: 'Doe',
    city: 'San Francisco',
    state: 'CA',
    postcode: '94103',
    country: 'US',
    email: 'user@example.com',
    phone: '(555) 555-5555',
  },
  shipping: { city: 'Oakland', country: 'US', postcode: '94601' },
  payment_method: 'bacs',
  payment_url: 'https://shop.example.com/checkout/order-pay/727/?pay_for_order=true&key=wc_order_58d2d042d1d',
  meta_data: [
    // As WooCommerce saves it: the percent escapes of the landing page are gone.
    { id: 1, key: '_wc_order_attribution_session_entry', value: 'https://shop.example.com/sale/?oppref=ab&x=1#top' },
    { id: 3, key: '_oppref', value: 'a%2Bb' },
    { id: 2, key: '_wcpay_mode', value: 'prod' },
  ],
  line_items: [
    {
      id: 315,
      name: 'Woo Single #1',
      product_id: 93,
      variation_id: 0,
      quantity: 2,
      price: 3,
      sku: '',
      subtotal: '6.00',
      total: '6.00',
    },
    {
      id: 316,
      name: 'Ship Your Idea',
      product_id: 22,
      variation_id: 23,
      quantity: 3,
      price: 6.666666666666667,
      sku: 'Bar3',
      total: '20.00',
    },
  ],
  refunds: [],
}

export const updated = (change: Change = {}, topic = 'order.updated'): SourceCall => ({
  topic,
  payload: changed(ORDER, change),
  site: 'https://shop.example.com/',
})

export const ORDER_WIRE: object = {
  id: '727',
  type: 'order_created',
  timestamp_ms: 1_773_892_800_000,
  oppref: 'a%2Bb',
  action_source: 'web',
  source_url: 'https://shop.example.com/',
  user: {
    email_sha256: sha256('user@example.com'),
    external_id_sha256: sha256('26'),
    country: 'US',
    city: 'San Francisco',
    zip_code: '94103',
    ip_address: '203.0.113.9',
    user_agent: 'Mozilla/5.0 (Mac)',
  },
  data: {
    type: 'contents',
    amount: 2_935,
    currency: 'USD',
    contents: [
      { id: '93', name: 'Woo Single #1', quantity: 2, amount: 300 },
      { id: 'Bar3', name: 'Ship Your Idea', quantity: 3 },
    ],
  },
}
const order = (change: Change = {}): object => changed(ORDER_WIRE, change) as object

export const WIRE: readonly WireCase<WooCommerceOptions>[] = [
  {
    says: 'an order that is processing: the total with discount, taxes and shipping; a unit price that is a fraction is left out',
    call: updated(),
    wire: ORDER_WIRE,
    keys: ['727', 'wc_order_58d2d042d1d'],
    repeats: 'first_wins',
  },
  {
    says: 'an order that is completed',
    call: updated({ status: 'completed', date_completed_gmt: '2026-03-19T04:30:00' }),
    wire: ORDER_WIRE,
  },
  { says: 'an order that was made paid', call: updated({}, 'order.created'), wire: ORDER_WIRE },
  {
    says: 'a partly refunded order is still one',
    call: updated({ refunds: [{ id: 1, total: '-5.00' }] }),
    wire: ORDER_WIRE,
  },
  {
    says: 'JPY',
    call: updated({ currency: 'JPY', total: '2935' }),
    wire: order({ 'data.amount': 2_935, 'data.currency': 'JPY', 'data.contents[0].amount': 3 }),
  },
  {
    says: 'KWD',
    call: updated({ currency: 'KWD', total: '29.350' }),
    wire: order({ 'data.amount': 29_350, 'data.currency': 'KWD', 'data.contents[0].amount': 3_000 }),
  },
  {
    says: 'under 2026-11 names and region as well; the phone has no country code and is left out',
    call: updated(),
    contract: '2026-11',
    wire: order({
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('26')],
        first_names_sha256: [sha256('john')],
        last_names_sha256: [sha256('doe')],
        countries: ['US'],
        cities: ['San Francisco'],
        regions: ['CA'],
        postal_codes: ['94103'],
        ip_address: '203.0.113.9',
        user_agent: 'Mozilla/5.0 (Mac)',
      },
    }),
  },
  {
    says: 'the shipping address stands in where the billing address has no country',
    call: updated({ 'billing.country': '' }),
    wire: order({ 'user.city': 'Oakland', 'user.zip_code': '94601' }),
  },
  {
    says: 'items may be named by product',
    call: updated(),
    options: { itemId: 'product_id' },
    wire: order({ 'data.contents[1].id': '22' }),
  },
  { says: 'a guest', call: updated({ customer_id: 0 }), wire: order({ 'user.external_id_sha256': undefined }) },
  { says: 'a missing email', call: updated({ 'billing.email': '' }), wire: order({ 'user.email_sha256': undefined }) },
  {
    says: 'the number of a plugin as the id',
    call: updated({ number: 'A-99' }),
    options: { id: 'order_{order_number}' },
    wire: order({ id: 'order_A-99' }),
  },
  {
    says: 'a reference that a plugin kept',
    call: updated({ meta_data: [{ key: '_oppref', value: 'kept %2F' }] }),
    wire: order({ oppref: 'kept %2F' }),
  },
  {
    says: 'an order that an employee typed in',
    call: updated({ created_via: 'admin' }),
    wire: order({
      action_source: 'other',
      source_url: undefined,
      'user.ip_address': undefined,
      'user.user_agent': undefined,
    }),
  },
  {
    says: 'a status of the shop’s own',
    call: updated({ status: 'wc-shipped' }),
    options: { statuses: ['shipped'] },
    wire: ORDER_WIRE,
  },
  {
    says: 'test mode on request',
    call: updated({ meta_data: [{ key: '_wcpay_mode', value: 'test' }] }),
    options: { testOrders: 'send' },
    wire: order({ oppref: undefined }),
  },
  {
    says: 'and leaves what was never the web',
    call: updated({ created_via: 'admin' }),
    options: { mapping: { events: { 'order.updated': { source_url: null } } } },
    wire: order({
      action_source: 'other',
      source_url: undefined,
      'user.ip_address': undefined,
      'user.user_agent': undefined,
    }),
  },
  {
    says: 'a mapping that takes the page away takes the web away',
    call: updated(),
    options: { mapping: { events: { 'order.updated': { source_url: null } } } },
    wire: order({ action_source: undefined, source_url: undefined }),
  },
  {
    says: 'a mapping reads meta data and makes an offline event',
    call: updated(),
    options: {
      mapping: {
        events: {
          'order.updated': {
            action_source: { value: 'phone_call' },
            source_url: null,
            city: 'shipping.city',
            context: '{id}-{order_key}',
          },
        },
      },
    },
    wire: order({ action_source: 'phone_call', source_url: undefined, 'user.city': 'Oakland' }),
    keys: ['727-wc_order_58d2d042d1d', '727', 'wc_order_58d2d042d1d'],
  },
]

const ref = '727'
export const SKIPPED: readonly SkipCase<WooCommerceOptions>[] = [
  ...(['pending', 'on-hold', 'failed', 'checkout-draft'] as const).map((status) => ({
    says: `an order in the status ${status} is not paid`,
    call: updated({ status }),
    code: 'unpaid' as const,
    ref,
  })),
  { says: 'a cancelled order', call: updated({ status: 'cancelled' }), code: 'cancelled', ref },
  { says: 'a refunded order', call: updated({ status: 'refunded' }), code: 'refunded', ref },
  { says: 'a status that only the shop knows', call: updated({ status: 'shipped' }), code: 'no_conversion', ref },
  {
    says: 'test mode of WooPayments',
    call: updated({ meta_data: [{ key: '_wcpay_mode', value: 'test' }] }),
    code: 'test_order',
    ref,
  },
  { says: 'a deleted order', call: { topic: 'order.deleted', payload: { id: 727 } }, code: 'cancelled' },
  { says: 'another topic', call: updated({}, 'order.restored'), code: 'no_conversion', ref },
  { says: 'the greeting of a new webhook', call: { payload: 'webhook_id=3' }, code: 'no_conversion' },
  { says: 'the greeting, parsed', call: { payload: { webhook_id: '3' } }, code: 'no_conversion' },
  { says: 'no object', call: { topic: 'order.updated', payload: null }, code: 'malformed', path: '' },
  { says: 'no id', call: updated({ id: null }), code: 'malformed', path: 'id' },
  {
    says: 'no time',
    call: updated({ date_created_gmt: null, date_paid_gmt: null }),
    code: 'malformed',
    path: 'date_created_gmt',
    ref,
  },
]
