/** Every block of code in docs/pixel.md and docs/oppref.md, run. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createEmulator } from '@waybill/emulator'
import type { FastifyInstance } from 'fastify'
import type { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { eventId } from 'waybill'
import { createContextClient } from 'waybill/oppref'
import type { MeasureCall } from 'waybill/pixel'
import { startContextStore, TOKEN } from '../../packages/waybill/src/oppref/context-store.cases.ts'
import { ask, cookieHeader, serve } from '../../packages/waybill/src/oppref/raw-http.cases.ts'
import { launch, NO_BROWSER } from './chromium.ts'
import { open, violationsOf } from './pixel-page.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['pixel', 'oppref'] as const
type Page = (typeof PAGES)[number]

const folder = mkdtempSync(join(ROOT, 'examples', 'data-docs-'))
after(() => rmSync(folder, { recursive: true }))

const blocksOf = (page: Page, language: string): string[] =>
  [...readFileSync(join(ROOT, 'docs', `${page}.md`), 'utf8').matchAll(/^```(\w*)\n(.*?)^```/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code!)

const taken = new Set<string>()

/** The one program of a page that contains `mark`, as a module, sending to the emulator. */
async function programOf<Program>(page: Page, mark: string): Promise<Program> {
  const found = blocksOf(page, 'ts').filter((code) => code.includes(mark))
  assert.equal(found.length, 1, `${found.length} blocks with ${mark}`)
  taken.add(found[0]!)
  const file = join(folder, `${page}-${taken.size}.ts`)
  writeFileSync(
    file,
    found[0]!.replace('createClient({', 'createClient({ endpoint: process.env.WAYBILL_ENDPOINT!, flushIntervalMs: 0,'),
  )
  return (await import(pathToFileURL(file).href)) as Program
}

const emulator = createEmulator({ pixel: 'px_1' })
const answered = new EventEmitter()
/** Resolves with the event of this id, as soon as the emulator has it. */
async function stored(id: string): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(10_000)
  for (;;) {
    const found = emulator.events().find(({ event }) => event.id === id)
    if (found !== undefined) return found.event
    await once(answered, 'request', { signal })
  }
}

/** The emulator over HTTP, telling of each request that it answered. */
const api: RequestListener = async (request, response) => {
  const { method = '', url = '', headers } = request
  const body = Buffer.concat(await request.toArray())
  const init = { method, body, headers: { authorization: String(headers.authorization) } }
  const answer = await emulator.fetch(`https://bzr.openai.com${url}`, init)
  response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text())
  answered.emit('request')
}

// At once and not in a hook: without an endpoint of ours a program would ask the real API.
const { port: apiPort, close: closeApi } = await serve((request, response) => void api(request, response))
after(closeApi)
Object.assign(process.env, {
  WAYBILL_PIXEL_ID: 'px_1',
  WAYBILL_API_KEY: 'k',
  WAYBILL_ENDPOINT: `http://127.0.0.1:${apiPort}`,
  WAYBILL_INTAKE_TOKEN: TOKEN,
})

describe('docs/pixel.md', () => {
  interface ThankYou {
    thankYou(order: object, consent: boolean): Response
  }
  const order = (number: string): object => ({
    number,
    paidAt: new Date(),
    total: '25.99',
    email: 'user@example.com',
    items: [{ sku: 'sku_1', name: '</script>', quantity: 1 }],
  })
  let browser: Browser | undefined
  before(async () => {
    if (NO_BROWSER === false) browser = await launch()
  })
  after(() => browser?.close())

  it('has a page that reports over both channels in a real browser', { skip: NO_BROWSER }, async () => {
    const { thankYou } = await programOf<ThankYou>('pixel', 'pixelSnippet')
    const answer = thankYou(order('1'), true)
    const id = eventId('order', '1')
    const event = await stored(id)
    const policy = answer.headers.get('content-security-policy')!
    const { page, asked, context } = await open(browser!, { html: await answer.text(), policy }, { emulator })
    after(() => context.close())
    assert.deepEqual([await violationsOf(page), asked], [[], ['fetch 200']])
    const [order1] = emulator.events().filter((one) => one.event.id === id)
    assert.deepEqual(order1?.channels, ['server', 'image'])
    assert.equal((event['data'] as { amount: number }).amount, 2599)
  })

  it('has a page that renders no pixel without consent', async () => {
    const { thankYou } = await programOf<ThankYou>('pixel', 'pixelSnippet')
    const html = await thankYou(order('2'), false).text()
    assert.ok(!html.includes('<script') && !html.includes('<img'))
    await stored(eventId('order', '2'))
  })

  it('has a call for a page that calls the pixel itself', async () => {
    const { leadCall } = await programOf<{ leadCall(id: string, at: Date): MeasureCall }>('pixel', 'leadCall')
    const expected = ['measure', 'lead_created', { type: 'customer_action' }, { event_id: 'lead_1' }]
    assert.deepEqual(leadCall('lead_1', new Date()), expected)
  })
})

