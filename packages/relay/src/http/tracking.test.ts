import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { run, until } from '../cli/cli.helpers.ts'
import { tempFile } from '../files/files.helpers.ts'
import { freePort } from '../free-port.helpers.ts'
import { PIXEL, type Relay, startApi, startRelay, withJson } from '../service/service.helpers.ts'

/** The SDKs that shops have in their code already, as they come from the registry, against a running relay. */

const KEY = 'write-key-31'
const ENV = { WAYBILL_INTAKE_TOKEN: KEY }
const PERSON = { userId: 'u_1', context: { ip: '203.0.113.4', userAgent: 'Mozilla/5.0' } }

interface Stored {
  readonly id: string
  readonly type: string
  readonly oppref?: string
  readonly data: Readonly<Record<string, unknown>>
  readonly user?: Readonly<Record<string, unknown>>
}

function stored(relay: Pick<Relay, 'api'>): Stored[] {
  return relay.api.emulator.events().map(({ event }) => event as unknown as Stored)
}

function segment(context: TestContext, relay: { readonly url: string }, more: object = {}): Analytics {
  const analytics = new Analytics({ writeKey: KEY, host: relay.url, flushInterval: 50, ...more })
  context.after(() => analytics.closeAndFlush({ timeout: 1_000 }))
  return analytics
}

const PURCHASE = {
  order_id: 'order_41',
  total: 25.99,
  currency: 'USD',
  products: [{ product_id: 'sku_123', name: 'Bundle', price: 25.99, quantity: 1 }],
}

test("Segment's SDK: an order, with the traits of an identify call before it and the click reference of its page", async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const analytics = segment(context, relay)
  const delivered = relay.next('event:delivered')
  analytics.identify({ userId: 'u_1', traits: { email: 'Buyer@Example.com ', address: { country: 'DE' } } })
  await analytics.flush()
  const page = { url: 'https://shop.example.com/thanks', search: '?oppref=a%2Bb+c' }
  analytics.track({ ...PERSON, event: 'Order Completed', properties: PURCHASE, context: { ...PERSON.context, page } })
  await delivered
  const [event] = stored(relay)
  assert.deepEqual(
    [event?.id, event?.type, event?.data['amount'], event?.oppref],
    ['order_41', 'order_created', 2599, 'a%2Bb+c'],
  )
  assert.match(String(event?.user?.['email_sha256']), /^[0-9a-f]{64}$/)
  assert.equal(event?.user?.['country'], 'DE')
  const account = (await relay.ask('/api/events/order_41')).json
  assert.ok(!JSON.stringify(account).toLowerCase().includes('buyer@example.com'))
})

test("RudderStack's SDK, with gzip: an order and a sign-up", async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const rudder = new RudderAnalytics(KEY, { dataPlaneUrl: relay.url, flushInterval: 50, gzip: true, retryCount: 3 })
  const delivered = relay.next('event:delivered', 2)
  rudder.track({ ...PERSON, event: 'Order Completed', properties: PURCHASE })
  rudder.track({ ...PERSON, event: 'Signed Up' })
  await delivered
  assert.deepEqual(
    stored(relay)
      .map(({ type }) => type)
      .sort(),
    ['order_created', 'registration_completed'],
  )
})

test('a wrong write key brings nothing', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const authorization = `Basic ${Buffer.from('wrong:').toString('base64')}`
  const answer = await relay.ask('/v1/track', withJson('POST', { event: 'Lead', userId: 'u' }, { authorization }))
  assert.equal(answer.status, 401)
})

test('a write key of one pixel needs no pid; one of several says what to do', async (context) => {
  const pixels = ['a', 'b'].map((pixelId) => ({ pixelId, apiKeyEnv: 'WAYBILL_API_KEY' }))
  const intakeTokens = [
    { name: 'shop a', token: 'key-a', pixels: ['a'] },
    { name: 'all', token: 'key-all', pixels: '*' },
  ]
  const relay = await startRelay(context, { env: { WAYBILL_PIXEL_ID: '' }, file: { pixels, intakeTokens } })
  const track = (key: string, query = ''): ReturnType<Relay['ask']> => {
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    const body = { event: 'Signed Up', userId: 'u', messageId: `m${key}`, timestamp: new Date().toISOString() }
    return relay.ask(`/v1/track${query}`, withJson('POST', body, { authorization }))
  }
  assert.deepEqual((await track('key-a')).json.accepted, 1)
  assert.deepEqual([(await track('key-all')).status, (await track('key-all')).json.error.code], [400, 'missing_pixel'])
  assert.equal((await track('key-all', '?pid=b')).json.accepted, 1)
  assert.equal((await track('key-a', '?pid=b')).status, 403)
})

