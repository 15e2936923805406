/**
 * WooCommerce's webhook, tried on this machine: a relay with the configuration beside this file takes an order from its first status
 * to its last.
 *
 *   npx node examples/guides/woocommerce/try.ts
 */
import { createHmac } from 'node:crypto'
import { PIXEL_ID, withRelay } from '../relay.ts'

const { WOOCOMMERCE_WEBHOOK_SECRET = 'secret-of-the-trial' } = process.env

const placedAt = new Date(Date.now() - 60_000).toISOString().slice(0, 19)

/** What matters of an order; WooCommerce's own have many more fields. */
function order(id: number, status: string, waybill: object): object {
  return {
    id,
    number: `${id}`,
    status,
    currency: 'HUF',
    total: '9990.00',
    date_created_gmt: placedAt,
    created_via: 'checkout',
    customer_ip_address: '203.0.113.7',
    billing: { email: 'buyer@example.com', country: 'HU' },
    meta_data: [
      { key: '_wc_order_attribution_session_entry', value: 'https://shop.example.com/?oppref=of-the-landing' },
    ],
    line_items: [{ id: 1, sku: 'sku_123', name: 'Starter bundle', quantity: 1, price: 9990 }],
    waybill,
  }
}

/** As waybill.php adds it to what webhooks bring; both are empty without consent. */
const consented = { consent: 'yes', oppref: 'AbC%2Bd%20e+f%E4' }
const denied = { consent: '', oppref: '' }

function webhook(payload: object): RequestInit {
  const body = JSON.stringify(payload)
  const signature = createHmac('sha256', WOOCOMMERCE_WEBHOOK_SECRET).update(body).digest('base64')
  const about = { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-source': 'https://shop.example.com/' }
  return { body, headers: { ...about, 'content-type': 'application/json', 'x-wc-webhook-signature': signature } }
}

await withRelay(new URL('waybill.config.json', import.meta.url), { WOOCOMMERCE_WEBHOOK_SECRET }, async (relay) => {
  const bring = (init: RequestInit): Promise<void> => relay.post(`/webhooks/woocommerce/${PIXEL_ID}`, init)
  // What WooCommerce sends when the webhook is saved, unsigned.
  await bring({ body: 'webhook_id=12', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  for (const status of ['pending', 'processing', 'completed']) await bring(webhook(order(727, status, consented)))
  await bring(webhook(order(728, 'processing', denied)))
  await relay.settle('727', '728')
})
