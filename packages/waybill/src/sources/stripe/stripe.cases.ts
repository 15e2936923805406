/** Payloads in the shape of Stripe's documented events (docs.stripe.com/api, API version 2026-10-28), shortened to what is read. */
import { type Change, changed } from '../../contract/sample.cases.ts'
import { type SkipCase, sha256, type WireCase } from '../harness.cases.ts'
import type { SourceCall } from '../source.ts'
import type { StripeOptions } from './settings.ts'

/** Unix seconds: when the customer finished, and when Stripe says so. */
export const DONE = 1_773_892_800

const event = (type: string, object: unknown, change: Change = {}): SourceCall => ({
  payload: changed(
    {
      id: 'evt_1',
      object: 'event',
      api_version: '2026-10-28.endive',
      created: DONE + 2,
      livemode: true,
      type,
      data: { object },
    },
    change,
  ),
})

/** A finished session of mode `payment`, with a discount and taxes in its total. */
const SESSION = {
  id: 'cs_live_a1',
  object: 'checkout.session',
  amount_subtotal: 2_998,
  amount_total: 2_599,
  client_reference_id: 'cart_77',
  created: DONE - 300,
  currency: 'usd',
  customer: null,
  customer_details: {
    address: { city: 'Berlin', country: 'DE', line1: 'Straße 1', postal_code: '10115', state: null },
    email: 'user@example.com',
    name: 'Ada Lovelace',
    phone: '+491701234567',
  },
  customer_email: null,
  livemode: true,
  metadata: { order_id: '1001', oppref: 'ab%2Fc ' },
  mode: 'payment',
  payment_intent: 'pi_1',
  payment_status: 'paid',
  status: 'complete',
  subscription: null,
  success_url: 'https://shop.example.com/thanks?session_id={CHECKOUT_SESSION_ID}',
  total_details: { amount_discount: 500, amount_shipping: 0, amount_tax: 101 },
}

export const completed = (change: Change = {}, type = 'checkout.session.completed'): SourceCall =>
  event(type, changed(SESSION, change))

const USER = { email_sha256: sha256('user@example.com'), country: 'DE', city: 'Berlin', zip_code: '10115' }
const ORDER_WIRE = {
  id: 'cs_live_a1',
  type: 'order_created',
  timestamp_ms: (DONE + 2) * 1_000,
  oppref: 'ab%2Fc ',
  action_source: 'web',
  source_url: 'https://shop.example.com/thanks',
  user: USER,
  data: { type: 'contents', amount: 2_599, currency: 'USD' },
}
const order = (change: Change = {}): object => changed(ORDER_WIRE, change) as object

/** The three calls of one subscription that was paid at once. */
const ENROLLED = {
  mode: 'subscription',
  payment_intent: null,
  subscription: 'sub_1',
  customer: 'cus_1',
  amount_total: 2_400,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 400 },
  metadata: {},
}
const SUBSCRIPTION = {
  id: 'sub_1',
  object: 'subscription',
  automatic_tax: { enabled: false },
  created: DONE,
  currency: 'usd',
  customer: 'cus_1',
  default_tax_rates: [],
  discounts: [],
  items: {
    data: [
      {
        id: 'si_1',
        price: { id: 'price_pro', product: 'prod_1', unit_amount: 1_000, recurring: { usage_type: 'licensed' } },
        quantity: 2,
      },
    ],
  },
  livemode: true,
  metadata: { oppref: 'click_9' },
  start_date: DONE,
  status: 'active',
  trial_end: null,
  trial_start: null,
}
const LINE = {
  id: 'il_1',
  object: 'line_item',
  amount: 2_000,
  currency: 'usd',
  description: '2 × Pro (at $10.00 / month)',
  parent: {
    subscription_item_details: { subscription: 'sub_1', subscription_item: 'si_1', proration: false },
    type: 'subscription_item_details',
  },
  pricing: {
    price_details: { price: 'price_pro', product: 'prod_1' },
    type: 'price_details',
    unit_amount_decimal: '1000',
  },
  quantity: 2,
}
const INVOICE = {
  id: 'in_1',
  object: 'invoice',
  amount_paid: 2_400,
  billing_reason: 'subscription_create',
  created: DONE,
  currency: 'usd',
  customer: 'cus_1',
  customer_address: { city: 'Berlin', country: 'DE', postal_code: '10115' },
  customer_email: 'user@example.com',
  customer_phone: null,
  lines: { data: [LINE], has_more: false },
  livemode: true,
  metadata: {},
  parent: {
    subscription_details: { metadata: { oppref: 'click_9' }, subscription: 'sub_1' },
    type: 'subscription_details',
  },
  status: 'paid',
  status_transitions: { finalized_at: DONE, paid_at: DONE + 1 },
  subtotal: 2_000,
  total: 2_400,
  total_discount_amounts: [],
}

