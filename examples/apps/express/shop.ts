/**
 * A small shop in Express. The server and the pixel both report the order, and it counts once.
 *
 *   npx waybill emulate &
 *   WAYBILL_ENDPOINT=http://127.0.0.1:8788 WAYBILL_PIXEL_ID=px_1 WAYBILL_API_KEY=test npx node examples/guides/express/shop.ts
 */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import express, { type Request } from 'express'
import { check, createClient, eventId, type FriendlyEvent } from 'waybill'
import { opprefMiddleware, opprefOf } from 'waybill/oppref/express'
import { contentSecurityPolicy, conversion, imageTag, pixelCall, pixelSnippet, policyHeader } from 'waybill/pixel'

const { WAYBILL_PIXEL_ID: pixelId = '', WAYBILL_API_KEY = '', WAYBILL_ENDPOINT, PORT = '3000' } = process.env

const client = createClient({
  pixelId,
  apiKey: WAYBILL_API_KEY,
  endpoint: WAYBILL_ENDPOINT,
  onOutcome({ id, status, issues }) {
    if (status !== 'delivered' && status !== 'queued') console.warn(id, status, issues.map(({ code }) => code).join())
  },
})

/** Stands for your consent tool. */
const consents = (request: Request): boolean => /(?:^|; )ads=yes(?:;|$)/.test(request.get('cookie') ?? '')

const app = express()
// On every page, so that the landing page needs nothing of its own.
app.use(opprefMiddleware({ consent: consents, deleteOnDenial: true }))
app.use(express.urlencoded())

app.get('/', (_request, response) => {
  response.send('<form method="post" action="/checkout"><input name="email" type="email"><button>Buy</button></form>')
})

interface Order {
  readonly number: string
  readonly placedAt: Date
  readonly total: string
  /** What may be told of the visitor; nothing without consent. */
  readonly visitor: Pick<FriendlyEvent, 'oppref' | 'user'>
}

/** Stands for your database. Whoever has the key sees the thank-you page, so it cannot be guessed. */
const orders = new Map<string, Order>()

app.post('/checkout', (request, response) => {
  const order = { number: `${1001 + orders.size}`, placedAt: new Date(), total: '25.99', visitor: visitorOf(request) }
  const key = randomUUID()
  orders.set(key, order)
  // Returns at once and never throws: reporting neither slows nor fails the checkout.
  client.track(eventOf(order))
  response.redirect(303, `/thank-you/${key}`)
})

function visitorOf(request: Request): Order['visitor'] {
  const click = opprefOf(request)
  if (click?.consent !== true) return {}
  const user = { email: request.body?.email, ipAddress: request.ip, userAgent: request.get('user-agent') }
  return { oppref: click.oppref, user }
}

/** The one description that both halves are made of. */
function eventOf({ number, placedAt, total, visitor }: Order): FriendlyEvent {
  return {
    id: eventId('order', number),
    type: 'order_created',
    timestamp: placedAt,
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/thank-you',
    ...visitor,
    data: { amount: total, currency: 'EUR', contents: [{ id: 'sku_123', name: 'Starter bundle', quantity: 1 }] },
  }
}

app.get('/thank-you/:key', (request, response) => {
  const order = orders.get(request.params.key)
  if (order === undefined) return void response.status(404).send('No such order')
  const nonce = randomUUID()
  const { head, body } = pixelOf(order, nonce, consents(request))
  response.set({
    'content-security-policy': policyHeader({ 'default-src': ["'self'"] }, contentSecurityPolicy({ nonce })),
    'cache-control': 'private, no-store',
  })
  response.send(`<!doctype html><title>Thank you</title>${head}<h1>Thank you for order ${order.number}</h1>${body}`)
})

/** The browser's half, with the id of the server's. */
function pixelOf(order: Order, nonce: string, consent: boolean): { head: string; body: string } {
  const options = { check, now: Date.now(), invalidIdentity: 'drop' } as const
  const made = conversion({ pixelId, ...eventOf(order) }, options)
  if (!made.ok || !consent) return { head: '', body: '' }
  return {
    head: pixelSnippet({ pixelId, nonce, user: made.serverEvent.user }),
    body: `${pixelCall(made, { nonce })}<noscript>${imageTag(made)}</noscript>`,
  }
}

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

// What was tracked and not sent yet goes out before the process ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close(() => client.close()))
