/** What makes a call of a vendor a conversion, when it became one, and where: one table for all of them. */
import type { Change } from '../contract/sample.cases.ts'
import { notices } from './hubspot/hubspot.cases.ts'
import { createHubspotSource, createShopifySource, createStripeSource, createWooCommerceSource } from './index.ts'
import { checkout, paid } from './shopify/shopify.cases.ts'
import type { SkipCode } from './skip.ts'
import type { Source, SourceCall } from './source.ts'
import { completed, enrolled, invoiced, subscribed } from './stripe/stripe.cases.ts'
import { updated } from './woocommerce/woocommerce.cases.ts'

const HOUR_MS = 3_600_000
export const DAY_MS: number = 24 * HOUR_MS
/** When the orders of the cases were placed. */
const SHOPIFY_MS = 1_773_896_399_000
const WOO_MS = 1_773_892_800_000
const iso = (ms: number): string => new Date(ms).toISOString()
const gmt = (ms: number): string => iso(ms).slice(0, 19)

const shopify = createShopifySource()
const woo = createWooCommerceSource()
const hubspot = createHubspotSource({ stages: { closedwon: 'order_created' } })
const stripe = createStripeSource()

interface TimeCase {
  readonly says: string
  readonly source: Source
  readonly call: SourceCall
  readonly timestampMs: number
}

const triggered = (lateMs: number, change: Change = {}): SourceCall => ({
  ...paid({ updated_at: iso(SHOPIFY_MS + 20 * DAY_MS), ...change }),
  triggeredAt: iso(SHOPIFY_MS + lateMs),
})
const lastChanged = (lateMs: number): SourceCall => paid({ updated_at: iso(SHOPIFY_MS + lateMs) })
/** An order of another system: placed there, made here now. */
const imported = (placedMs: number, lateMs = 0): SourceCall =>
  triggered(lateMs, { processed_at: iso(placedMs), created_at: iso(SHOPIFY_MS) })
const wooPaid = (lateMs: number): SourceCall => updated({ date_paid_gmt: gmt(WOO_MS + lateMs) })

/** Within an hour of being placed it is the order's own time, after that the payment's. */
const AROUND_AN_HOUR = [0, HOUR_MS - 1_000, HOUR_MS, HOUR_MS + 1_000, 9 * DAY_MS]
const becameMs = (placedMs: number, lateMs: number): number => placedMs + (lateMs > HOUR_MS ? lateMs : 0)

export const TIMES: readonly TimeCase[] = [
  ...AROUND_AN_HOUR.flatMap((lateMs): TimeCase[] => [
    {
      says: `Shopify, paid ${lateMs / 1_000} s later by X-Shopify-Triggered-At`,
      source: shopify,
      call: triggered(lateMs),
      timestampMs: becameMs(SHOPIFY_MS, lateMs),
    },
    {
      says: `Shopify, paid ${lateMs / 1_000} s later by updated_at`,
      source: shopify,
      call: lastChanged(lateMs),
      timestampMs: becameMs(SHOPIFY_MS, lateMs),
    },
    {
      says: `WooCommerce, paid ${lateMs / 1_000} s later by date_paid_gmt`,
      source: woo,
      call: wooPaid(lateMs),
      timestampMs: becameMs(WOO_MS, lateMs),
    },
  ]),
  {
    says: 'WooCommerce, cash on delivery that is not paid yet',
    source: woo,
    call: updated({ date_paid_gmt: null }),
    timestampMs: WOO_MS,
  },
  {
    says: 'Shopify, a payment that is before the order by a clock that is off',
    source: shopify,
    call: triggered(-HOUR_MS),
    timestampMs: SHOPIFY_MS,
  },
  {
    says: 'Shopify, an order of 3 days ago that is brought from another shop today',
    source: shopify,
    call: imported(SHOPIFY_MS - 3 * DAY_MS),
    timestampMs: SHOPIFY_MS - 3 * DAY_MS,
  },
  {
    says: 'Shopify, an order of 3 days ago that is brought today and paid 2 days later',
    source: shopify,
    call: imported(SHOPIFY_MS - 3 * DAY_MS, 2 * DAY_MS),
    timestampMs: SHOPIFY_MS + 2 * DAY_MS,
  },
  {
    says: 'HubSpot: when the stage was reached',
    source: hubspot,
    call: notices({}),
    timestampMs: 1_773_892_800_123,
  },
  {
    says: 'a mapping to a field whose name says UTC',
    source: createWooCommerceSource({ mapping: { events: { 'order.updated': { timestamp: 'date_paid_gmt' } } } }),
    call: wooPaid(60_000),
    timestampMs: WOO_MS + 60_000,
  },
]

