/**
 * The parts of a shop in Next.js (App Router) that report an order by the server and by the pixel, so that it counts once. They know
 * Web requests only; the three files of Next.js that call them are in docs/guides/next.md.
 */
import { type Client, check, createClient, type FriendlyEvent } from 'waybill'
import { captureOppref, withOppref } from 'waybill/oppref/next'
import { contentSecurityPolicy, conversion, pixelCall, pixelSnippet, policyHeader } from 'waybill/pixel'

const { WAYBILL_PIXEL_ID: pixelId = '', WAYBILL_API_KEY = '', WAYBILL_ENDPOINT } = process.env

/** One for all requests of this instance, made with the first order: `next build` loads this file too, and has no secrets. */
let client: Client | undefined

function waybill(): Client {
  client ??= createClient({
    pixelId,
    apiKey: WAYBILL_API_KEY,
    endpoint: WAYBILL_ENDPOINT,
    onOutcome({ id, status, issues }) {
      if (status !== 'delivered' && status !== 'queued') console.warn(id, status, issues.map(({ code }) => code).join())
    },
  })
  return client
}

interface HasHeaders {
  readonly headers: { get(name: string): string | null }
}

/** Stands for your consent tool. */
const consents = ({ headers }: HasHeaders): boolean => /(?:^|; )ads=yes(?:;|$)/.test(headers.get('cookie') ?? '')

/** For `proxy.ts`: keeps the click reference of the landing page, and gives every page a policy with a nonce of its own. */
export async function onEveryPage<Answer extends Response>(
  request: Request,
  next: (init: { request: { headers: Headers } }) => Answer,
): Promise<Answer> {
  const nonce = crypto.randomUUID()
  const policy = policyHeader({ 'default-src': ["'self'"] }, contentSecurityPolicy({ nonce }))
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  // Next.js puts the nonce of this header on its own scripts.
  headers.set('content-security-policy', policy)
  const answer = await withOppref(request, next({ request: { headers } }), { consent: consents, deleteOnDenial: true })
  answer.headers.set('content-security-policy', policy)
  return answer
}

interface Order {
  readonly number: string
  readonly placedAt: Date
  readonly total: string
  /** What may be told of the visitor; nothing without consent. */
  readonly visitor: Pick<FriendlyEvent, 'oppref' | 'user'>
}

/** Stands for your database; not of this file, which Next.js loads once a bundle. Whoever has the key sees the page, so it cannot be guessed. */
const shared = globalThis as { orders?: Map<string, Order> }
shared.orders ??= new Map()
const { orders } = shared

/** For `app/checkout/route.ts`: takes the order and reports it after the answer. */
export async function placeOrder(request: Request, waitUntil?: (promise: Promise<unknown>) => void): Promise<Response> {
  const form = await request.formData()
  const { consent, oppref } = await captureOppref(request, { consent: consents })
  const user = { email: String(form.get('email')), userAgent: request.headers.get('user-agent') }
  const visitor = consent ? { oppref, user } : {}
  const order = { number: `${1001 + orders.size}`, placedAt: new Date(), total: '25.99', visitor }
  const key = crypto.randomUUID()
  orders.set(key, order)
  // Returns at once and never throws: reporting neither slows nor fails the checkout.
  waybill().track(eventOf(order), { waitUntil })
  // A whole page load: scripts of a page that Next.js only swaps in would not run.
  return new Response(null, { status: 303, headers: { location: `/thank-you/${key}` } })
}

/** The one description that both halves are made of. */
function eventOf({ number, placedAt, total, visitor }: Order): FriendlyEvent {
  return {
    id: `order_${number}`,
    type: 'order_created',
    timestamp: placedAt,
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/thank-you',
    ...visitor,
    data: { amount: total, currency: 'EUR', contents: [{ id: 'sku_123', name: 'Starter bundle', quantity: 1 }] },
  }
}

/** For `app/thank-you/[key]/page.tsx`: the order's number, and the browser's half as HTML with the id of the server's. */
export function thankYou(key: string, headers: HasHeaders['headers']): { number: string; pixel: string } | undefined {
  const order = orders.get(key)
  if (order === undefined) return undefined
  const nonce = headers.get('x-nonce')
  const options = { check, now: Date.now(), invalidIdentity: 'drop' } as const
  const made = conversion({ pixelId, ...eventOf(order) }, options)
  if (!made.ok || nonce === null || !consents({ headers })) return { number: order.number, pixel: '' }
  const snippet = pixelSnippet({ pixelId, nonce, user: made.serverEvent.user })
  return { number: order.number, pixel: snippet + pixelCall(made, { nonce }) }
}