export const enrolled = (change: Change = {}): SourceCall => completed({ ...ENROLLED, ...change })
export const subscribed = (change: Change = {}): SourceCall =>
  event('customer.subscription.created', changed(SUBSCRIPTION, change))
export const invoiced = (change: Change = {}, type = 'invoice.paid'): SourceCall =>
  event(type, changed(INVOICE, change))

/** What differs in the three calls where the subscription begins with a trial. */
export const TRIAL: Readonly<Record<'session' | 'subscription' | 'invoice', Change>> = {
  session: {
    amount_total: 0,
    amount_subtotal: 0,
    payment_status: 'no_payment_required',
    total_details: { amount_discount: 0 },
  },
  subscription: { status: 'trialing', trial_start: DONE, trial_end: DONE + 1_209_600 },
  invoice: {
    amount_paid: 0,
    total: 0,
    subtotal: 0,
    'lines.data[0].amount': 0,
    'lines.data[0].description': 'Trial period for Pro',
    'lines.data[0].pricing.unit_amount_decimal': '0',
  },
}

const enrollment = (change: Change = {}): object =>
  changed(
    {
      id: 'sub_1',
      type: 'subscription_created',
      timestamp_ms: DONE * 1_000,
      oppref: 'click_9',
      data: { type: 'plan_enrollment', amount: 2_000, currency: 'USD', plan_id: 'price_pro' },
    },
    change,
  ) as object
const BY_INVOICE: Change = { timestamp_ms: (DONE + 1) * 1_000, user: USER, 'data.amount': 2_400 }
const BY_SESSION: Change = {
  timestamp_ms: (DONE + 2) * 1_000,
  oppref: undefined,
  action_source: 'web',
  source_url: 'https://shop.example.com/thanks',
  user: USER,
  data: { type: 'plan_enrollment', amount: 2_400, currency: 'USD' },
}
const AS_TRIAL: Change = { type: 'trial_started', data: { type: 'plan_enrollment', plan_id: 'price_pro' } }

/** Stripe's units → the amount on the wire, in ISO 4217's. */
const UNITS: readonly (readonly [currency: string, units: number, amount: number])[] = [
  ['usd', 2_599, 2_599],
  ['usd', 5, 5],
  ['jpy', 8_900, 8_900],
  ['krw', 1, 1],
  ['kwd', 12_340, 12_340],
  ['isk', 50_000, 500],
  ['ugx', 500, 5],
  ['mga', 5, 500],
  ['huf', 104_500, 104_500],
  ['twd', 80_045, 80_045],
  ['idr', 1_500_000, 1_500_000],
]

