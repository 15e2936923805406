/** A server that tracks with Segment's or RudderStack's SDK, and reports each purchase to the relay with the same call. */
import { check } from 'waybill'
import { captureOppref, type WebRequest } from 'waybill/oppref'
import { conversion, pixelCall, pixelSnippet } from 'waybill/pixel'

export interface Order {
  readonly number: string
  readonly paidAt: Date
  readonly total: string
  readonly userId: string
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

/** A `track` call, as both SDKs take it. */
export type PurchaseCall = {
  userId: string
  event: string
  timestamp: Date
  integrations: { Waybill: boolean }
  context: { page: { url: string }; userAgent: string }
  properties: {
    order_id: string
    total: string
    currency: string
    products: { product_id: string; name: string; quantity: number }[]
    oppref?: string
  }
}

/** A purchase, under the name that this part of the shop has for it. */
export async function purchaseCall(request: Request, order: Order, event: string): Promise<PurchaseCall> {
  const { consent, oppref } = await captureOppref(request, { consent: consents })
  return {
    userId: order.userId,
    event,
    timestamp: order.paidAt,
    // Without consent the relay is left out, as any other destination would be.
    integrations: { Waybill: consent },
    // A server's call knows nothing of the visitor's browser by itself.
    context: {
      page: { url: 'https://shop.example.com/thank-you' },
      userAgent: request.headers.get('user-agent') ?? '',
    },
    properties: {
      order_id: order.number,
      total: order.total,
      currency: 'EUR',
      products: [{ product_id: 'sku_123', name: 'Starter bundle', quantity: 1 }],
      ...(oppref !== undefined && { oppref }),
    },
  }
}

/** The browser's half for the thank-you page, with the id that the relay gives the server's. */
export function pixelOf(order: Order, pixelId: string, nonce: string): string {
  const { number, paidAt, total } = order
  const data = { amount: total, currency: 'EUR' }
  const made = conversion(
    { pixelId, id: `order_${number}`, type: 'order_created', timestamp: paidAt, data },
    { check, now: Date.now() },
  )
  return made.ok ? pixelSnippet({ pixelId, nonce }) + pixelCall(made, { nonce }) : ''
}
