/** One conversion over both channels, in a real browser and under the content security policy that goes with it. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import fc from 'fast-check'
import type { Browser } from 'playwright-core'
import { check, createClient } from 'waybill'
import {
  type Conversion,
  type ConversionResult,
  contentSecurityPolicy,
  conversion,
  imageTag,
  measureCall,
  pixelCall,
  pixelSnippet,
  policyHeader,
} from 'waybill/pixel'
import { anyConversion, asJson } from '../../packages/waybill/src/pixel/page.cases.ts'
import { launch, NO_BROWSER } from './chromium.ts'
import { type Answered, open, type Visited, type VisitOptions, violationsOf } from './pixel-page.ts'

const NOW_MS = 1_773_892_860_000
const PIXEL = 'px_1'
const HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><!--<script>'

function orderOf(name: string): Conversion {
  const result: ConversionResult = conversion(
    {
      pixelId: PIXEL,
      id: 'order_12345',
      type: 'order_created',
      timestamp: NOW_MS,
      actionSource: 'web',
      sourceUrl: 'https://shop.example.com/checkout/confirmation',
      oppref: 'a%2Bb%20c+d%E4%zz',
      data: { amount: '25.99', currency: 'USD', contents: [{ id: 'sku_1', name, quantity: 1, amount: '25.99' }] },
    },
    { check, now: NOW_MS },
  )
  assert.ok(result.ok)
  return result
}

/** The page after an order. Its own policy allows nothing at all. */
function confirmation(order: Conversion, before = ''): Answered {
  const nonce = crypto.randomUUID()
  const head = pixelSnippet({ pixelId: order.pixelId, nonce })
  const body = pixelCall(order, { nonce }) + imageTag(order, { orderNumberInQuery: true })
  return {
    html: `<!doctype html><title>Thank you</title>${before}${head}${body}`,
    policy: policyHeader({ 'default-src': ["'none'"], 'base-uri': ["'none'"] }, contentSecurityPolicy({ nonce })),
  }
}

describe('a conversion over both channels', { skip: NO_BROWSER }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  async function visit(page: Answered, options: VisitOptions = {}): Promise<Visited> {
    const visited = await open(browser, page, options)
    after(() => visited.context.close())
    return visited
  }

  for (const serverFirst of [true, false]) {
    it(`is counted once where the ${serverFirst ? 'server' : 'browser'} is first, and no policy is violated`, async () => {
      const emulator = createEmulator({ pixel: PIXEL, now: NOW_MS })
      const order = orderOf('Starter bundle')
      const runtime = { now: () => NOW_MS, random: () => 0, sleep: () => new Promise<void>(() => {}) }
      const client = createClient({
        pixelId: order.pixelId,
        apiKey: 'k',
        fetch: emulator.fetch,
        runtime,
        preflight: 'never',
      })
      const send = async (): Promise<unknown> => (await client.send([order.serverEvent]))[0]?.status
      if (serverFirst) assert.equal(await send(), 'delivered')
      const { page, complaints, asked } = await visit(confirmation(order), { emulator })
      if (!serverFirst) assert.equal(await send(), 'delivered')
      assert.deepEqual([...asked].sort(), ['fetch 200', 'image 200'])
      assert.deepEqual([await violationsOf(page), complaints], [[], []])
      const [stored, ...others] = emulator.events()
      assert.deepEqual([stored?.received, others], [3, []])
      assert.deepEqual(stored?.channels, serverFirst ? ['server', 'image'] : ['image', 'server'])
      assert.deepEqual(stored.event['data'], order.serverEvent.data)
      assert.equal(emulator.summary().rejected_requests, 0)
    })
  }

  it('is reported by the image where there is no JavaScript', async () => {
    const emulator = createEmulator({ pixel: PIXEL, now: NOW_MS })
    const order = orderOf(HOSTILE)
    const html = `<!doctype html><title>Thank you</title><noscript>${imageTag(order, { orderNumberInQuery: true })}</noscript>`
    const policy = policyHeader({ 'default-src': ["'none'"] }, contentSecurityPolicy())
    const { asked } = await visit({ html, policy }, { emulator, javaScriptEnabled: false })
    assert.deepEqual(asked, ['image 200'])
    const [stored] = emulator.events()
    const { id, oppref, data } = order.serverEvent
    assert.deepEqual([stored?.event.id, stored?.event['oppref'], stored?.event['data']], [id, oppref, data])
  })

  it('does not need the image where there is JavaScript: in noscript it is not fetched', async () => {
    const emulator = createEmulator({ pixel: PIXEL, now: NOW_MS })
    const { asked } = await visit(
      { html: `<noscript>${imageTag(orderOf('a'), { orderNumberInQuery: true })}</noscript>` },
      { emulator },
    )
    assert.deepEqual(asked, [])
  })

  it('would show a violation: what the policy does not name is blocked and told', async () => {
    const foreign = '<script>window.hacked=1</script><img src="https://elsewhere.example/">'
    const emulator = createEmulator({ pixel: PIXEL, now: NOW_MS })
    const { page, complaints } = await visit(confirmation(orderOf('a'), foreign), { emulator })
    assert.deepEqual(await violationsOf(page), ['script-src-elem inline', 'img-src https://elsewhere.example/'])
    assert.equal(complaints.length, 2)
    assert.equal(await page.evaluate('typeof window.hacked'), 'undefined')
  })
})

