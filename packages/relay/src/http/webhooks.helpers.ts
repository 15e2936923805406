/** Webhook calls as the systems sign them, and what became of them at the API. */
import { createHmac } from 'node:crypto'
import type { TestContext } from 'node:test'
import { Stripe } from 'stripe'
import type { Environment } from '../config/index.ts'
import { type Asked, PIXEL, type Relay, startRelay } from '../service/service.helpers.ts'

export const SECRETS: Readonly<Record<'shopify' | 'stripe' | 'woocommerce', string>> = {
  shopify: 'shopify-secret-1',
  stripe: 'whsec_stripe-secret-2',
  woocommerce: 'woo-secret-3',
}
export const ENV: Environment = {
  WAYBILL_SHOPIFY_SECRET: SECRETS.shopify,
  WAYBILL_STRIPE_SECRET: SECRETS.stripe,
  WAYBILL_WOOCOMMERCE_SECRET: SECRETS.woocommerce,
}

export interface Bringing {
  readonly body: string
  readonly headers: Record<string, string>
}

export function hmac(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64')
}

export function shopify(topic: string, payload: object, secret: string = SECRETS.shopify): Bringing {
  const body = JSON.stringify(payload)
  const headers = { 'x-shopify-topic': topic, 'x-shopify-shop-domain': 'shop.example.com' }
  return { body, headers: { ...headers, 'x-shopify-hmac-sha256': hmac(secret, body) } }
}

export function stripe(type: string, object: object, about: { secret?: string; atMs?: number } = {}): Bringing {
  const { secret = SECRETS.stripe, atMs = Date.now() } = about
  const created = Math.floor(Date.now() / 1_000) - 60
  const event = { id: `evt_${type}`, object: 'event', type, livemode: true, created, data: { object } }
  const body = JSON.stringify(event)
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret,
    timestamp: Math.floor(atMs / 1_000),
  })
  return { body, headers: { 'stripe-signature': signature } }
}

export function bring(
  relay: Relay,
  source: string,
  { body, headers }: Bringing,
  pixel: string = PIXEL,
): Promise<Asked> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
  return relay.ask(`/webhooks/${source}/${pixel}`, init)
}

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}

export function order(id: number, changes: object = {}): object {
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    order_number: 1000 + id,
    name: `#${1000 + id}`,
    created_at: minutesAgo(9),
    processed_at: minutesAgo(9),
    currency: 'USD',
    total_price: '25.99',
    current_total_price: '25.99',
    financial_status: 'paid',
    test: false,
    cancelled_at: null,
    source_name: 'web',
    email: 'buyer@example.com',
    customer: { id: 77, email: 'buyer@example.com' },
    order_status_url: 'https://shop.example.com/orders/status',
    line_items: [{ id: 1, product_id: 5, variant_id: 6, sku: 'sku_123', title: 'Bundle', quantity: 1, price: '25.99' }],
    ...changes,
  }
}

export interface Stored {
  readonly id: string
  readonly type: string
  readonly oppref?: string
  readonly data: { readonly amount?: number; readonly currency?: string }
  readonly user?: Readonly<Record<string, unknown>>
}

export function stored(relay: Relay): Stored[] {
  return relay.api.emulator.events().map(({ event }) => event as unknown as Stored)
}

export async function start(context: TestContext, file?: object): Promise<Relay> {
  return startRelay(context, { env: ENV, ...(file && { file }) })
}
