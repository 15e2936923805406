/** What the shop tells of an order: the server's half, and the pixel's half with the same id. */
import { type Client, check, createClient, eventId, type FriendlyEvent } from 'waybill'
import { contentSecurityPolicy, conversion, pixelCall, pixelSnippet, policyHeader } from 'waybill/pixel'

const { WAYBILL_PIXEL_ID: pixelId = '', WAYBILL_API_KEY = '', WAYBILL_ENDPOINT } = process.env

interface Order {
  readonly number: string
  readonly paidAt: Date
  readonly total: string
  /** What may be told of the visitor; nothing without consent. */
  readonly visitor: Visitor
}

export type Visitor = Pick<FriendlyEvent, 'oppref' | 'user'>

export interface ThankYou {
  readonly number: string
  /** HTML for the page; empty without consent. */
  readonly pixel: string
  readonly headers: Readonly<Record<string, string>>
}

/** One for all requests, made with the first order: a build loads this file too, and has no secrets. */
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

/** Stands for your consent tool: reads what it left in the `Cookie` header. */
export const consents = (cookie: string | null | undefined): boolean => /(?:^|; )ads=yes(?:;|$)/.test(cookie ?? '')

/** Stands for your database. Whoever has the key sees the thank-you page, so it cannot be guessed. */
const orders = new Map<string, Order>()

/** For an order that was paid just now: reports it, and gives the key of its thank-you page. */
export function orderPaid(visitor: Visitor): string {
  const order = { number: `${1001 + orders.size}`, paidAt: new Date(), total: '25.99', visitor }
  const key = crypto.randomUUID()
  orders.set(key, order)
  // Returns at once and never throws: reporting neither slows nor fails the checkout.
  waybill().track(eventOf(order))
  return key
}

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

/** What the thank-you page needs: the pixel's half, and headers that let it run and keep the page from caches. */
export function thankYou(key: string, consent: boolean): ThankYou | undefined {
  const order = orders.get(key)
  if (order === undefined) return undefined
  const nonce = crypto.randomUUID()
  const made = conversion({ pixelId, ...eventOf(order) }, { check, now: Date.now(), invalidIdentity: 'drop' })
  return {
    number: order.number,
    pixel:
      made.ok && consent
        ? pixelSnippet({ pixelId, nonce, user: made.serverEvent.user }) + pixelCall(made, { nonce })
        : '',
    headers: {
      'content-security-policy': policyHeader({ 'default-src': ["'self'"] }, contentSecurityPolicy({ nonce })),
      'cache-control': 'private, no-store',
    },
  }
}

/** Sends what waits, before the process ends. */
export async function stop(): Promise<void> {
  await client?.close()
}
