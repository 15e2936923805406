/** The same small shop in three frameworks: a landing page, a product, and an order that the server reports. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createEmulator, type Emulator } from '@waybill/emulator'
import express from 'express'
import fastify from 'fastify'
import { type Context, Hono } from 'hono'
import { createClient, type Outcome } from 'waybill'
import * as forExpress from 'waybill/oppref/express'
import * as forFastify from 'waybill/oppref/fastify'
import * as forHono from 'waybill/oppref/hono'
import { serve, webListener } from '../../packages/waybill/src/oppref/raw-http.cases.ts'

export interface Shop {
  readonly url: string
  readonly emulator: Emulator
  /** The targets of all requests, in the bytes in which they came. */
  readonly targets: readonly string[]
  close(): void
}

const page = (body: string): string => `<!doctype html><meta charset="utf-8"><title>Shop</title>${body}`
const LANDING = page('<a href="/product">A bundle</a>')
const PRODUCT = page('<form method="post" action="/order"><button>Buy</button></form>')
const THANKS = page('<h1>Thank you</h1>')

/** What a visitor answered in the shop's own consent banner. */
const saidYes = (cookies: string | null | undefined): boolean => /(?:^|; )ads=yes(?:;|$)/.test(cookies ?? '')

type Captured = ReturnType<typeof forExpress.opprefOf>
/** Reports the order of this request. */
type Report = (captured: Captured) => Promise<Outcome[]>

function reporter(emulator: Emulator): Report {
  const client = createClient({ pixelId: 'px_1', apiKey: 'k', fetch: emulator.fetch })
  return (captured) =>
    client.send([
      {
        id: 'order_1',
        type: 'order_created',
        timestamp: new Date(),
        actionSource: 'web',
        sourceUrl: captured?.sourceUrl ?? '',
        oppref: captured?.oppref,
        data: { amount: '25.99', currency: 'USD' },
      },
    ])
}

function expressShop(report: Report): RequestListener {
  const consent = (request: express.Request): boolean => saidYes(request.headers.cookie)
  return express()
    .use(forExpress.opprefMiddleware({ consent }))
    .get('/', (_request, response) => void response.send(LANDING))
    .get('/product', (_request, response) => void response.send(PRODUCT))
    .post('/order', async (request, response) => {
      await report(forExpress.opprefOf(request))
      response.send(THANKS)
    })
}

async function fastifyShop(report: Report): Promise<RequestListener> {
  const app = fastify()
  const consent = (request: { headers: IncomingMessage['headers'] }): boolean => saidYes(request.headers.cookie)
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _payload, done) => done(null))
  app.addHook('onRequest', forFastify.opprefHook({ consent }))
  app.addHook('onSend', async (_request, reply) => void reply.type('text/html'))
  app.get('/', async () => LANDING)
  app.get('/product', async () => PRODUCT)
  app.post('/order', async (request) => {
    await report(forFastify.opprefOf(request))
    return THANKS
  })
  await app.ready()
  return (request: IncomingMessage, response: ServerResponse) => void app.routing(request, response)
}

function honoShop(report: Report): RequestListener {
  const app = new Hono()
  app.use(forHono.opprefMiddleware({ consent: (c: Context) => saidYes(c.req.header('cookie')) }))
  app.get('/', (c) => c.html(LANDING))
  app.get('/product', (c) => c.html(PRODUCT))
  app.post('/order', async (c) => {
    await report(forHono.opprefOf(c))
    return c.html(THANKS)
  })
  return webListener(app.fetch)
}

const SHOPS: Readonly<Record<string, (report: Report) => RequestListener | Promise<RequestListener>>> = {
  Express: expressShop,
  Fastify: fastifyShop,
  Hono: honoShop,
}

export const SHOP_NAMES: readonly string[] = Object.keys(SHOPS)

export async function openShop(name: string): Promise<Shop> {
  const emulator = createEmulator({ pixel: 'px_1', contract: '2026-06' })
  const listener = await SHOPS[name]!(reporter(emulator))
  const targets: string[] = []
  const { port, close } = await serve((request, response) => {
    targets.push(request.url ?? '')
    listener(request, response)
  })
  return { url: `http://127.0.0.1:${port}`, emulator, targets, close }
}
