/**
 * Shopify's webhook, tried on this machine: a relay with the configuration beside this file takes orders as Shopify sends them.
 *
 *   npx node examples/guides/shopify/try.ts
 */
import { createHmac } from 'node:crypto'
import { PIXEL_ID, withRelay } from '../relay.ts'

const { SHOPIFY_WEBHOOK_SECRET = 'secret-of-the-trial' } = process.env

/** What matters of an order; Shopify's own have many more fields. */
function order(id: number, changes: object = {}): object {
  const price = { amount: '25.99', currency_code: 'EUR' }
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    created_at: new Date(Date.now() - 60_000).toISOString(),
    financial_status: 'paid',
    source_name: 'web',
    email: 'buyer@example.com',
    browser_ip: '203.0.113.7',
    order_status_url: 'https://shop.example.com/1/orders/2',
    landing_site: '/?oppref=of-the-landing',
    total_price_set: { shop_money: price, presentment_money: price },
    line_items: [{ sku: 'sku_123', title: 'Starter bundle', quantity: 1, price_set: { presentment_money: price } }],
    note_attributes: [],
    ...changes,
  }
}

/** As the theme wrote it, with another app's attribute before it. */
const note_attributes = [
  { name: 'gift_note', value: 'Happy birthday' },
  { name: '_oppref', value: 'AbC%2Bd%20e+f%E4' },
]

function webhook(payload: object): RequestInit {
  const body = JSON.stringify(payload)
  const signature = createHmac('sha256', SHOPIFY_WEBHOOK_SECRET).update(body).digest('base64')
  const about = { 'x-shopify-topic': 'orders/paid', 'x-shopify-shop-domain': 'shop.myshopify.com' }
  return { body, headers: { ...about, 'content-type': 'application/json', 'x-shopify-hmac-sha256': signature } }
}

await withRelay(new URL('waybill.config.json', import.meta.url), { SHOPIFY_WEBHOOK_SECRET }, async (relay) => {
  const bring = (payload: object): Promise<void> => relay.post(`/webhooks/shopify/${PIXEL_ID}`, webhook(payload))
  const consented = order(5001, { note_attributes })
  await bring(consented)
  // Shopify repeats what it is not sure of.
  await bring(consented)
  // Without consent: what Shopify itself knows of the landing stays here.
  await bring(order(5002))
  await bring(order(5003, { test: true }))
  await relay.settle('5001', '5002', '5003')
})
