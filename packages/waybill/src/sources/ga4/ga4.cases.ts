/** Bodies in the shape of Google's documentation: "Measurement Protocol reference" and its recommended events. */

import { type Change, changed } from '../../contract/sample.cases.ts'
import { eventId } from '../../event-id.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { Ga4Options } from './settings.ts'

export const AT = 1_773_892_800_000

const BODY = {
  client_id: '1375.2310',
  user_id: 'user_1',
  timestamp_micros: '1773892800000999',
  non_personalized_ads: false,
  user_data: {
    sha256_email_address: [sha256('user@example.com')],
    address: [{ country: 'US', city: 'Oakland', postal_code: '94601', sha256_first_name: sha256('ada') }],
  },
  ip_override: '203.0.113.3',
  user_agent: 'Mozilla/5.0 (Linux)',
  events: [
    {
      name: 'purchase',
      params: {
        transaction_id: 'T_12345',
        value: 72.05,
        tax: 3.6,
        shipping: 5.99,
        currency: 'USD',
        coupon: 'SUMMER_SALE',
        session_id: '1234567890',
        engagement_time_msec: '100',
        page_location: 'https://shop.example.com/thanks?oppref=a%2Fb&x=1',
        items: [
          { item_id: 'SKU_12345', item_name: 'Stan and Friends Tee', price: 10.01, quantity: 3, discount: 2.22 },
          { item_id: 'SKU_12346', item_name: 'Sunglasses', price: 38.99, quantity: 1 },
        ],
      },
    },
  ],
}

export const collected = (change: Change = {}): SourceCall => ({
  payload: changed(BODY, change),
  receivedAtMs: AT + 700,
})

const PURCHASE = {
  id: 'T_12345',
  type: 'order_created',
  timestamp_ms: AT,
  oppref: 'a%2Fb',
  action_source: 'web',
  source_url: 'https://shop.example.com/thanks',
  user: {
    email_sha256: sha256('user@example.com'),
    external_id_sha256: sha256('user_1'),
    country: 'US',
    city: 'Oakland',
    zip_code: '94601',
    ip_address: '203.0.113.3',
    user_agent: 'Mozilla/5.0 (Linux)',
  },
  data: {
    type: 'contents',
    amount: 7_205,
    currency: 'USD',
    contents: [
      { id: 'SKU_12345', name: 'Stan and Friends Tee', quantity: 3, amount: 1_001 },
      { id: 'SKU_12346', name: 'Sunglasses', quantity: 1, amount: 3_899 },
    ],
  },
}
const purchase = (change: Change = {}): object => changed(PURCHASE, change) as object
const hit = (name: string, params: object, moment = '1773892800000999'): string =>
  eventId('ga4', '1375.2310', name, moment, JSON.stringify(params))
const single = (name: string, params: object, change: Change = {}): SourceCall =>
  collected({ events: [{ name, params }], ...change })
const other = (type: string, id: string, data: object): object =>
  purchase({ type, id, data, oppref: undefined, action_source: undefined, source_url: undefined })

const ITEM = { currency: 'USD', value: 7.77, items: [{ item_id: 'SKU_1', item_name: 'Tee', price: 7.77, quantity: 1 }] }
const ITEM_DATA = {
  type: 'contents',
  amount: 777,
  currency: 'USD',
  contents: [{ id: 'SKU_1', name: 'Tee', quantity: 1, amount: 777 }],
}