test('what is not wanted is counted by its reason, and the SDK is content', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`
  const batch = [
    { type: 'track', event: 'Button Clicked', userId: 'u', messageId: 'm1' },
    { type: 'track', event: 'Order Refunded', userId: 'u', messageId: 'm2', properties: { order_id: 'o1' } },
    { type: 'group', groupId: 'g', userId: 'u', messageId: 'm3' },
    'nonsense',
  ]
  const { status, json } = await relay.ask('/v1/batch', withJson('POST', { batch }, { authorization }))
  assert.deepEqual([status, json.success, json.accepted], [200, true, 0])
  assert.deepEqual(json.skipped, { no_conversion: 2, refunded: 1, malformed: 1 })
})

test("GA4's Measurement Protocol: api_secret is the token", async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const body = {
    client_id: 'c.1',
    timestamp_micros: (Date.now() - 60_000) * 1_000,
    events: [{ name: 'purchase', params: { transaction_id: 'T1', value: 12.5, currency: 'EUR' } }],
  }
  const delivered = relay.next('event:delivered')
  const url = `/mp/collect?measurement_id=G-1&api_secret=${KEY}`
  assert.equal((await relay.ask(url, withJson('POST', body))).json.accepted, 1)
  await delivered
  assert.deepEqual(
    stored(relay).map(({ id, data }) => [id, data['amount']]),
    [['T1', 1250]],
  )
  assert.equal((await relay.ask('/mp/collect?api_secret=wrong', withJson('POST', body))).status, 401)
})

test('one order through a webhook, a tracking call and a CSV a day later is one conversion', async (context) => {
  const api = await startApi(context)
  const secret = 'shopify-secret-1'
  const sources = [{ source: 'shopify', pixelId: PIXEL, secretEnv: 'SHOPIFY', options: { id: 'order_{order_number}' } }]
  const env = { WAYBILL_ENDPOINT: api.url, SHOPIFY: secret }
  const relay = await startRelay(context, { env, file: { sources } })
  const at = new Date(Date.now() - 24 * 3_600_000).toISOString()
  const shop = JSON.stringify({
    id: 9001,
    order_number: 41,
    processed_at: at,
    currency: 'USD',
    total_price: '25.99',
    financial_status: 'paid',
    source_name: 'web',
    order_status_url: 'https://shop.example.com/thanks',
    line_items: [],
  })
  const signature = createHmac('sha256', secret).update(shop).digest('base64')
  const headers = { 'x-shopify-topic': 'orders/paid', 'x-shopify-hmac-sha256': signature }
  const delivered = relay.next('event:delivered')
  const hook = await relay.ask(`/webhooks/shopify/${PIXEL}`, { method: 'POST', headers, body: shop })
  assert.equal(hook.json.accepted, 1, hook.text)
  await delivered
  const call = { event: 'Order Completed', userId: 'u', messageId: 'm1', timestamp: at, properties: PURCHASE }
  assert.equal((await relay.ask(`/v1/track?pid=${PIXEL}`, withJson('POST', call))).json.duplicates, 1)
  const csv = `id,type,timestamp,action_source,amount,currency\norder_41,order_created,${at},physical_store,25.99,USD\n`
  const file = tempFile(context, 'orders.csv', csv)
  await run(['send', file, '--pixel', PIXEL, '--endpoint', relay.url])
  const { accepted } = await relay.store.counts()
  assert.deepEqual([accepted, api.emulator.events().length], [1, 1])
})

test("1,000 track calls through Segment's SDK, the relay restarted in between: 1,000 stored, each once", async (context) => {
  const api = await startApi(context)
  const port = await freePort()
  const env = { WAYBILL_ENDPOINT: api.url, WAYBILL_LISTEN: `127.0.0.1:${port}`, WAYBILL_INTAKE_TOKEN: KEY }
  const folder = join(tempFile(context, 'x', ''), '..', 'data')
  const options = { env: { ...env, WAYBILL_DATA_DIR: folder } }
  const first = await startRelay(context, options)
  const analytics = segment(context, first, { flushAt: 20, maxRetries: 20 })
  const track = (from: number, to: number): void => {
    for (let number = from; number < to; number++) {
      const properties = { ...PURCHASE, order_id: `order_${number}` }
      analytics.track({ ...PERSON, event: 'Order Completed', properties })
    }
  }
  track(0, 500)
  await until(() => api.emulator.events().length > 0)
  const stopped = first.stop()
  track(500, 1_000)
  await stopped
  await startRelay(context, options)
  await until(() => api.emulator.events().length >= 1_000)
  const received = api.emulator.events().map(({ event }) => (event as { id: string }).id)
  assert.equal(new Set(received).size, 1_000)
  assert.equal(api.emulator.summary().stored, 1_000)
})