interface BarCase {
  readonly says: string
  readonly source: Source
  readonly call: SourceCall
  readonly code: SkipCode
  /** What the account has to say. */
  readonly said?: RegExp
}

const received = (call: SourceCall, receivedAtMs: number): SourceCall => ({ ...call, receivedAtMs })
const old = (change: Change = {}): Change => ({ date_paid_gmt: gmt(WOO_MS), ...change })
const touched = WOO_MS + 200 * DAY_MS
const renewal = (source_name: string, tags: unknown = ''): SourceCall => paid({ source_name, tags })

export const BARRED: readonly BarCase[] = [
  ...[
    renewal('subscription_contract'),
    renewal('subscription_contract_checkout_one'),
    renewal('294517', 'Subscription, Subscription Recurring Order'),
    renewal('4242', 'appstle_subscription_recurring_order'),
    renewal('web', ['Loop', 'Recurring Order']),
  ].map(
    (call): BarCase => ({
      says: `Shopify, a renewal: ${JSON.stringify((call.payload as { tags: unknown }).tags)}`,
      source: shopify,
      call,
      code: 'renewal',
    }),
  ),
  {
    says: 'WooCommerce Subscriptions, a renewal by its link',
    source: woo,
    call: updated({ meta_data: [{ key: '_subscription_renewal', value: '55' }] }),
    code: 'renewal',
  },
  {
    says: 'WooCommerce Subscriptions, a renewal by how it was made',
    source: woo,
    call: updated({ created_via: 'subscription' }),
    code: 'renewal',
  },
  ...(
    [
      ['subscription_cycle', /renews/],
      ['subscription_update', /change of a running subscription/],
      ['subscription_threshold', /what a running subscription used/],
      ['manual', /belongs to a running subscription/],
    ] as const
  ).map(
    ([billing_reason, said]): BarCase => ({
      says: `Stripe, an invoice of a running subscription: ${billing_reason}`,
      source: stripe,
      call: invoiced({ billing_reason }),
      code: 'renewal',
      said,
    }),
  ),
  {
    says: 'Stripe, a subscription that is billed by an invoice and not paid',
    source: stripe,
    call: subscribed({ collection_method: 'send_invoice' }),
    code: 'unpaid',
    said: /invoice\.paid/,
  },
  {
    says: 'Stripe, an upgrade',
    source: stripe,
    call: { payload: { ...(subscribed().payload as object), type: 'customer.subscription.updated' } },
    code: 'no_conversion',
    said: /upgrades/,
  },
  {
    says: 'Stripe, an invoice by hand of nothing',
    source: stripe,
    call: invoiced({ billing_reason: 'manual', parent: null, total: 0 }),
    code: 'no_conversion',
  },
  {
    says: 'Shopify, everything was paid back',
    source: shopify,
    call: paid({ financial_status: 'partially_refunded', current_total_price: '0.00' }),
    code: 'refunded',
  },
  {
    says: 'Shopify, a total below zero',
    source: shopify,
    call: paid({ total_price: '-5.00', total_price_set: undefined }),
    code: 'refunded',
    said: /negative/,
  },
  {
    says: 'WooCommerce, everything was paid back while the status stayed',
    source: woo,
    call: updated({ status: 'completed', refunds: [{ total: '-29.30' }, { total: '-0.05' }] }),
    code: 'refunded',
  },
  {
    says: 'WooCommerce, a total below zero',
    source: woo,
    call: updated({ total: '-3.00' }),
    code: 'refunded',
    said: /negative/,
  },
  {
    says: 'Stripe, an invoice below zero',
    source: stripe,
    call: invoiced({ billing_reason: 'manual', parent: null, total: -500 }),
    code: 'refunded',
    said: /negative/,
  },
  {
    says: 'WooCommerce, set back to processing',
    source: woo,
    call: updated({ status: 'processing', date_completed_gmt: gmt(WOO_MS + 60_000) }),
    code: 'counted_before',
    said: /set back/,
  },
  ...(['orders/paid', 'customers/create', 'checkouts/create', 'orders/updated'] as const).map(
    (topic): BarCase => ({
      says: `Shopify, a test notification of ${topic}`,
      source: shopify,
      call: { ...paid(), topic, isTest: true },
      code: 'test_order',
    }),
  ),
  {
    says: 'HubSpot, a test notification',
    source: hubspot,
    call: notices({ eventId: 100, objectId: 123 }),
    code: 'test_order',
  },
  {
    says: 'Stripe, a thin event',
    source: stripe,
    call: {
      payload: {
        id: 'evt_1',
        type: 'v1.checkout.session.completed',
        related_object: { id: 'cs_1', type: 'checkout.session' },
      },
    },
    code: 'thin_event',
    said: /snapshot events/,
  },
  {
    says: 'Shopify, an order of two years ago that is brought from another shop today',
    source: shopify,
    call: received(imported(SHOPIFY_MS - 730 * DAY_MS), SHOPIFY_MS + 60_000),
    code: 'too_old',
  },
  ...['skip', 'send'].map((renewals) => ({
    says: `WooCommerce, a change of a running subscription, renewals: ${renewals}`,
    source: createWooCommerceSource({ renewals: renewals as 'skip' }),
    call: updated({ meta_data: [{ key: '_subscription_switch', value: '7' }] }),
    code: 'renewal' as const,
    said: /changes a running subscription/,
  })),
  {
    says: 'WooCommerce, an order of 200 days ago that is touched',
    source: woo,
    call: received(updated(old({ date_modified_gmt: gmt(touched) })), touched),
    code: 'too_old',
  },
]

