/**
 * The checkout of shop.ts, tried on this machine with a relay and a stand-in for Stripe's API. The webhooks are signed by Stripe's own
 * package.
 *
 *   npx node examples/guides/stripe/try.ts
 */
import { Stripe } from 'stripe'
import { createContextClient } from 'waybill/oppref'
import { PIXEL_ID, say, withRelay } from '../relay.ts'
import { land } from '../visitor.ts'
import { checkout, type Order, page, thankYou } from './shop.ts'

const { STRIPE_WEBHOOK_SECRET = 'whsec_of_the_trial', WAYBILL_INTAKE_TOKEN = 'token-of-the-trial' } = process.env

const created = Math.floor(Date.now() / 1_000) - 60
const sessions = new Map<string, Record<string, unknown>>()

/** Stands for Stripe: a session is paid as soon as it is made. */
const stripe = new Stripe('sk_test', {
  httpClient: Stripe.createFetchHttpClient(async (url, init) => {
    const { pathname } = new URL(String(url))
    if (init?.method !== 'POST') return Response.json(sessions.get(pathname.split('/').at(-1)!))
    const form = new URLSearchParams(String(init.body))
    const number = form.get('client_reference_id')!
    const session = {
      ...{ id: `cs_${number}`, object: 'checkout.session', url: 'https://checkout.stripe.com/c/pay', livemode: true },
      ...{ created, mode: form.get('mode'), client_reference_id: number, metadata: { order_id: number } },
      ...{ status: 'complete', payment_status: 'paid', amount_total: 2599, currency: 'eur' },
      customer_details: { email: 'buyer@example.com' },
      subscription: form.get('mode') === 'subscription' ? `sub_${number}` : null,
    }
    sessions.set(session.id, session)
    return Response.json(session)
  }),
})

function webhook(type: string, object: unknown): RequestInit {
  const body = JSON.stringify({ id: `evt_${type}`, object: 'event', type, created, livemode: true, data: { object } })
  const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: STRIPE_WEBHOOK_SECRET })
  return { body, headers: { 'content-type': 'application/json', 'stripe-signature': signature } }
}

/** The three calls about one subscription, as far as it matters. */
function subscriptionCalls(number: string): RequestInit[] {
  const metadata = { order_id: number }
  const price = { id: 'price_pro', unit_amount: 2599, currency: 'eur' }
  const subscription = { id: `sub_${number}`, status: 'active', created, metadata, currency: 'eur' }
  const details = { subscription: subscription.id, metadata }
  const invoice = { billing_reason: 'subscription_create', total: 2599, currency: 'eur' }
  return [
    webhook('invoice.paid', { id: 'in_1', ...invoice, parent: { subscription_details: details } }),
    webhook('checkout.session.completed', sessions.get(`cs_${number}`)),
    webhook('customer.subscription.created', { ...subscription, items: { data: [{ quantity: 1, price }] } }),
  ]
}

const secrets = { STRIPE_WEBHOOK_SECRET, WAYBILL_INTAKE_TOKEN }
await withRelay(new URL('waybill.config.json', import.meta.url), secrets, async (relay) => {
  const contexts = createContextClient({ relay: relay.url, token: WAYBILL_INTAKE_TOKEN, pixelId: PIXEL_ID })
  const shop = { stripe, contexts, pixelId: PIXEL_ID }
  const bring = (init: RequestInit): Promise<void> => relay.post(`/webhooks/stripe/${PIXEL_ID}`, init)
  const order = async (number: string, mode: Order['mode'], consent: 'yes' | 'no'): Promise<void> => {
    const cookie = await land('https://shop.example.com', page, consent)
    const headers = { cookie, 'user-agent': 'Mozilla/5.0' }
    await checkout(shop, new Request('https://shop.example.com/checkout', { headers }), {
      number,
      mode,
      price: 'price_1',
    })
  }

  await order('1001', 'payment', 'yes')
  const paid = webhook('checkout.session.completed', sessions.get('cs_1001'))
  await bring(paid)
  // Stripe repeats what it is not sure of.
  await bring(paid)

  await order('1002', 'subscription', 'yes')
  for (const call of subscriptionCalls('1002')) await bring(call)

  await order('1003', 'payment', 'no')
  await bring(webhook('checkout.session.completed', sessions.get('cs_1003')))
  await relay.settle('order_1001', 'sub_1002', 'order_1003')

  for (const [id, consent] of [
    ['cs_1001', 'yes'],
    ['cs_1002', 'yes'],
    ['cs_1003', 'no'],
  ] as const) {
    const request = new Request(`https://shop.example.com/thank-you?session=${id}`, {
      headers: { cookie: `ads=${consent}` },
    })
    say(`${id}: ${await (await thankYou(shop, request)).text()}`)
  }
})