describe('a page with anything in its fields', { skip: NO_BROWSER }, () => {
  let browser: Browser
  before(async () => {
    browser = await launch()
  })
  after(() => browser?.close())

  /** The calls in the queue and the addresses of the images, as the browser read them. */
  const READ = `JSON.stringify({
    calls: oaiq.q.map((call) => [...call]),
    images: [...document.images].map(({ src }) => [...new URL(src).searchParams]),
    scripts: document.scripts.length,
    hacked: typeof window.hacked,
  })`

  async function read(
    html: string,
  ): Promise<{ calls: unknown[]; images: string[][][]; scripts: number; hacked: string }> {
    const { page, context } = await open(browser, { html })
    try {
      return JSON.parse(String(await page.evaluate(READ)))
    } finally {
      await context.close()
    }
  }

  const rendered = (conversions: readonly Conversion[]): string => {
    const nonce = 'bm9uY2U='
    const snippet = pixelSnippet({ pixelId: PIXEL, nonce })
    return (
      snippet +
      conversions.map((one) => pixelCall(one, { nonce }) + imageTag(one, { orderNumberInQuery: true })).join('')
    )
  }

  it('executes nothing of a hostile product name, without any policy', async () => {
    const order = orderOf(HOSTILE)
    const { calls, images, scripts, hacked } = await read(`<!doctype html>${rendered([order])}`)
    assert.deepEqual([calls[1], scripts, hacked], [asJson(measureCall(order)), 3, 'undefined'])
    const contents = images[0]?.find(([name]) => name === 'data[contents]')?.[1]
    assert.deepEqual([images.length, JSON.parse(contents!)], [1, order.serverEvent.data.contents])
  })

  it('would execute it where it is written as it is', async () => {
    const html = `<!doctype html><script>oaiq={q:[]}</script><script>oaiq.q.push([${JSON.stringify(HOSTILE)}])</script>`
    assert.equal((await read(html)).hacked, 'number')
  })

  it('is read by the browser as it was written', async () => {
    const conversions = fc.sample(anyConversion, { numRuns: 200, seed: 4 })
    const { calls, images, scripts, hacked } = await read(`<!doctype html>${rendered(conversions)}`)
    assert.deepEqual(
      calls.slice(1),
      conversions.map((one) => asJson(measureCall(one))),
    )
    const withImage = conversions.filter(({ serverEvent }) => serverEvent.opt_out !== true)
    const wellFormed = (text: string): string => Buffer.from(text).toString()
    assert.deepEqual(
      images.map((parameters) => parameters.slice(0, 3)),
      withImage.map(({ pixelId, serverEvent: { type, id } }) => [
        ['pid', wellFormed(pixelId)],
        ['event', type],
        ['event_id', wellFormed(id)],
      ]),
    )
    assert.deepEqual([scripts, hacked], [conversions.length + 2, 'undefined'])
  })
})