export const WIRE: readonly WireCase<Ga4Options>[] = [
  {
    says: 'a purchase: the value as it was sent, several items, the reference as the address has it',
    call: collected(),
    wire: PURCHASE,
    keys: ['T_12345', '1375.2310', 'user_1'],
    repeats: 'first_wins',
  },
  ...(
    [
      ['begin_checkout', 'checkout_started'],
      ['add_to_cart', 'items_added'],
      ['view_item', 'contents_viewed'],
    ] as const
  ).map(([name, type]) => ({
    says: `${name} is ${type}`,
    call: single(name, ITEM),
    wire: other(type, hit(name, ITEM), ITEM_DATA),
  })),
  {
    says: 'sign_up',
    call: single('sign_up', { method: 'Google' }),
    wire: other('registration_completed', hit('sign_up', { method: 'Google' }), { type: 'customer_action' }),
  },
  {
    says: 'generate_lead, in KWD, with an id of its own',
    call: single('generate_lead', { lead_id: 'l_1', value: 30.125, currency: 'KWD' }),
    wire: other('lead_created', 'l_1', { type: 'customer_action', amount: 30_125, currency: 'KWD' }),
  },
  {
    says: 'a lead with items is a lead',
    call: single('generate_lead', { lead_id: 'l_1', ...ITEM }),
    wire: other('lead_created', 'l_1', { type: 'customer_action', amount: 777, currency: 'USD' }),
  },
  {
    says: 'a mapping can make an event of a refund',
    call: collected({ 'events[0].name': 'refund' }),
    options: {
      mapping: {
        events: {
          refund: {
            id: 'r_{transaction_id}',
            type: { value: 'custom' },
            custom_event_name: { value: 'order_refunded' },
          },
        },
      },
    },
    wire: purchase({ id: 'r_T_12345', type: 'custom', custom_event_name: 'order_refunded', 'data.type': 'custom' }),
  },
  {
    says: 'JPY',
    call: collected({
      'events[0].params.currency': 'JPY',
      'events[0].params.value': 8_900,
      'events[0].params.items': [],
    }),
    wire: purchase({ data: { type: 'contents', amount: 8_900, currency: 'JPY' } }),
  },
  {
    says: 'the parameter event_id',
    call: single('sign_up', { event_id: 'e_1' }),
    wire: other('registration_completed', 'e_1', { type: 'customer_action' }),
  },
  {
    says: 'a guest is known by the client id',
    call: collected({ user_id: undefined }),
    wire: purchase({ 'user.external_id_sha256': sha256('1375.2310') }),
  },
  {
    says: 'a missing email',
    call: collected({ user_data: undefined }),
    wire: purchase({
      'user.email_sha256': undefined,
      'user.country': undefined,
      'user.city': undefined,
      'user.zip_code': undefined,
    }),
  },
  {
    says: 'the place of a body without user data',
    call: collected({ user_data: undefined, user_location: { country_id: 'DE', city: 'Berlin', region_id: 'DE-BE' } }),
    wire: purchase({
      'user.email_sha256': undefined,
      'user.country': 'DE',
      'user.city': 'Berlin',
      'user.zip_code': undefined,
    }),
  },
  {
    says: 'under 2026-11 both ids and the region as well',
    call: collected({ 'user_data.address[0].region': 'CA' }),
    contract: '2026-11',
    wire: purchase({
      user: {
        emails_sha256: [sha256('user@example.com')],
        external_ids_sha256: [sha256('user_1'), sha256('1375.2310')],
        countries: ['US'],
        cities: ['Oakland'],
        regions: ['CA'],
        postal_codes: ['94601'],
        ip_address: '203.0.113.3',
        user_agent: 'Mozilla/5.0 (Linux)',
      },
    }),
  },
  {
    says: 'one address and one digest that stand in no list',
    call: collected({
      'user_data.address': { country: 'US', city: 'Oakland', postal_code: '94601' },
      'user_data.sha256_email_address': sha256('user@example.com'),
    }),
    wire: PURCHASE,
  },
  {
    says: 'the time of an event comes before that of the body; 10 minutes off stays: nothing says when it was sent',
    call: collected({ 'events[0].timestamp_micros': 1_773_892_200_000_000 }),
    wire: purchase({ timestamp_ms: AT - 600_000 }),
  },
  {
    says: 'without a time it is the moment of the call',
    call: collected({ timestamp_micros: undefined }),
    wire: purchase({ timestamp_ms: AT + 700 }),
  },
  {
    says: 'no personalized ads is an opt-out',
    call: collected({ consent: { ad_personalization: 'DENIED' } }),
    wire: purchase({ opt_out: true }),
  },
  {
    says: 'a wish among the parameters, as a text',
    call: collected({ 'events[0].params.opt_out': 'true' }),
    wire: purchase({ opt_out: true }),
  },
  ...[
    { consent: { ad_personalization: false } },
    { consent: { adPersonalization: 'denied' } },
    { non_personalized_ads: 'true' },
    { non_personalized_ads: 1 },
    { 'events[0].params.npa': '1' },
    { 'events[0].params.allow_ad_personalization_signals': false },
    { user_properties: { allow_personalized_ads: { value: 'false' } } },
    { user_properties: { opt_out: { value: true } } },
    { 'events[0].opt_out': true },
  ].map((change: Change) => ({
    says: `a wish said by ${JSON.stringify(change)}`,
    call: collected(change),
    wire: purchase({ opt_out: true }),
  })),
  {
    says: 'consent that is not said is not denied',
    call: collected({
      consent: { ad_user_data: 'UNSPECIFIED', ad_personalization: 'GRANTED' },
      'events[0].consent': { ad_storage: null, analytics_storage: 'DENIED' },
      'events[0].params.npa': '0',
    }),
    wire: PURCHASE,
  },
  {
    says: 'a subscription is named by its id',
    call: single('subscription_created', { subscription_id: 'sub_7', value: 9, currency: 'EUR' }),
    wire: other('subscription_created', 'sub_7', { type: 'plan_enrollment', amount: 900, currency: 'EUR' }),
  },
  ...['Purchase', 'orderCreated', 'ORDER_CREATED'].map((name) => ({
    says: `${name} is an order`,
    call: collected({ 'events[0].name': name }),
    wire: PURCHASE,
  })),
  {
    says: 'a quantity of null is one: the items add up',
    call: collected({ 'events[0].params.value': undefined, 'events[0].params.items[1].quantity': null }),
    wire: purchase({ 'data.amount': 6_902, 'data.contents[1].quantity': undefined }),
  },
  ...['', null, 'NaN'].map((value) => ({
    says: `a value of ${JSON.stringify(value)} is none: the items add up`,
    call: collected({ 'events[0].params.value': value }),
    wire: purchase({ 'data.amount': 6_902 }),
  })),
  {
    says: 'the option currency, where the event names none',
    call: collected({ 'events[0].params.currency': undefined }),
    options: { currency: 'eur' },
    wire: purchase({ 'data.currency': 'EUR' }),
  },
  {
    says: 'a name of the API itself',
    call: single('Order_Created', { transaction_id: 'T_12345' }),
    wire: other('order_created', 'T_12345', { type: 'contents' }),
  },
  {
    says: 'debugging on request',
    call: collected({ 'events[0].params.debug_mode': true }),
    options: { testOrders: 'send' },
    wire: PURCHASE,
  },
  {
    says: 'the id may be a template',
    call: collected(),
    options: { id: 'order_{transaction_id}' },
    wire: purchase({ id: 'order_T_12345' }),
  },
  {
    says: 'a mapping adds what Google leaves out of the value',
    call: collected(),
    options: { mapping: { events: { purchase: { amount: 'params.gross', contents: null } } } },
    wire: purchase({ data: { type: 'contents', currency: 'USD' } }),
  },
]

