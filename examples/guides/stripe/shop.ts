/**
 * Checkout with Stripe: what is known of the visitor is kept in the relay with the order's number, Stripe's webhook brings the order
 * to the relay, and the thank-you page has the pixel's half of the same conversion.
 */
import type { Stripe } from 'stripe'
import { check } from 'waybill'
import { type ContextClient, captureOppref, type WebRequest } from 'waybill/oppref'
import { contentSecurityPolicy, conversion, pixelCall, pixelSnippet, policyHeader } from 'waybill/pixel'
import { createStripeSource, stripeCall } from 'waybill/sources/stripe'

export interface Shop {
  readonly stripe: Stripe
  readonly contexts: ContextClient
  readonly pixelId: string
}

export interface Order {
  readonly number: string
  /** A price of Stripe; a recurring one begins a subscription. */
  readonly price: string
  readonly mode: 'payment' | 'subscription'
}

/** Stands for your consent tool. */
const consents = ({ headers }: WebRequest): boolean => /(?:^|; )ads=yes(?:;|$)/.test(headers.get('cookie') ?? '')

/** Any page: the landing page's click reference is kept in a cookie. */
export async function page(request: Request): Promise<Response> {
  const { setCookie } = await captureOppref(request, { consent: consents })
  const answer = new Response('Welcome')
  if (setCookie !== undefined) answer.headers.append('set-cookie', setCookie)
  return answer
}

/** Gives the address of Stripe's page. */
export async function checkout({ stripe, contexts }: Shop, request: Request, order: Order): Promise<string> {
  const { consent, oppref } = await captureOppref(request, { consent: consents })
  const userAgent = request.headers.get('user-agent') ?? undefined
  // The webhook has no cookies. Waits two seconds at most and never rejects: the order goes on without.
  await contexts.carry(order.number, { consent, oppref, userAgent, landedAtMs: Date.now() })
  const metadata = { order_id: order.number }
  const session = await stripe.checkout.sessions.create({
    mode: order.mode,
    client_reference_id: order.number,
    metadata,
    // The other two calls of a subscription know nothing of the session.
    ...(order.mode === 'subscription' && { subscription_data: { metadata } }),
    line_items: [{ price: order.price, quantity: 1 }],
    success_url: 'https://shop.example.com/thank-you?session={CHECKOUT_SESSION_ID}',
  })
  return session.url!
}

/** With the same options as in the relay's configuration, a session is the same conversion here as there. */
const source = createStripeSource({ id: 'order_{client_reference_id}' })

/** The page behind `success_url`. */
export async function thankYou({ stripe, pixelId }: Shop, request: Request): Promise<Response> {
  const session = await stripe.checkout.sessions.retrieve(new URL(request.url).searchParams.get('session') ?? '')
  const call = stripeCall({
    type: 'checkout.session.completed',
    created: session.created,
    livemode: session.livemode,
    data: { object: session },
  })
  // None for a session of the test mode, or one that is not paid.
  const [found] = source(call).events
  const options = { check, now: Date.now(), invalidIdentity: 'drop' } as const
  const made = found && consents(request) ? conversion({ pixelId, ...found.event }, options) : undefined
  const nonce = crypto.randomUUID()
  const pixel = made?.ok ? pixelSnippet({ pixelId, nonce }) + pixelCall(made, { nonce }) : ''
  return new Response(`<!doctype html><title>Thank you</title><h1>Thank you</h1>${pixel}`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyHeader({ 'default-src': ["'self'"] }, contentSecurityPolicy({ nonce })),
      'cache-control': 'private, no-store',
    },
  })
}
