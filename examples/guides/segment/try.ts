/**
 * The tracking of shop.ts, tried on this machine: the SDKs of Segment and RudderStack, as they come from the registry, with a relay
 * in the place of Segment and RudderStack.
 *
 *   npx node examples/guides/segment/try.ts
 */
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { PIXEL_ID, say, withRelay } from '../relay.ts'
import { land } from '../visitor.ts'
import { type Order, type PurchaseCall, page, pixelOf, purchaseCall } from './shop.ts'

const { WAYBILL_WRITE_KEY = 'write-key-of-the-trial' } = process.env

const order = (number: string): Order => ({ number, paidAt: new Date(), total: '25.99', userId: 'customer_12345' })

async function purchase(number: string, event: string, consent: 'yes' | 'no' = 'yes'): Promise<PurchaseCall> {
  const headers = { cookie: await land('https://shop.example.com', page, consent), 'user-agent': 'Mozilla/5.0' }
  return purchaseCall(new Request('https://shop.example.com/thank-you', { headers }), order(number), event)
}

await withRelay(new URL('waybill.config.json', import.meta.url), { WAYBILL_WRITE_KEY }, async (relay) => {
  // Where the SDK sends to, and the key: nothing else changes in a shop's code.
  const segment = new Analytics({ writeKey: WAYBILL_WRITE_KEY, host: relay.url })
  const rudder = new RudderAnalytics(WAYBILL_WRITE_KEY, { dataPlaneUrl: relay.url })

  segment.identify({ userId: 'customer_12345', traits: { email: 'buyer@example.com', address: { country: 'DE' } } })
  await segment.flush()
  segment.track(await purchase('41', 'Order Completed'))
  // A name that the specification does not know: the mapping does.
  segment.track(await purchase('42', 'Bundle Bought'))
  segment.track(await purchase('43', 'Order Completed', 'no'))
  await segment.closeAndFlush()

  rudder.track(await purchase('44', 'Order Completed'))
  // The first order again, from another part of the shop.
  rudder.track(await purchase('41', 'Bundle Bought'))
  await rudder.flush()
  await relay.settle('order_41', 'order_42', 'order_43', 'order_44')
  say(pixelOf(order('41'), PIXEL_ID, crypto.randomUUID()))
})