export const WIRE: readonly WireCase<StripeOptions>[] = [
  {
    says: 'a session of mode payment is an order with the session’s id',
    call: completed(),
    wire: order(),
    keys: ['cs_live_a1', 'cart_77', 'pi_1'],
    repeats: 'compare',
  },
  {
    says: 'an order that is paid later is one when it is paid',
    call: completed({}, 'checkout.session.async_payment_succeeded'),
    wire: order(),
  },
  ...UNITS.map(([currency, units, amount]) => ({
    says: `${units} ${currency} at Stripe are ${amount} in the minor unit of ISO 4217`,
    call: completed({ amount_total: units, currency }),
    wire: order({ 'data.amount': amount, 'data.currency': currency.toUpperCase() }),
  })),
  {
    says: 'an order of which nothing was due is one',
    call: completed({ amount_total: 0, payment_status: 'no_payment_required' }),
    wire: order({ 'data.amount': 0 }),
  },
  { says: 'a missing email', call: completed({ customer_details: null }), wire: order({ user: undefined }) },
  {
    says: 'under 2026-11 phone and region as well',
    call: completed({ 'customer_details.address.state': 'BE' }),
    contract: '2026-11',
    wire: order({
      user: {
        emails_sha256: [sha256('user@example.com')],
        phone_numbers_sha256: [sha256('491701234567')],
        countries: ['DE'],
        cities: ['Berlin'],
        regions: ['BE'],
        postal_codes: ['10115'],
      },
    }),
  },
  {
    says: 'a subscription under 2026-11: the phone of an invoice',
    call: invoiced({ customer_phone: '+491701234567', customer_address: null }),
    contract: '2026-11',
    wire: enrollment({
      ...BY_INVOICE,
      user: { emails_sha256: [sha256('user@example.com')], phone_numbers_sha256: [sha256('491701234567')] },
    }),
  },
  {
    says: 'an email that was given with the session',
    call: completed({ 'customer_details.email': null, customer_email: 'user@example.com' }),
    wire: order(),
  },
  {
    says: 'the id may be in the metadata',
    call: completed(),
    options: { id: 'metadata.order_id' },
    wire: order({ id: '1001' }),
  },
  {
    says: 'the id may be the client reference',
    call: completed(),
    options: { id: 'client_reference_id' },
    wire: order({ id: 'cart_77' }),
  },
  {
    says: 'items, where somebody expanded them: several, in JPY',
    call: completed({
      currency: 'jpy',
      amount_total: 1_500,
      line_items: {
        data: [
          {
            description: 'Tea',
            quantity: 1,
            currency: 'jpy',
            price: { id: 'price_tea', product: 'prod_tea', unit_amount: 1_000 },
          },
          {
            description: 'Cup',
            quantity: 2,
            currency: 'jpy',
            price: { id: 'price_cup', product: { id: 'prod_cup' }, unit_amount: 250 },
          },
        ],
      },
    }),
    wire: order({
      data: {
        type: 'contents',
        amount: 1_500,
        currency: 'JPY',
        contents: [
          { id: 'prod_tea', name: 'Tea', quantity: 1, amount: 1_000 },
          { id: 'prod_cup', name: 'Cup', quantity: 2, amount: 250 },
        ],
      },
    }),
  },
  {
    says: 'an embedded checkout has a return URL',
    call: completed({ success_url: null, return_url: 'https://shop.example.com/return?x=1' }),
    wire: order({ source_url: 'https://shop.example.com/return' }),
  },
  {
    says: 'without any page the option names one',
    call: completed({ success_url: null }),
    options: { sourceUrl: 'https://shop.example.com/checkout' },
    wire: order({ source_url: 'https://shop.example.com/checkout' }),
  },
  {
    says: 'test mode on request',
    call: event('checkout.session.completed', SESSION, { livemode: false }),
    options: { testOrders: 'send' },
    wire: order(),
  },
  {
    says: 'a mapping can make an event of what else would be none',
    call: event('charge.refunded', { id: 'ch_1', livemode: true, created: DONE }),
    options: {
      mapping: {
        events: {
          'charge.refunded': {
            id: 'id',
            type: { value: 'custom' },
            custom_event_name: { value: 'charge_refunded' },
            timestamp: 'created',
            timestampUnit: 's',
          },
        },
      },
    },
    wire: {
      id: 'ch_1',
      type: 'custom',
      custom_event_name: 'charge_refunded',
      timestamp_ms: DONE * 1_000,
      data: { type: 'custom' },
    },
  },
  {
    says: 'a mapping to a type that has no plan leaves it out',
    call: subscribed(),
    options: { mapping: { events: { 'customer.subscription.created': { type: { value: 'order_created' } } } } },
    wire: enrollment({ type: 'order_created', data: { type: 'contents', amount: 2_000, currency: 'USD' } }),
  },
  {
    says: 'a mapping gives the external id',
    call: completed(),
    options: {
      mapping: {
        events: { 'checkout.session.completed': { when: { mode: 'payment' }, external_id: 'client_reference_id' } },
      },
    },
    wire: order({ 'user.external_id_sha256': sha256('cart_77') }),
  },
  {
    says: 'a paid session of mode subscription starts it, with the subscription’s id',
    call: enrolled(),
    wire: enrollment(BY_SESSION),
    keys: ['cs_live_a1', 'cart_77', 'sub_1', 'cus_1'],
    repeats: 'first_wins',
  },
  {
    says: 'the first invoice starts a subscription',
    call: invoiced(),
    wire: enrollment(BY_INVOICE),
    keys: ['sub_1', 'cus_1'],
    repeats: 'first_wins',
  },
  { says: 'its twin does as well', call: invoiced({}, 'invoice.payment_succeeded'), wire: enrollment(BY_INVOICE) },
  {
    says: 'an invoice of before 2025-03-31 names the subscription at its top',
    call: invoiced({
      parent: undefined,
      subscription: 'sub_1',
      subscription_details: { metadata: { oppref: 'click_9' } },
      'lines.data': [{ type: 'subscription', amount: 2_000, price: { id: 'price_pro', unit_amount: 1_000 } }],
    }),
    wire: enrollment(BY_INVOICE),
  },
  {
    says: 'a new active subscription starts it',
    call: subscribed(),
    wire: enrollment(),
    keys: ['sub_1', 'cus_1'],
    repeats: 'first_wins',
  },
  {
    says: 'a subscription in KWD',
    call: subscribed({ currency: 'kwd', 'items.data[0].price.unit_amount': 5_120, 'items.data[0].quantity': 1 }),
    wire: enrollment({ 'data.amount': 5_120, 'data.currency': 'KWD' }),
  },
  ...(
    [
      ['a discount', { discounts: ['di_1'] }],
      ['taxes', { automatic_tax: { enabled: true } }],
      ['a price by use', { 'items.data[0].price.recurring': { usage_type: 'metered' } }],
      ['a price in tiers', { 'items.data[0].price.unit_amount': null }],
      ['a price by package', { 'items.data[0].price.transform_quantity': { divide_by: 10, round: 'up' } }],
      ['a discount of one item', { 'items.data[0].discounts': ['di_1'] }],
      ['taxes of one item', { 'items.data[0].tax_rates': [{ id: 'txr_1' }] }],
      ['a first period that is cut', { billing_cycle_anchor: DONE + 10 * 86_400 }],
      ['a start before it was made', { start_date: DONE - 40 * 86_400 }],
    ] as const
  ).map(([what, change]) => ({
    says: `a subscription with ${what} does not say what is paid`,
    call: subscribed(change),
    wire: enrollment({ data: { type: 'plan_enrollment', plan_id: 'price_pro' } }),
  })),
  { says: 'a new subscription with a trial', call: subscribed(TRIAL.subscription), wire: enrollment(AS_TRIAL) },
  {
    says: 'a session of which nothing was due begins a trial',
    call: enrolled(TRIAL.session),
    wire: enrollment({ ...BY_SESSION, type: 'trial_started', data: { type: 'plan_enrollment' } }),
  },
  {
    says: 'the first invoice of a trial',
    call: invoiced(TRIAL.invoice),
    options: { nothingDue: 'subscription' },
    wire: enrollment({ ...BY_INVOICE, ...AS_TRIAL }),
  },
  {
    says: 'the first invoice of a trial as older versions write it',
    call: invoiced({
      ...TRIAL.invoice,
      'lines.data[0].description': 'Essai',
      'lines.data[0].price': { id: 'price_pro', unit_amount: 1_000 },
    }),
    options: { nothingDue: 'subscription' },
    wire: enrollment({ ...BY_INVOICE, ...AS_TRIAL }),
  },
  {
    says: 'the same with a plan in the place of the price',
    call: invoiced({
      ...TRIAL.invoice,
      'lines.data': [
        { type: 'subscription', amount: 0, description: 'Essai', plan: { id: 'price_pro', amount: 1_000 } },
      ],
    }),
    options: { nothingDue: 'subscription' },
    wire: enrollment({ ...BY_INVOICE, ...AS_TRIAL }),
  },
  {
    says: 'an invoice whose lines cost nothing by their price does not say whether it is a trial or a free plan',
    call: invoiced({
      ...TRIAL.invoice,
      'lines.data': [
        { type: 'subscription', amount: 0, description: 'Free', price: { id: 'price_pro', unit_amount: 0 } },
      ],
    }),
    options: { nothingDue: 'subscription' },
    wire: enrollment({ ...BY_INVOICE, 'data.amount': 0 }),
  },
  {
    says: 'an invoice without lines is paid where something was',
    call: invoiced({ lines: null }),
    wire: enrollment({ ...BY_INVOICE, 'data.plan_id': undefined }),
  },
  {
    says: 'an invoice without lines and without anything due may begin a trial',
    call: invoiced({ lines: null, total: 0 }),
    wire: enrollment({ ...BY_INVOICE, type: 'trial_started', data: { type: 'plan_enrollment' } }),
  },
  {
    says: 'an invoice without lines whose discount leaves nothing to pay',
    call: invoiced({ lines: null, total: 0, total_discount_amounts: [{ amount: 2_000 }] }),
    wire: enrollment({ ...BY_INVOICE, 'data.amount': 0, 'data.plan_id': undefined }),
  },
  {
    says: 'a trial with a set-up fee is a subscription with that money, by its invoice as by its session',
    call: invoiced({
      ...TRIAL.invoice,
      total: 500,
      'lines.data[1]': { amount: 500, description: 'Set-up', parent: { type: 'invoice_item_details' } },
    }),
    wire: enrollment({ ...BY_INVOICE, 'data.amount': 500 }),
  },
  {
    says: 'a session whose discount leaves nothing to pay is a subscription and no trial',
    call: enrolled({ ...TRIAL.session, total_details: { amount_discount: 2_000 } }),
    wire: enrollment({ ...BY_SESSION, 'data.amount': 0 }),
  },
  {
    says: 'an invoice whose discount leaves nothing to pay is a subscription and no trial',
    call: invoiced({ total: 0, amount_paid: 0, total_discount_amounts: [{ amount: 2_000, discount: 'di_1' }] }),
    wire: enrollment({ ...BY_INVOICE, 'data.amount': 0 }),
  },
  {
    says: 'of which nothing was due can be a free plan, by the option',
    call: enrolled(TRIAL.session),
    options: { nothingDue: 'subscription' },
    wire: enrollment({ ...BY_SESSION, 'data.amount': 0 }),
  },
  {
    says: 'an expanded subscription says what it is',
    call: enrolled({ ...TRIAL.session, subscription: { id: 'sub_1', status: 'active' } }),
    wire: enrollment({ ...BY_SESSION, 'data.amount': 0 }),
  },
]

