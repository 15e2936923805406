/**
 * Reports one order from a Node server and prints what became of it.
 *
 *   npx waybill emulate &
 *   WAYBILL_ENDPOINT=http://127.0.0.1:8788 WAYBILL_PIXEL_ID=test WAYBILL_API_KEY=test npx node examples/node.ts
 *
 * Without WAYBILL_ENDPOINT it goes to the real API. The key belongs on the server: never send it to a browser.
 */
import { createClient, type FriendlyEvent, type JsonEvent } from 'waybill'

const { WAYBILL_PIXEL_ID = '', WAYBILL_API_KEY = '', WAYBILL_ENDPOINT } = process.env
const client = createClient({ pixelId: WAYBILL_PIXEL_ID, apiKey: WAYBILL_API_KEY, endpoint: WAYBILL_ENDPOINT })

// Stands for what your shop knows of an order that was paid just now.
const order = {
  number: 12345,
  paidAt: new Date(),
  total: '25.99',
  email: ' User@Example.com',
  clickReference: undefined,
}

const paid: FriendlyEvent = {
  // The same on every retry, and the same as the pixel's event_id: that is how the API counts the order once.
  id: `order_${order.number}`,
  type: 'order_created',
  // When it happened, not when it is sent.
  timestamp: order.paidAt,
  actionSource: 'web',
  sourceUrl: 'https://shop.example.com/checkout/confirmation',
  // `oppref` of the landing page's URL, which your server kept until now; leave it out when there was none.
  ...(order.clickReference === undefined ? {} : { oppref: order.clickReference }),
  // Hashed here, before it goes anywhere.
  user: { email: order.email, country: 'US' },
  // A decimal text: Waybill makes it 2599, the cents that the API wants.
  data: { amount: order.total, currency: 'USD', contents: [{ id: 'sku_123', name: 'Starter bundle', quantity: 1 }] },
}
// What comes from elsewhere the compiler cannot read: here the currency is missing. A mistake costs only its own event: it comes back as
// refused, with the reason, and the order above is delivered.
const fromQueue: JsonEvent = {
  id: 'order_12346',
  type: 'order_created',
  timestamp: order.paidAt.toISOString(),
  data: { amount: '12.00' },
}
const outcomes = await client.send([paid, fromQueue])

for (const { id, status, issues } of outcomes) {
  process.stdout.write(`${id}: ${status}\n`)
  for (const { code, path, message } of issues) process.stdout.write(`  ${code} ${path}: ${message}\n`)
}
// `failed` was not the event's fault (no network, a wrong key): keep it and send it again.
process.exitCode = outcomes.some(({ status }) => status === 'failed') ? 1 : 0