/** Just inside the API's window and just outside, and what our clock alone says. */
export const AGES: readonly (readonly [says: string, call: SourceCall, isOld: boolean])[] = [
  [
    'exactly 7 days',
    received(updated(old({ date_modified_gmt: gmt(WOO_MS + 7 * DAY_MS) })), WOO_MS + 7 * DAY_MS),
    false,
  ],
  [
    'a second more',
    received(updated(old({ date_modified_gmt: gmt(WOO_MS + 7 * DAY_MS + 1_000) })), WOO_MS + 7 * DAY_MS + 1_000),
    true,
  ],
  [
    'our clock is wrong by the vendor’s',
    received(updated(old({ date_modified_gmt: gmt(WOO_MS + DAY_MS) })), touched),
    false,
  ],
  ['nobody says when it came', updated(old({ date_modified_gmt: gmt(touched) })), false],
  [
    'paid today, placed long ago',
    received(updated({ date_paid_gmt: gmt(touched), date_modified_gmt: gmt(touched) }), touched),
    false,
  ],
]

/** `source_name` or `created_via` and what the order knows of a browser → where it was ordered. */
export const PLACES: readonly (readonly [
  says: string,
  source: Source,
  call: SourceCall,
  actionSource: string | undefined,
])[] = [
  ['Shopify’s online store', shopify, paid(), 'web'],
  ['by its number', shopify, paid({ source_name: '580111' }), 'web'],
  ['the till', shopify, paid({ source_name: 'pos' }), 'physical_store'],
  ['a checkout at the till', shopify, checkout({ source_name: 'pos' }), 'physical_store'],
  ['a checkout of a draft order', shopify, checkout({ source_name: 'shopify_draft_order' }), 'other'],
  ['a checkout of the online store', shopify, checkout({ source_name: 'web' }), 'web'],
  ['a checkout that does not say', shopify, checkout({}), 'web'],
  ['a draft order', shopify, paid({ source_name: 'shopify_draft_order' }), 'other'],
  ['a storefront of the shop’s own', shopify, paid({ source_name: '1234567' }), 'web'],
  [
    'a marketplace',
    shopify,
    paid({ source_name: 'amazon-us', browser_ip: null, client_details: null, landing_site: null }),
    'other',
  ],
  [
    'a renewal that is sent',
    createShopifySource({ renewals: 'send' }),
    paid({ source_name: 'subscription_contract' }),
    'other',
  ],
  ['WooCommerce’s checkout', woo, updated({ created_via: 'checkout' }), 'web'],
  ['its API', woo, updated({ created_via: 'rest-api' }), 'other'],
  ['its administration', woo, updated({ created_via: 'admin' }), 'other'],
  ...['pos-rest-api', 'woocommerce-pos', 'yith_pos_order', 'pos'].map(
    (way) => [`its till by ${way}`, woo, updated({ created_via: way }), 'physical_store'] as const,
  ),
  ['a way that only sounds like a till', woo, updated({ created_via: 'postcard' }), 'web'],
  ['a marketplace at WooCommerce', woo, updated({ created_via: 'ebay', customer_user_agent: '' }), 'other'],
  ['another checkout', woo, updated({ created_via: 'express' }), 'web'],
  [
    'a renewal at WooCommerce that is sent',
    createWooCommerceSource({ renewals: 'send' }),
    updated({ created_via: 'subscription' }),
    'other',
  ],
  ['Stripe’s session with a page of the shop', stripe, completed(), 'web'],
  ['a Payment Link', stripe, completed({ payment_link: 'plink_1' }), undefined],
  ['a page of Stripe', stripe, completed({ success_url: 'https://checkout.stripe.com/c/pay/done' }), undefined],
  [
    'a renewal at Stripe that is sent',
    createStripeSource({ renewals: 'send' }),
    invoiced({ billing_reason: 'subscription_cycle' }),
    'other',
  ],
]

