/** A small shop as a Cloudflare Worker. The server and the pixel both report the order, and it counts once. */
import { type Client, check, createClient, eventId, type FriendlyEvent } from 'waybill'
import { captureOppref } from 'waybill/oppref'
import { contentSecurityPolicy, conversion, pixelCall, pixelSnippet, policyHeader } from 'waybill/pixel'

export interface Env {
  readonly ORDERS: KVNamespace
  readonly WAYBILL_PIXEL_ID: string
  readonly WAYBILL_API_KEY: string
  readonly WAYBILL_ENDPOINT?: string
}

interface Order {
  readonly number: string
  readonly paidAt: string
  readonly total: string
  /** What may be told of the visitor; nothing without consent. */
  readonly visitor: Pick<FriendlyEvent, 'oppref' | 'user'>
}

/** One for the life of the worker: it remembers what the API has accepted already. */
let client: Client | undefined

function clientOf(env: Env): Client {
  client ??= createClient({
    pixelId: env.WAYBILL_PIXEL_ID,
    apiKey: env.WAYBILL_API_KEY,
    endpoint: env.WAYBILL_ENDPOINT,
    onOutcome({ id, status, issues }) {
      if (status !== 'delivered' && status !== 'queued') console.warn(id, status, issues.map(({ code }) => code).join())
    },
  })
  return client
}

/** Stands for your consent tool. */
const consents = (request: Request): boolean => /(?:^|; )ads=yes(?:;|$)/.test(request.headers.get('cookie') ?? '')

/** The one description that both halves are made of. */
function eventOf({ number, paidAt, total, visitor }: Order): FriendlyEvent {
  return {
    id: eventId('order', number),
    type: 'order_created',
    timestamp: paidAt,
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/thank-you',
    ...visitor,
    data: { amount: total, currency: 'EUR', contents: [{ id: 'sku_123', name: 'Starter bundle', quantity: 1 }] },
  }
}

async function checkout(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const email = String((await request.formData()).get('email'))
  const { consent, oppref } = await captureOppref(request, { consent: consents })
  const ipAddress = request.headers.get('cf-connecting-ip')
  const user = { email, ipAddress, userAgent: request.headers.get('user-agent') }
  const visitor = consent ? { oppref, user } : {}
  const key = crypto.randomUUID()
  const order: Order = { number: key.slice(0, 8), paidAt: new Date().toISOString(), total: '25.99', visitor }
  await env.ORDERS.put(key, JSON.stringify(order), { expirationTtl: 3_600 })
  // Sent after the answer, while waitUntil keeps the worker alive. Never throws.
  clientOf(env).track(eventOf(order), { waitUntil: (promise) => ctx.waitUntil(promise) })
  return new Response(null, { status: 303, headers: { location: `/thank-you/${key}` } })
}

async function thankYou(key: string, request: Request, env: Env): Promise<Response> {
  const order = await env.ORDERS.get<Order>(key, 'json')
  if (order === null) return new Response('No such order', { status: 404 })
  const pixelId = env.WAYBILL_PIXEL_ID
  const nonce = crypto.randomUUID()
  const made = conversion({ pixelId, ...eventOf(order) }, { check, now: Date.now(), invalidIdentity: 'drop' })
  const pixel =
    made.ok && consents(request)
      ? pixelSnippet({ pixelId, nonce, user: made.serverEvent.user }) + pixelCall(made, { nonce })
      : ''
  return page(`<h1>Thank you for order ${order.number}</h1>${pixel}`, {
    'content-security-policy': policyHeader({ 'default-src': ["'self'"] }, contentSecurityPolicy({ nonce })),
    'cache-control': 'private, no-store',
  })
}

const FORM = '<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>'

/** The landing page, which keeps the click reference. */
async function landing(request: Request): Promise<Response> {
  const { setCookie } = await captureOppref(request, { consent: consents })
  return page(FORM, setCookie === undefined ? {} : { 'set-cookie': setCookie })
}

function page(body: string, headers: Readonly<Record<string, string>>): Response {
  const html = `<!doctype html><title>Shop</title>${body}`
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const { pathname } = new URL(request.url)
    const [, name, key] = pathname.split('/')
    if (pathname === '/') return landing(request)
    if (request.method === 'POST' && name === 'checkout') return checkout(request, env, ctx)
    if (name === 'thank-you' && key !== undefined) return thankYou(key, request, env)
    return new Response('Not found', { status: 404 })
  },
} satisfies ExportedHandler<Env>
