/** Calls in the shape of Segment's HTTP API and specifications (segment.com/docs), and of RudderStack's, which follow them. */
import { type Change, changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { SegmentOptions } from './settings.ts'

export const RECEIVED_MS = 1_773_892_800_000
const iso = (ms: number): string => new Date(ms).toISOString()

/** `Order Completed` as a browser's SDK sends it through a server of one's own. */
export const COMPLETED: object = {
  anonymousId: 'anon_1',
  userId: 'user_1',
  context: {
    ip: '203.0.113.5',
    library: { name: 'analytics.js', version: '2.11.1' },
    page: {
      path: '/checkout/thanks',
      referrer: 'https://shop.example.com/checkout',
      search: '?order=1001&oppref=a%2Bb%20',
      title: 'Thanks',
      url: 'https://shop.example.com/checkout/thanks?order=1001&oppref=a%2Bb%20',
    },
    campaign: { source: 'ads' },
    userAgent: 'Mozilla/5.0 (iPhone)',
  },
  event: 'Order Completed',
  integrations: {},
  messageId: 'ajs-next-1',
  properties: {
    checkout_id: 'fksdjfsdjfisjf9sdfjsd9f',
    order_id: '1001',
    affiliation: 'Store',
    subtotal: 22.5,
    total: 27.5,
    revenue: 25,
    shipping: 3,
    tax: 2,
    discount: 2.5,
    coupon: 'hasbros',
    currency: 'USD',
    products: [
      { product_id: '507f', sku: '45790-32', name: 'Monopoly: 3rd Edition', price: 19, quantity: 1, category: 'Games' },
      { product_id: '505b', sku: '46493-32', name: 'Uno Card Game', price: 3.5, quantity: 2, category: 'Games' },
    ],
  },
  timestamp: iso(RECEIVED_MS - 1_500),
  type: 'track',
  sentAt: iso(RECEIVED_MS - 400),
}

const call = (payload: unknown, topic?: string): SourceCall => ({ payload, topic, receivedAtMs: RECEIVED_MS })
export const tracked = (change: Change = {}): SourceCall => call(changed(COMPLETED, change))
export const named = (event: string, properties: object, change: Change = {}): SourceCall =>
  tracked({ event, properties, ...change })

export const WHO: object = {
  external_id_sha256: sha256('user_1'),
  ip_address: '203.0.113.5',
  user_agent: 'Mozilla/5.0 (iPhone)',
}
const BASE = {
  timestamp_ms: RECEIVED_MS - 1_500,
  oppref: 'a%2Bb%20',
  action_source: 'web',
  source_url: 'https://shop.example.com/checkout/thanks',
  user: WHO,
}
export const COMPLETED_WIRE: object = {
  id: '1001',
  type: 'order_created',
  ...BASE,
  data: {
    type: 'contents',
    amount: 2_750,
    currency: 'USD',
    contents: [
      { id: '507f', name: 'Monopoly: 3rd Edition', quantity: 1, amount: 1_900 },
      { id: '505b', name: 'Uno Card Game', quantity: 2, amount: 350 },
    ],
  },
}
export const order = (change: Change = {}): object => changed(COMPLETED_WIRE, change) as object
export const other = (type: string, id: string, data: object, change: Change = {}): object =>
  changed({ id, type, ...BASE, data }, change) as object

const PRODUCT = { product_id: '507f', sku: '45790-32', name: 'Monopoly', price: 18.99, quantity: 1, currency: 'USD' }
const PRODUCT_DATA = {
  type: 'contents',
  currency: 'USD',
  contents: [{ id: '507f', name: 'Monopoly', quantity: 1, amount: 1_899 }],
}
export const ACTION: object = { type: 'customer_action' }
const PLAN = { type: 'plan_enrollment', amount: 2_000, currency: 'EUR', plan_id: 'pro' }

const FIXED: readonly (readonly [event: string, properties: object, type: string, id: string, data: object])[] = [
  ['Product Viewed', PRODUCT, 'contents_viewed', 'ajs-next-1', PRODUCT_DATA],
  ['Product Added', PRODUCT, 'items_added', 'ajs-next-1', PRODUCT_DATA],
  [
    'Checkout Started',
    { checkout_id: 'c_1', order_id: '1001', value: 20, currency: 'EUR', products: [] },
    'checkout_started',
    'c_1',
    { type: 'contents', amount: 2_000, currency: 'EUR' },
  ],
  ['Checkout Started', { order_id: '1001' }, 'checkout_started', '1001', { type: 'contents' }],
  ['Signed Up', { type: 'organic' }, 'registration_completed', 'ajs-next-1', ACTION],
  ['Lead', { lead_id: 'l_1' }, 'lead_created', 'l_1', ACTION],
  ['Lead Generated', {}, 'lead_created', 'ajs-next-1', ACTION],
  ['Appointment Booked', { appointment_id: 'a_1' }, 'appointment_scheduled', 'a_1', ACTION],
  [
    'Trial Started',
    { subscription_id: 's_1', plan_id: 'pro', value: 20, currency: 'EUR' },
    'trial_started',
    's_1',
    PLAN,
  ],
  [
    'Subscription Created',
    { subscription_id: 's_1', plan: 'pro', revenue: '20.00', currency: 'eur' },
    'subscription_created',
    's_1',
    PLAN,
  ],
  [
    'subscription_started',
    { subscription_id: 's_1', plan_name: 'pro', total: 20, currency: 'EUR' },
    'subscription_created',
    's_1',
    PLAN,
  ],
]

export const WIRE: readonly WireCase<SegmentOptions>[] = [
  {
    says: 'Order Completed: the total, its own id, and the reference as the address has it',
    call: tracked(),
    wire: COMPLETED_WIRE,
    keys: ['1001', 'fksdjfsdjfisjf9sdfjsd9f', 'anon_1', 'user_1'],
    repeats: 'first_wins',
  },
  { says: 'the name in another writing', call: tracked({ event: 'order_completed' }), wire: COMPLETED_WIRE },
  ...FIXED.map(([event, properties, type, id, data]) => ({
    says: `${event} is ${type}`,
    call: named(event, properties),
    wire: other(type, id, data),
  })),
  {
    says: 'a page call',
    call: tracked({
      type: 'page',
      event: undefined,
      name: 'Thanks',
      properties: { url: 'https://shop.example.com/checkout/thanks?x=1' },
    }),
    wire: other('page_viewed', 'ajs-next-1', { type: 'contents' }),
  },
  {
    says: 'a call to /v1/track names no type',
    call: call(changed(COMPLETED, { type: undefined }), 'track'),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'without a total the revenue counts',
    call: tracked({ 'properties.total': undefined }),
    wire: order({ 'data.amount': 2_500 }),
  },
  {
    says: 'without a currency it is USD, as Segment says',
    call: tracked({ 'properties.currency': undefined }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'or the shop’s own',
    call: tracked({ 'properties.currency': undefined }),
    options: { currency: 'eur' },
    wire: order({ 'data.currency': 'EUR' }),
  },
  {
    says: '25.99 as a JSON number',
    call: tracked({ 'properties.total': 25.99 }),
    wire: order({ 'data.amount': 2_599 }),
  },
  {
    says: '25.990000000000002, the dust of a sum',
    call: tracked({ 'properties.total': 25.990000000000002 }),
    wire: order({ 'data.amount': 2_599 }),
  },
  {
    says: 'JPY',
    call: tracked({ 'properties.total': 8_900, 'properties.currency': 'JPY', 'properties.products': [] }),
    wire: order({ data: { type: 'contents', amount: 8_900, currency: 'JPY' } }),
  },
  {
    says: 'KWD',
    call: tracked({ 'properties.total': 12.345, 'properties.currency': 'KWD', 'properties.products': [] }),
    wire: order({ data: { type: 'contents', amount: 12_345, currency: 'KWD' } }),
  },
  {
    says: 'a price that the currency cannot hold costs itself and not the order',
    call: tracked({ 'properties.products[0].price': 6.333 }),
    wire: order({ 'data.contents[0].amount': undefined }),
  },
  {
    says: 'a guest is known by the anonymous id',
    call: tracked({ userId: undefined }),
    wire: order({ 'user.external_id_sha256': sha256('anon_1') }),
  },
  {
    says: 'under 2026-11 both ids are sent',
    call: tracked(),
    contract: '2026-11',
    wire: order({
      user: {
        external_ids_sha256: [sha256('user_1'), sha256('anon_1')],
        ip_address: '203.0.113.5',
        user_agent: 'Mozilla/5.0 (iPhone)',
      },
    }),
  },
  {
    says: 'traits of the context',
    call: tracked({ 'context.traits': { email: 'user@example.com', address: { country: 'US', postalCode: '94107' } } }),
    wire: order({ user: { ...WHO, email_sha256: sha256('user@example.com'), country: 'US', zip_code: '94107' } }),
  },
  {
    says: 'traits in snake_case under 2026-11',
    call: tracked({
      userId: undefined,
      'context.ip': undefined,
      'context.userAgent': undefined,
      'context.user_agent': 'UA',
      'context.traits': {
        email: 'user@example.com',
        phone: '+14155552671',
        first_name: 'Ada',
        last_name: 'Smith',
        address: { country: 'US', city: 'Reno', state: 'NV', postal_code: '89501' },
      },
    }),
    contract: '2026-11',
    wire: order({
      user: {
        emails_sha256: [sha256('user@example.com')],
        phone_numbers_sha256: [sha256('14155552671')],
        first_names_sha256: [sha256('ada')],
        last_names_sha256: [sha256('smith')],
        countries: ['US'],
        cities: ['Reno'],
        regions: ['NV'],
        postal_codes: ['89501'],
        external_ids_sha256: [sha256('anon_1')],
        user_agent: 'UA',
      },
    }),
  },
  {
    says: 'traits in camelCase, without an address of their own, under 2026-11',
    call: tracked({
      context: {
        traits: {
          firstName: 'Ada',
          lastName: 'Smith',
          country: 'US',
          city: 'Reno',
          state: 'NV',
          address: { zip: '89501' },
        },
      },
    }),
    contract: '2026-11',
    wire: order({
      oppref: undefined,
      action_source: undefined,
      source_url: undefined,
      user: {
        first_names_sha256: [sha256('ada')],
        last_names_sha256: [sha256('smith')],
        countries: ['US'],
        cities: ['Reno'],
        regions: ['NV'],
        postal_codes: ['89501'],
        external_ids_sha256: [sha256('user_1'), sha256('anon_1')],
      },
    }),
  },
  {
    says: 'an email among the properties',
    call: tracked({ 'properties.email': 'user@example.com' }),
    wire: order({ 'user.email_sha256': sha256('user@example.com') }),
  },
  {
    says: 'a reference among the properties comes first',
    call: tracked({ 'properties.oppref': ' own ' }),
    wire: order({ oppref: ' own ' }),
  },
  {
    says: 'the reference in the search of a page',
    call: tracked({ 'context.page': { search: '?oppref=s%2F', url: 'https://shop.example.com/checkout/thanks' } }),
    wire: order({ oppref: 's%2F' }),
  },
  {
    says: 'the reference in the address of a page',
    call: tracked({ 'context.page': { url: 'https://shop.example.com/checkout/thanks?oppref=u%2F' } }),
    wire: order({ oppref: 'u%2F' }),
  },
  {
    says: 'a page call names its page itself',
    call: tracked({
      type: 'page',
      properties: { url: 'https://shop.example.com/next?oppref=p' },
      'context.page': { url: 'https://shop.example.com/old' },
    }),
    wire: other(
      'page_viewed',
      'ajs-next-1',
      { type: 'contents' },
      { source_url: 'https://shop.example.com/next', oppref: 'p' },
    ),
  },
  {
    says: 'the url among the properties of a track call is not its page',
    call: tracked({ 'properties.url': 'https://shop.example.com/products/1' }),
    wire: order(),
  },
  { says: 'a reference in the context', call: tracked({ 'context.oppref': 'own' }), wire: order({ oppref: 'own' }) },
  {
    says: 'a server’s call names no page',
    call: tracked({ context: { library: { name: '@segment/analytics-node' } } }),
    wire: order({
      action_source: undefined,
      source_url: undefined,
      oppref: undefined,
      user: { external_id_sha256: sha256('user_1') },
    }),
  },
  {
    says: 'an address in the path of a page stays here',
    call: tracked({ 'context.page': { url: 'https://shop.example.com/u/user@example.com/thanks' } }),
    wire: order({ source_url: 'https://shop.example.com/', oppref: undefined }),
  },
  {
    says: 'an app',
    call: named(
      'Application Installed',
      { version: '1.2.3' },
      { 'context.device': { type: 'ios' }, 'context.page': undefined },
    ),
    wire: other('app_installed', 'ajs-next-1', ACTION, {
      action_source: 'mobile_app',
      source_url: undefined,
      oppref: undefined,
    }),
  },
  {
    says: 'a device’s clock 10 minutes ahead is corrected by sentAt',
    call: tracked({ timestamp: iso(RECEIVED_MS + 600_000 - 1_500), sentAt: iso(RECEIVED_MS + 600_000) }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'a device’s clock 10 minutes behind as well',
    call: tracked({ timestamp: iso(RECEIVED_MS - 600_000 - 1_500), sentAt: iso(RECEIVED_MS - 600_000) }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'a message that waited on its device keeps its time',
    call: tracked({ timestamp: iso(RECEIVED_MS - 7_200_000), sentAt: iso(RECEIVED_MS - 20) }),
    wire: order({ timestamp_ms: RECEIVED_MS - 7_200_000 }),
  },
  {
    says: 'a clock a minute off is taken as it is, a millisecond more is not',
    call: tracked({ timestamp: iso(RECEIVED_MS + 59_000), sentAt: iso(RECEIVED_MS + 60_000) }),
    wire: order({ timestamp_ms: RECEIVED_MS + 59_000 }),
  },
  {
    says: 'a clock a minute and a millisecond off is corrected',
    call: tracked({ timestamp: iso(RECEIVED_MS + 59_001), sentAt: iso(RECEIVED_MS + 60_001) }),
    wire: order({ timestamp_ms: RECEIVED_MS - 1_000 }),
  },
  {
    says: 'a time that Segment corrected is not corrected again',
    call: tracked({ originalTimestamp: iso(RECEIVED_MS + 600_000), sentAt: iso(RECEIVED_MS + 601_500) }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'RudderStack’s originalTimestamp',
    call: tracked({
      timestamp: undefined,
      originalTimestamp: iso(RECEIVED_MS + 598_500),
      sentAt: iso(RECEIVED_MS + 600_000),
      channel: 'server',
    }),
    wire: COMPLETED_WIRE,
  },
  {
    says: 'no time at all is the moment of the call',
    call: tracked({ timestamp: undefined, sentAt: undefined }),
    wire: order({ timestamp_ms: RECEIVED_MS }),
  },
  {
    says: 'without an order’s id the message’s own',
    call: tracked({ 'properties.order_id': undefined }),
    wire: order({ id: 'ajs-next-1' }),
  },
  {
    says: 'the id of an order may be a template',
    call: tracked(),
    options: { id: 'order_{order_id}' },
    wire: order({ id: 'order_1001' }),
  },
  {
    says: 'items may be named by SKU',
    call: tracked(),
    options: { itemId: 'sku' },
    wire: order({ 'data.contents[0].id': '45790-32', 'data.contents[1].id': '46493-32' }),
  },
  {
    says: 'a mapping overrides a name of the specification',
    call: tracked(),
    options: {
      mapping: {
        events: { 'Order Completed': { id: 'o-{properties.order_id}', amount: 'properties.subtotal', contents: null } },
      },
    },
    wire: order({ id: 'o-1001', data: { type: 'contents', amount: 2_250, currency: 'USD' } }),
  },
  {
    says: 'a mapping makes a custom event of a name of one’s own',
    call: named('Quote Requested', { quote: 'q_1' }),
    options: {
      mapping: {
        events: {
          'quote requested': {
            id: 'properties.quote',
            type: { value: 'custom' },
            custom_event_name: { value: 'quote_requested' },
          },
        },
      },
    },
    wire: other('custom', 'q_1', { type: 'custom' }, { custom_event_name: 'quote_requested' }),
  },
  {
    says: 'a mapping to a type that has no items leaves them out',
    call: tracked(),
    options: { mapping: { events: { 'Order Completed': { type: { value: 'lead_created' } } } } },
    wire: order({ type: 'lead_created', data: { type: 'customer_action', amount: 2_750, currency: 'USD' } }),
  },
  {
    says: 'a mapping can make an event of a refund, which has a name of its own',
    call: tracked({ event: 'Order Refunded' }),
    options: {
      mapping: {
        events: { 'Order Refunded': { type: { value: 'custom' }, custom_event_name: { value: 'order_refunded' } } },
      },
    },
    wire: other(
      'custom',
      'ajs-next-1',
      { type: 'custom', amount: 2_750, currency: 'USD' },
      { custom_event_name: 'order_refunded' },
    ),
  },
  {
    says: 'the address that Segment writes for none',
    call: tracked({ 'context.ip': '0.0.0.0' }),
    wire: order({ 'user.ip_address': undefined }),
  },
  {
    says: 'a mapping of page calls',
    call: tracked({ type: 'page', properties: { url: 'https://shop.example.com/checkout/thanks' } }),
    options: {
      mapping: {
        events: { page: { when: { 'properties.url': { exists: true } }, type: { value: 'contents_viewed' } } },
      },
    },
    wire: other('contents_viewed', 'ajs-next-1', { type: 'contents' }),
  },
]

export const SKIPPED: readonly SkipCase<SegmentOptions>[] = [
  { says: 'a refund', call: tracked({ event: 'Order Refunded' }), code: 'refunded', ref: '1001' },
  { says: 'a cancellation', call: tracked({ event: 'Order Cancelled' }), code: 'cancelled', ref: '1001' },
  {
    says: 'an event without a meaning',
    call: tracked({ event: 'Cart Viewed' }),
    code: 'no_conversion',
    ref: 'ajs-next-1',
  },
  {
    says: 'a name with an address in it',
    call: tracked({ event: 'Mailed user@example.com' }),
    code: 'no_conversion',
    ref: 'ajs-next-1',
  },
  { says: 'a screen', call: tracked({ type: 'screen' }), code: 'no_conversion', ref: 'ajs-next-1' },
  { says: 'an alias', call: tracked({ type: 'alias' }), code: 'no_conversion', ref: 'ajs-next-1' },
  { says: 'a group', call: tracked({ type: 'group' }), code: 'no_conversion', ref: 'ajs-next-1' },
  { says: 'All off', call: tracked({ integrations: { All: false } }), code: 'opted_out', ref: '1001' },
  { says: 'all off', call: tracked({ integrations: { all: false } }), code: 'opted_out', ref: '1001' },
  {
    says: 'Waybill off',
    call: tracked({ integrations: { All: true, Waybill: false } }),
    code: 'opted_out',
    ref: '1001',
  },
  {
    says: 'an identify call without a person',
    call: call({ type: 'identify', traits: {} }),
    code: 'malformed',
    path: 'userId',
  },
  {
    says: 'page calls can be turned off',
    call: tracked({ type: 'page' }),
    options: { mapping: { events: { page: null } } },
    code: 'no_conversion',
    ref: 'ajs-next-1',
  },
  { says: 'no object', call: call('x', 'track'), code: 'malformed', path: '' },
  {
    says: 'no id',
    call: tracked({ messageId: undefined, 'properties.order_id': undefined }),
    code: 'malformed',
    path: 'messageId',
  },
  {
    says: 'no time',
    call: { payload: changed(COMPLETED, { timestamp: undefined, sentAt: undefined }) },
    code: 'malformed',
    path: 'timestamp',
    ref: '1001',
  },
]