/** Calls that are conversions after all, and what each is. */
export const COUNTED: readonly (readonly [says: string, source: Source, call: SourceCall, type: string, id: string])[] =
  [
    [
      'the first order of a subscription',
      shopify,
      paid({ tags: 'Subscription First Order' }),
      'order_created',
      '820982911946154',
    ],
    ['a customer who comes again', shopify, paid({ tags: 'recurring customer' }), 'order_created', '820982911946154'],
    ['a partly refunded order', woo, updated({ refunds: [{ total: '-29.34' }] }), 'order_created', '727'],
    ['an invoice by hand', stripe, invoiced({ billing_reason: 'manual', parent: null }), 'order_created', 'in_1'],
    [
      'an invoice from a quote',
      stripe,
      invoiced({ billing_reason: 'quote_accept', parent: null }),
      'order_created',
      'in_1',
    ],
    [
      'a quote that begins a subscription',
      stripe,
      invoiced({ billing_reason: 'quote_accept' }),
      'subscription_created',
      'sub_1',
    ],
    [
      'a subscription that is taken up again',
      woo,
      updated({ meta_data: [{ key: '_subscription_resubscribe', value: '7' }] }),
      'order_created',
      '727',
    ],
    ['a paid trial', stripe, enrolled({ amount_total: 9_900 }), 'subscription_created', 'sub_1'],
    [
      'an invoice by hand of a subscription, by a mapping',
      createStripeSource({
        mapping: {
          events: {
            'invoice.paid': { when: { billing_reason: 'manual' }, id: 'id', type: { value: 'order_created' } },
          },
        },
      }),
      invoiced({ billing_reason: 'manual' }),
      'order_created',
      'in_1',
    ],
    [
      'what changed, by a mapping that asks previous_attributes',
      createStripeSource({
        mapping: {
          events: {
            'customer.subscription.updated': {
              when: { 'previous_attributes.status': 'trialing', status: 'active' },
              type: { value: 'subscription_created' },
            },
          },
        },
      }),
      {
        payload: {
          ...(subscribed().payload as object),
          type: 'customer.subscription.updated',
          data: { ...(subscribed().payload as { data: object }).data, previous_attributes: { status: 'trialing' } },
        },
      },
      'subscription_created',
      'sub_1',
    ],
    [
      'an order of a named shop',
      createWooCommerceSource({ id: '{shop}-{order_id}' }),
      updated(),
      'order_created',
      'shop.example.com-727',
    ],
    [
      'an order of a shop that no call names',
      createWooCommerceSource({ id: '{shop}-{order_id}', name: 'de' }),
      { ...updated(), site: undefined },
      'order_created',
      'de-727',
    ],
  ]