describe('docs/oppref.md', () => {
  const RAW = 'a%2Bb%20c+d%E4'
  async function start(listener: RequestListener): Promise<number> {
    const { port, close } = await serve(listener)
    after(close)
    return port
  }

  it('has a shop in Express that carries the reference to the order, with consent', async () => {
    const { app } = await programOf<{ app: RequestListener }>('oppref', 'waybill/oppref/express')
    const port = await start(app)
    const { cookies } = await ask(port, `/?oppref=${RAW}`, ['Cookie: ads=yes'])
    const { body } = await ask(port, '/order', [`${cookieHeader([...cookies, 'ads=yes'])}`], 'POST')
    assert.equal(body, 'Thank you')
    const event = await stored('order_12345')
    assert.deepEqual([event['oppref'], event['source_url']], [RAW, 'http://shop.example.com/order'])
    assert.deepEqual((await ask(port, `/?oppref=${RAW}`)).cookies, [])
  })

  it('has an app in Fastify', async () => {
    const { app } = await programOf<{ app: FastifyInstance }>('oppref', 'waybill/oppref/fastify')
    await app.ready()
    const port = await start((request, response) => void app.routing(request, response))
    const { body, cookies } = await ask(port, `/order?oppref=${RAW}`, ['X-Forwarded-Proto: https'])
    assert.deepEqual([JSON.parse(body), cookies[0]?.endsWith('; Secure')], [{ oppref: RAW }, true])
  })

  it('has an app in Hono', async () => {
    const { app } = await programOf<{ app: Hono }>('oppref', 'waybill/oppref/hono')
    const answer = await app.request(`/order?oppref=${RAW}`, { headers: { cookie: 'ads=yes' } })
    assert.deepEqual(await answer.json(), { oppref: RAW })
    const denied = await app.request(`/order?oppref=${RAW}`)
    assert.deepEqual([await denied.json(), denied.headers.get('set-cookie')?.includes('Max-Age=0')], [{}, true])
  })

  it('has a handler of Web requests', async () => {
    const { handle } = await programOf<{ handle(request: Request): Promise<Response> }>('oppref', 'handle(')
    const answer = await handle(new Request(`https://shop.example.com/?oppref=${RAW}`))
    assert.deepEqual([await answer.json(), answer.headers.getSetCookie().length], [{ oppref: RAW }, 1])
  })

  it('has a checkout and a webhook that meet in the relay', async () => {
    const store = await startContextStore()
    after(store.close)
    process.env['WAYBILL_RELAY'] = store.url
    const { checkout, paid, forget } = await programOf<{
      checkout(request: Request, orderId: string): Promise<void>
      paid(orderId: string): Promise<string | undefined>
      forget(orderId: string): Promise<{ ok: boolean }>
    }>('oppref', 'createContextClient')
    await checkout(new Request(`https://shop.example.com/?oppref=${RAW}`), 'order_1')
    assert.equal(await paid('order_1'), RAW)
    assert.deepEqual(await forget('order_1'), { ok: true })
    assert.equal(await paid('order_1'), undefined)
  })

  it('shows the body that goes over the wire', async () => {
    const store = await startContextStore()
    after(store.close)
    const [text = ''] = blocksOf('oppref', 'json')
    const { ip_address: ipAddress, user_agent: userAgent, landed_at_ms: landedAtMs, ...same } = JSON.parse(text)
    const client = createContextClient({ relay: store.url, token: TOKEN, pixelId: 'px_1' })
    await client.carry('order_1', { ...same, ipAddress, userAgent, landedAtMs })
    assert.deepEqual(store.kept.get('order_1'), JSON.parse(text))
  })
})

describe('both pages', () => {
  it('have no program that was not run', () => {
    const all = PAGES.flatMap((page) => blocksOf(page, 'ts'))
    assert.deepEqual([all.filter((code) => !taken.has(code)), all.length], [[], 7])
    assert.deepEqual(
      PAGES.flatMap((page) => blocksOf(page, '').length),
      [0, 0],
    )
  })

  it('have programs whose types fit', async () => {
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: { isolatedDeclarations: false },
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include: ['*.ts'] }))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [tsc, '--noEmit', '-p', folder], (_error, stdout, stderr) => resolve(stdout + stderr))
    })
    const own = output.split('\n').filter((line) => /^(?:pixel|oppref)-\d|data-docs/.test(line))
    assert.deepEqual(own, [], output)
  })
})
