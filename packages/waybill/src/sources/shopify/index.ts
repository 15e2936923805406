import { isObject, type PlainObject } from '../../contract/plain.ts'
import { type Candidate, collect, conclude } from '../candidate.ts'
import { shopOf } from '../page.ts'
import { text } from '../read.ts'
import { type HeaderSource, headerOf } from '../signature/header.ts'
import { malformed, type Skip, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent } from '../source.ts'
import { checkoutCandidate } from './checkout.ts'
import { customerCandidate } from './customer.ts'
import { exactId } from './id.ts'
import { orderCandidate } from './order.ts'
import { type ShopifyOptions, type ShopifySettings, shopifySettings } from './settings.ts'

export { verifyShopify } from '../signature/shopify.ts'
export type { ShopifyMoney } from './money.ts'
export type { ShopifyOptions } from './settings.ts'

/**
 * Shopify's webhooks: orders/paid → `order_created`, checkouts/create → `checkout_started`, customers/create and customers/enable →
 * `registration_completed`. The total paid is the amount: after discounts, with taxes and shipping. Throws a `ConfigError` for wrong
 * options; the source itself never throws.
 */
export function createShopifySource(options: ShopifyOptions = {}): Source {
  const settings = shopifySettings(options)
  return (call) => collect([outcomeOf(call, settings)])
}

/** A call from a webhook's headers and its parsed body. */
export function shopifyCall(headers: HeaderSource, payload: unknown, receivedAtMs?: number): SourceCall {
  return {
    payload,
    topic: headerOf(headers, 'x-shopify-topic'),
    site: headerOf(headers, 'x-shopify-shop-domain'),
    triggeredAt: headerOf(headers, 'x-shopify-triggered-at'),
    isTest: headerOf(headers, 'x-shopify-test')?.toLowerCase() === 'true',
    receivedAtMs,
  }
}

function outcomeOf(call: SourceCall, settings: ShopifySettings): SourceEvent | Skip {
  const { payload, topic } = call
  if (!isObject(payload)) return malformed('')
  if (call.isTest === true && !settings.sendTests) return skip('test_order', { message: SAMPLE, ref: exactId(payload) })
  const isRefund = topic === 'refunds/create' && !settings.mapping.has(topic)
  if (isRefund) return skip('refunded', { message: REFUND, ref: text(payload['order_id']) })
  return conclude(candidateOf(call, payload, settings), settings)
}

const SAMPLE = 'It is a test notification of Shopify.'
const REFUND = 'An order was paid back. The API takes no refunds.'

type Reader = (call: SourceCall, payload: PlainObject, settings: ShopifySettings) => Candidate

/** First part of a topic → what its payload is. */
const READERS: Readonly<Record<string, Reader>> = {
  orders: orderCandidate,
  checkouts: checkoutCandidate,
  customers: customerCandidate,
}

function candidateOf(call: SourceCall, payload: PlainObject, settings: ShopifySettings): Candidate {
  const kind = call.topic?.split('/', 1)[0] ?? ''
  const read = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined
  return read?.(call, payload, settings) ?? strangeCandidate(call, payload, settings)
}

/** A topic that only a mapping can make something of. */
function strangeCandidate(
  { topic = '', site }: SourceCall,
  payload: PlainObject,
  { name }: ShopifySettings,
): Candidate {
  const shop = shopOf(site) ?? name
  const scope = { payload, names: { shop } }
  return { name: topic, scope, draft: {}, paths: { id: 'id', timestamp: 'created_at' }, shop }
}