export const SKIPPED: readonly SkipCase<StripeOptions>[] = [
  {
    says: 'a session that is not paid yet waits',
    call: completed({ payment_status: 'unpaid' }),
    code: 'unpaid',
    ref: 'cs_live_a1',
  },
  {
    says: 'a subscription that is not paid yet waits',
    call: enrolled({ payment_status: 'unpaid' }),
    code: 'unpaid',
    ref: 'sub_1',
  },
  {
    says: 'a failed payment',
    call: completed({}, 'checkout.session.async_payment_failed'),
    code: 'unpaid',
    ref: 'cs_live_a1',
  },
  { says: 'a session of mode setup', call: completed({ mode: 'setup' }), code: 'no_conversion', ref: 'cs_live_a1' },
  {
    says: 'test mode',
    call: event('checkout.session.completed', SESSION, { livemode: false }),
    code: 'test_order',
    ref: 'cs_live_a1',
  },
  { says: 'an object of test mode', call: completed({ livemode: false }), code: 'test_order', ref: 'cs_live_a1' },
  { says: 'a renewal', call: invoiced({ billing_reason: 'subscription_cycle' }), code: 'renewal', ref: 'in_1' },
  {
    says: 'a subscription whose first payment is open',
    call: subscribed({ status: 'incomplete' }),
    code: 'unpaid',
    ref: 'sub_1',
  },
  {
    says: 'a subscription that ended before it began',
    call: subscribed({ status: 'canceled' }),
    code: 'cancelled',
    ref: 'sub_1',
  },
  {
    says: 'nothing due, left to the call that knows',
    call: enrolled(TRIAL.session),
    options: { nothingDue: 'wait' },
    code: 'undecided',
    ref: 'sub_1',
  },
  { says: 'a refund', call: event('charge.refunded', { id: 'ch_1' }), code: 'refunded', ref: 'ch_1' },
  { says: 'a dispute', call: event('charge.dispute.created', { id: 'dp_1' }), code: 'refunded', ref: 'dp_1' },
  {
    says: 'an event without a meaning',
    call: event('payment_intent.succeeded', { id: 'pi_1' }),
    code: 'no_conversion',
  },
  { says: 'no event', call: { payload: 'x' }, code: 'malformed', path: '' },
  {
    says: 'a thin event is named as such',
    call: { payload: { id: 'evt_1', object: 'v2.core.event' } },
    code: 'thin_event',
  },
  { says: 'an event without its object', call: { payload: { id: 'evt_1' } }, code: 'malformed', path: 'data.object' },
  { says: 'no session’s id', call: completed({ id: null }), code: 'malformed', path: 'data.object.id' },
  {
    says: 'no subscription’s id',
    call: enrolled({ subscription: null }),
    code: 'malformed',
    path: 'data.object.subscription',
  },
  {
    says: 'no time',
    call: event('checkout.session.completed', SESSION, { created: 'now' }),
    code: 'malformed',
    path: 'created',
    ref: 'cs_live_a1',
  },
]