const ref = 'T_12345'
export const SKIPPED: readonly SkipCase<Ga4Options>[] = [
  {
    says: 'debug_mode true',
    call: collected({ 'events[0].params.debug_mode': true }),
    code: 'test_order',
    ref,
  },
  { says: 'debug_mode', call: collected({ 'events[0].params.debug_mode': 1 }), code: 'test_order', ref },
  { says: 'the debugging address', call: { ...collected(), isTest: true }, code: 'test_order', ref },
  {
    says: 'no consent to store for ads, in lower case, at the event',
    call: collected({ 'events[0].consent': { ad_storage: 'denied' } }),
    code: 'opted_out',
    ref,
  },
  {
    says: 'no consent and no number of its own',
    call: single('sign_up', {}, { consent: { ad_user_data: 'denied' } }),
    code: 'opted_out',
    ref: hit('sign_up', {}),
  },
  ...[{ ad_user_data: false }, { adUserData: 'denied' }, { ad_storage: 'no' }].map((consent) => ({
    says: `consent ${JSON.stringify(consent)} is denied`,
    call: collected({ consent }),
    code: 'opted_out' as const,
    ref,
  })),
  {
    says: 'no consent to send user data',
    call: collected({ consent: { ad_user_data: 'DENIED' } }),
    code: 'opted_out',
    ref,
  },
  { says: 'a refund', call: collected({ 'events[0].name': 'refund' }), code: 'refunded', ref },
  { says: 'an event without a meaning', call: single('login', {}), code: 'no_conversion', ref: hit('login', {}) },
  { says: 'no object', call: { payload: [] }, code: 'malformed', path: '' },
  { says: 'no events', call: { payload: { client_id: 'x' } }, code: 'malformed', path: 'events' },
  {
    says: 'an event without a name',
    call: collected({ 'events[0].name': undefined }),
    code: 'malformed',
    path: 'events[0].name',
  },
  {
    says: 'nothing that names it',
    call: single('sign_up', {}, { client_id: undefined, user_id: undefined }),
    code: 'malformed',
    path: 'client_id',
  },
]
