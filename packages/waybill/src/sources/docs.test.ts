/** docs/sources.md: its programs run, its mappings are taken, its tables say what the code does. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { check } from '../contract/check.ts'
import { changed } from '../contract/sample.cases.ts'
import { collected } from './ga4/ga4.cases.ts'
import { createGa4Source } from './ga4/index.ts'
import { createGenericSource } from './generic/index.ts'
import { NOW } from './harness.cases.ts'
import { NOTICE } from './hubspot/hubspot.cases.ts'
import { createSegmentSource } from './segment/index.ts'
import { tracked } from './segment/segment.cases.ts'
import { ORDER } from './shopify/shopify.cases.ts'
import { SKIPS } from './skip.ts'
import type { Mapped } from './source.ts'

const PAGE = readFileSync(new URL('../../../../docs/sources.md', import.meta.url), 'utf8')

function block(language: string, having: string): string {
  const blocks = [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!)
  const found = blocks.find((text) => text.includes(having))
  assert.ok(found !== undefined, `${language} with ${having}`)
  return found
}

/** Loads a program of the page; its imports lead to the sources. */
async function load(program: string): Promise<Record<string, unknown>> {
  const code = stripTypeScriptTypes(program).replace(
    /from '(waybill[^']*)'/g,
    (_, name: string) => `from '${import.meta.resolve(name)}'`,
  )
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>
}

/** Rows of the table below a heading, as the texts of their cells. */
function rows(heading: string): string[][] {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))
  assert.ok(section !== undefined, heading)
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)

test('the program for Shopify sends a signed order and turns a stranger away', async () => {
  const sent: string[] = []
  const fetchBefore = globalThis.fetch
  globalThis.fetch = async (_url, init) => {
    sent.push(String(init?.body))
    return Response.json({ accepted_events: 1 })
  }
  Object.assign(process.env, { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'k', SHOPIFY_SECRET: 's' })
  try {
    const { receive } = (await load(block('ts', 'verifyShopify'))) as {
      receive: (request: Request) => Promise<Response>
    }
    const body = JSON.stringify(changed(ORDER, { processed_at: new Date().toISOString() }))
    const call = (secret: string): Request => {
      const signature = createHmac('sha256', secret).update(body).digest('base64')
      const headers = { 'x-shopify-topic': 'orders/paid', 'x-shopify-hmac-sha256': signature }
      return new Request('https://hooks.example.com/', { method: 'POST', headers, body })
    }
    assert.equal((await receive(call('another'))).status, 401)
    assert.deepEqual(sent, [])
    assert.deepEqual(await (await receive(call('s'))).json(), { sent: 1, skipped: [] })
    assert.match(sent.at(-1)!, /"id":"order_1001"/)
  } finally {
    globalThis.fetch = fetchBefore
  }
})

test('the program for HubSpot takes a signed notice and no other', async () => {
  process.env['HUBSPOT_CLIENT_SECRET'] = 's'
  const { receive } = (await load(block('ts', 'verifyHubspot'))) as {
    receive: (request: object, nowMs: number) => Mapped | undefined
  }
  const [body, url] = [JSON.stringify([NOTICE]), 'https://hooks.example.com/hubspot']
  const call = (secret: string): object => {
    const signature = createHmac('sha256', secret).update(`POST${url}${body}${NOW}`).digest('base64')
    const headers = new Headers({ 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': String(NOW) })
    return { method: 'POST', url, body, headers }
  }
  assert.equal(receive(call('another'), NOW), undefined)
  assert.equal(receive(call('s'), NOW)?.events[0]?.event.type, 'order_created')
})

test('the mapping of Segment does what the page says', () => {
  const mapping: unknown = JSON.parse(block('json segment', 'events'))
  const source = createSegmentSource({ mapping })
  assert.deepEqual(
    [tracked(), tracked({ event: 'quote requested', 'properties.quote_id': 7 })].map(
      (call) => source(call).events[0]?.event.id,
    ),
    ['order_1001', 'quote_7'],
  )
  const skipped = [tracked({ type: 'page' }), tracked({ event: 'quote requested', 'properties.test': true })].map(
    (call) => source(call).skipped[0]?.code,
  )
  assert.deepEqual(skipped, ['no_conversion', 'condition'])
})

test('the mapping of a system of one’s own does what the page says', () => {
  const source = createGenericSource({ mapping: JSON.parse(block('json generic', 'each')) })
  const payload = {
    status: 'paid',
    order: {
      number: 7,
      paid_at: 1_773_892_800,
      total: '12,50',
      currency: 'EUR',
      lines: [{ sku: 'a', title: 'A', count: 1, price: '12,50' }],
    },
    customer: { emails: ['user@example.com'], 'click.reference': 'c' },
    session_id: 's',
  }
  const [found] = source({ payload }).events
  const result = check(found!.event, { now: NOW })
  assert.ok(result.ok && result.event.data.amount === 1_250 && result.event.oppref === 'c')
  assert.deepEqual(found!.keys, ['s', '7', 'order_7'])
  assert.equal(source({ payload: { ...payload, voided_at: 'now' } }).skipped[0]?.code, 'condition')
})

test('the table of reasons is the list of the code', () => {
  assert.deepEqual(
    rows('Why something is no conversion').map(([code, says]) => [words(code!)[0], says]),
    Object.entries(SKIPS),
  )
})

test('the table of tracking calls is what the source does', () => {
  const source = createSegmentSource()
  for (const [calls, event, ids] of rows('Segment and RudderStack')) {
    for (const name of words(calls!)) {
      const kind = name === 'page' ? { type: 'page' } : { event: name }
      const properties = Object.fromEntries(words(ids!).map((key) => [key, `by ${key}`]))
      const [found] = source(tracked({ ...kind, properties })).events
      assert.deepEqual(
        [`\`${found?.event.type}\``, found?.event.id],
        [event, words(ids!)[0] === undefined ? 'ajs-next-1' : `by ${words(ids!)[0]}`],
        name,
      )
    }
  }
})

test('the table of Google Analytics is what the source does', () => {
  for (const [calls, event, ids] of rows('Google Analytics 4')) {
    const [name] = words(calls!)
    const params = Object.fromEntries(words(ids!).map((key) => [key, `by ${key}`]))
    const [found] = createGa4Source()(collected({ events: [{ name, params }] })).events
    assert.equal(`\`${found?.event.type}\``, event, name)
    if (ids !== '') assert.equal(found?.event.id, `by ${words(ids!)[0]}`)
  }
})
