/** What happens to orders of Shopify and WooCommerce and to deals of HubSpot. */
import {
  DAY_MS,
  daysAgo,
  type Expected,
  HOUR_MS,
  iso,
  priceOf,
  type Shop,
  type Story,
  type Teller,
  type VendorCall,
} from './plan.helpers.ts'

const ORDER = { type: 'order_created' } as const
const SHOPIFY_DOMAIN: Readonly<Record<Shop, string>> = { a: 'a.myshopify.com', b: 'b.myshopify.com' }
const WOO_SITE: Readonly<Record<Shop, string>> = { a: 'shop.example.de', b: 'shop.example.com' }
export const PORTAL: Readonly<Record<Shop, number>> = { a: 101, b: 202 }

/** Placed and paid: at once, or some days after it was placed, which may be longer ago than the API takes. */
function timesOf(teller: Teller): { placedMs: number; paidMs: number; timestampMs: number } {
  const paidMs = daysAgo(teller, 0.1, 5)
  const isLate = teller.below(3) === 0
  const placedMs = paidMs - (isLate ? HOUR_MS + 1_000 + teller.below(30 * DAY_MS) : teller.below(HOUR_MS))
  const onSecondMs = Math.floor(placedMs / 1_000) * 1_000
  return { placedMs: onSecondMs, paidMs, timestampMs: paidMs - onSecondMs > HOUR_MS ? paidMs : onSecondMs }
}

export function shopifyStory(teller: Teller): Story {
  const { shop, number, below } = teller
  const { decimal, cents, currency } = priceOf(teller)
  const { placedMs, paidMs, timestampMs } = timesOf(teller)
  const order = {
    id: number,
    order_number: number,
    financial_status: 'paid',
    source_name: 'web',
    browser_ip: '203.0.113.9',
    currency,
    total_price: decimal,
    current_total_price: decimal,
    processed_at: iso(placedMs),
    created_at: iso(placedMs),
    updated_at: iso(paidMs),
    email: `buyer${number}@${shop}.example`,
    line_items: [],
  }
  const paid = (changes: object = {}, headers: Record<string, string> = {}): VendorCall => ({
    vendor: 'shopify',
    shop,
    topic: 'orders/paid',
    payload: { ...order, ...changes },
    headers: { 'x-shopify-shop-domain': SHOPIFY_DOMAIN[shop], 'x-shopify-triggered-at': iso(paidMs), ...headers },
  })
  const refund = { ...paid(), topic: 'refunds/create', payload: { id: 1, order_id: number } }
  const expected: Expected = { id: `${SHOPIFY_DOMAIN[shop]}-${number}`, ...ORDER, timestampMs, amount: cents, currency }
  const nothing = (...calls: VendorCall[]): Story => ({ calls, isOrdered: false, expected: [] })
  const fates: readonly (() => Story)[] = [
    () => nothing(paid({ source_name: 'subscription_contract', browser_ip: null })),
    () => nothing(paid({ source_name: '294517', tags: 'Subscription Recurring Order' })),
    () => nothing(paid({ financial_status: 'refunded' }), refund),
    () => nothing(paid({ financial_status: 'partially_refunded', current_total_price: '0.00' })),
    () => nothing(paid({ test: true })),
    () => nothing(paid({}, { 'x-shopify-test': 'true' })),
    () => nothing({ ...paid({ financial_status: 'pending' }), topic: 'orders/create' }),
    () => ({ calls: [paid(), refund], isOrdered: false, expected: [expected] }),
  ]
  const fate = fates[below(20)]
  return fate?.() ?? { calls: [paid()], isOrdered: false, expected: [expected] }
}

export function wooStory(teller: Teller): Story {
  const { shop, number, below } = teller
  const { decimal, cents, currency } = priceOf(teller)
  const { placedMs, paidMs, timestampMs } = timesOf(teller)
  const gmt = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
  const order = { id: number, currency, total: decimal, created_via: 'checkout', date_created_gmt: gmt(placedMs) }
  const updated = (status: string, changes: object = {}): VendorCall => ({
    vendor: 'woocommerce',
    shop,
    topic: 'order.updated',
    payload: {
      ...order,
      status,
      billing: { email: `buyer${number}@${shop}.example` },
      line_items: [],
      meta_data: [],
      ...changes,
    },
    headers: { 'x-wc-webhook-source': `https://${WOO_SITE[shop]}/` },
  })
  const money = { date_paid_gmt: gmt(paidMs) }
  const done = { ...money, date_completed_gmt: gmt(paidMs + 60_000) }
  const expected: Expected = { id: `${WOO_SITE[shop]}-${number}`, ...ORDER, timestampMs, amount: cents, currency }
  const nothing = (...calls: VendorCall[]): Story => ({ calls, isOrdered: false, expected: [] })
  const longAgo = { date_created_gmt: '2020-01-01T00:00:00', date_paid_gmt: '2020-01-01T00:01:00' }
  const fates: readonly (() => Story)[] = [
    () => nothing(updated('processing', { ...money, created_via: 'subscription' })),
    () => nothing(updated('completed', { ...done, refunds: [{ total: `-${decimal}` }] })),
    () => nothing(updated('refunded', money), updated('cancelled')),
    () => nothing(updated('processing', done)),
    () => nothing(updated('completed', { ...longAgo, date_modified_gmt: gmt(paidMs) })),
    () => nothing(updated('on-hold'), updated('failed')),
    () => nothing(updated('processing', { ...money, total: `-${decimal}` })),
  ]
  const fate = fates[below(20)]
  const calls = [updated('on-hold'), updated('processing', money), updated('completed', done)]
  return fate?.() ?? { calls, isOrdered: false, expected: [expected] }
}

export function hubspotStory(teller: Teller): Story {
  const { shop, number, below } = teller
  const { decimal, cents, currency } = priceOf(teller)
  const atMs = daysAgo(teller, 0.1, 6)
  const call = (payload: unknown): VendorCall => ({
    vendor: 'hubspot',
    shop,
    topic: '',
    payload: payload as object,
    headers: {},
  })
  const notice = (propertyValue: string, changes: object = {}): VendorCall =>
    call([
      {
        ...{ subscriptionType: 'deal.propertyChange', propertyName: 'dealstage', eventId: number },
        ...{ propertyValue, objectId: number, portalId: PORTAL[shop], occurredAt: atMs, ...changes },
      },
    ])
  const deal = {
    portalId: PORTAL[shop],
    dealId: number,
    properties: {
      amount: { value: decimal },
      deal_currency_code: { value: currency },
      dealstage: { value: 'closedwon', timestamp: atMs },
    },
  }
  const expected: Expected = {
    id: `${PORTAL[shop]}-${number}`,
    ...ORDER,
    timestampMs: atMs,
    amount: undefined,
    currency: undefined,
  }
  const fates: readonly (() => Story)[] = [
    () => ({ calls: [notice('closedlost')], isOrdered: false, expected: [] }),
    () => ({ calls: [notice('closedwon', { eventId: 100, objectId: 123 })], isOrdered: false, expected: [] }),
    () => ({ calls: [call({ ...deal, isDeleted: true })], isOrdered: false, expected: [] }),
    () => ({ calls: [notice('closedwon', { occurredAt: atMs - 30 * DAY_MS })], isOrdered: false, expected: [] }),
  ]
  const fate = fates[below(20)]
  if (fate !== undefined) return fate()
  const isWhole = below(2) === 0
  return isWhole
    ? { calls: [call(deal)], isOrdered: false, expected: [{ ...expected, amount: cents, currency }] }
    : { calls: [notice('qualified'), notice('closedwon')], isOrdered: false, expected: [expected] }
}
