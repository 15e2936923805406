/**
 * An edge worker that your payment provider calls when an order was paid. It answers at once; the conversion is sent after
 * the answer, while `ctx.waitUntil` keeps the worker alive.
 */
import { type Client, createClient } from 'waybill'

/** Secrets and variables of the worker's configuration. */
export interface Env {
  readonly WAYBILL_PIXEL_ID: string
  readonly WAYBILL_API_KEY: string
  readonly WAYBILL_ENDPOINT?: string
  readonly WEBHOOK_SECRET: string
}

/** What the platform passes beside the request. */
export interface Context {
  waitUntil(promise: Promise<unknown>): void
}

interface PaidOrder {
  readonly number: string
  readonly paidAt: string
  readonly total: string
  readonly currency: string
  readonly email: string
  readonly oppref?: string
}

/** One for the life of the worker: it remembers what the API has accepted already. */
let client: Client | undefined

function clientOf(env: Env): Client {
  client ??= createClient({
    pixelId: env.WAYBILL_PIXEL_ID,
    apiKey: env.WAYBILL_API_KEY,
    endpoint: env.WAYBILL_ENDPOINT,
    invalidIdentity: 'drop',
    onOutcome({ id, status, issues }) {
      if (status !== 'delivered') console.warn(id, status, issues.map(({ code }) => code).join(' '))
    },
  })
  return client
}

// biome-ignore lint/style/noDefaultExport: workers are found by their default export.
export default {
  async fetch(request: Request, env: Env, ctx: Context): Promise<Response> {
    // Anyone who could post here could report orders that never were.
    if (request.headers.get('authorization') !== `Bearer ${env.WEBHOOK_SECRET}`)
      return new Response(null, { status: 401 })
    const order = (await request.json()) as PaidOrder
    clientOf(env).track(
      {
        id: `order_${order.number}`,
        type: 'order_created',
        timestamp: order.paidAt,
        actionSource: 'web',
        sourceUrl: 'https://shop.example.com/checkout/confirmation',
        ...(order.oppref === undefined ? {} : { oppref: order.oppref }),
        user: { email: order.email },
        data: { amount: order.total, currency: order.currency },
      },
      { waitUntil: (promise) => ctx.waitUntil(promise) },
    )
    return new Response(null, { status: 204 })
  },
}
