import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { Analytics as AnalyticsLine1 } from 'analytics-node-1'
import { Analytics as AnalyticsLine2 } from 'analytics-node-2'
import RudderLine2 from 'rudder-sdk-node-2'
import { type Asked, type Relay, startRelay, withJson } from '../service/service.helpers.ts'

/** The ways in which libraries and pages show their write key, against a running relay. */

const KEY = 'write-key-31'
const ENV = { WAYBILL_INTAKE_TOKEN: KEY }
const PAGE = 'https://shop.example.com'
const ORDER = { order_id: 'order_41', total: 25.99, currency: 'USD' }
const CALL = { userId: 'u_1', event: 'Order Completed', properties: ORDER }

interface Library {
  track(call: typeof CALL): unknown
  end(): Promise<unknown>
}

const segment = (analytics: Pick<Analytics, 'track' | 'closeAndFlush'>): Library => ({
  track: (call) => analytics.track(call),
  end: () => analytics.closeAndFlush({ timeout: 2_000 }),
})
const rudder = (analytics: Pick<RudderAnalytics, 'track' | 'flush'>): Library => ({
  track: (call) => analytics.track(call),
  end: () => analytics.flush() as Promise<unknown>,
})

const LINES: readonly (readonly [name: string, open: (host: string) => Library])[] = [
  ['analytics-node 1.x', (host) => segment(new AnalyticsLine1({ writeKey: KEY, host }) as never)],
  ['analytics-node 2.x', (host) => segment(new AnalyticsLine2({ writeKey: KEY, host }) as never)],
  ['analytics-node 3.x', (host) => segment(new Analytics({ writeKey: KEY, host }))],
  ['rudder-sdk-node 2.x', (dataPlaneUrl) => rudder(new RudderLine2(KEY, { dataPlaneUrl }) as never)],
  ['rudder-sdk-node 3.x', (dataPlaneUrl) => rudder(new RudderAnalytics(KEY, { dataPlaneUrl }))],
]

for (const [name, open] of LINES) {
  test(`an order through ${name} is delivered`, async (context) => {
    const relay = await startRelay(context, { env: ENV })
    const delivered = relay.next('event:delivered')
    const library = open(relay.url)
    library.track(CALL)
    await library.end()
    await delivered
    const [event] = relay.api.emulator.events().map((one) => one.event as unknown as { id: string; data: object })
    assert.deepEqual([event?.id, event?.data], ['order_41', { type: 'contents', amount: 2_599, currency: 'USD' }])
  })
}

const message = (id: string): object => ({
  ...CALL,
  type: 'track',
  messageId: id,
  properties: { ...ORDER, order_id: id },
})
const basic = (key: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
})

/** What is posted where, with which headers, and the status that it has. */
const DOORS: readonly (readonly [says: string, path: string, body: object, headers: object, status: number])[] = [
  ['the key of a batch in its body', '/v1/batch', { writeKey: KEY, batch: [message('a')] }, {}, 200],
  ['the key of a call in its body', '/v1/track', { ...message('b'), writeKey: KEY }, {}, 200],
  ['the key in each message', '/v1/batch', { batch: [{ ...message('c'), writeKey: KEY }] }, {}, 200],
  ['the path for batches of Ruby and Java', '/v1/import', { batch: [message('d')] }, basic(KEY), 200],
  ['the same with the key in the body', '/v1/import', { writeKey: KEY, batch: [message('e')] }, {}, 200],
  ['a slash at the end', '/v1/track/', message('f'), basic(KEY), 200],
  ['a wrong key in the body', '/v1/batch', { writeKey: 'wrong', batch: [message('x1')] }, {}, 401],
  ['no key at all', '/v1/batch', { batch: [message('x2')] }, {}, 401],
  ['a key that is no text', '/v1/batch', { writeKey: [KEY], batch: [message('x3')] }, {}, 401],
  [
    'two keys in one batch',
    '/v1/batch',
    {
      batch: [
        { ...message('x4'), writeKey: KEY },
        { ...message('x5'), writeKey: 'wrong' },
      ],
    },
    {},
    401,
  ],
  [
    'a wrong key in the header, whatever the body has',
    '/v1/track',
    { ...message('x6'), writeKey: KEY },
    basic('wrong'),
    401,
  ],
  ['a short path with a token that is not for pages', '/v1/t', { ...message('x7'), writeKey: KEY }, {}, 403],
  ['what is no JSON, without a key', '/v1/batch', [], {}, 401],
]

test('the key in header or body opens the doors of servers, and nothing else does', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  for (const [says, path, body, headers, status] of DOORS) {
    const answer = await relay.ask(path, withJson('POST', body, headers as Record<string, string>))
    assert.equal(answer.status, status, `${says}: ${answer.text}`)
  }
  const { accepted } = await relay.store.counts()
  assert.equal(accepted, DOORS.filter(([, , , , status]) => status === 200).length)
  const { text } = await relay.ask('/metrics')
  assert.match(text, /source="segment",pixel="other",outcome="turned_away",reason="unauthorized"\} 6\n/)
  assert.match(text, /source="segment",pixel="other",outcome="turned_away",reason="not_for_pages"\} 1\n/)
})

async function withPages(context: TestContext): Promise<Relay> {
  const intakeTokens = [
    { name: 'server', token: KEY, pixels: '*' },
    { name: 'pages', token: 'page-key', pixels: '*', browserOrigins: [PAGE] },
  ]
  return startRelay(context, { file: { intakeTokens } })
}

/** As Segment's SDK for browsers posts: short path, text, key in the body. */
function fromPage(relay: Relay, origin: string, id: string): Promise<Asked> {
  const headers = { 'content-type': 'text/plain', origin }
  return relay.ask('/v1/t', { method: 'POST', headers, body: JSON.stringify({ ...message(id), writeKey: 'page-key' }) })
}

test('a page whose origin its token names may call the short paths, and reads the answer', async (context) => {
  const relay = await withPages(context)
  const answer = await fromPage(relay, PAGE, 'p1')
  assert.deepEqual([answer.status, answer.json.accepted], [200, 1], answer.text)
  assert.equal(answer.headers.get('access-control-allow-origin'), PAGE)
  const other = await fromPage(relay, 'https://evil.example', 'p2')
  assert.deepEqual([other.status, other.json.error.code], [403, 'unknown_origin'])
  assert.equal(other.headers.get('access-control-allow-origin'), null)
})

test('browsers that ask before they call are answered for such origins alone', async (context) => {
  const relay = await withPages(context)
  const ask = (origin: string): Promise<Asked> => relay.ask('/v1/track', { method: 'OPTIONS', headers: { origin } })
  const allowed = await ask(PAGE)
  assert.deepEqual(
    [
      allowed.status,
      allowed.headers.get('access-control-allow-origin'),
      allowed.headers.get('access-control-allow-methods'),
    ],
    [204, PAGE, 'POST'],
  )
  assert.equal((await ask('https://evil.example')).status, 403)
})

test('a token that stands in pages brings tracking calls and nothing else', async (context) => {
  const relay = await withPages(context)
  const event = { id: 'forged', type: 'order_created', timestamp_ms: Date.now(), data: { type: 'contents' } }
  const headers = { authorization: 'Bearer page-key' }
  const answer = await relay.bring([event], {}, headers)
  assert.deepEqual([answer.status, answer.json.error.code], [403, 'token_of_pages'])
})

test('what was denied is not sent and has an account that says so; what was rounded is told', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const consent = { categoryPreferences: { Advertising: false } }
  const denied = { ...message('denied'), context: { consent } }
  const rounded = { ...message('rounded'), properties: { ...ORDER, order_id: 'rounded', total: 27.505 } }
  const { json } = await relay.ask('/v1/batch', withJson('POST', { writeKey: KEY, batch: [denied, rounded] }))
  assert.deepEqual([json.accepted, json.skipped], [1, { opted_out: 1 }])
  const [account] = await relay.store.show('denied')
  assert.deepEqual([account?.state, account?.code], ['discarded', 'opted_out'])
  const [kept] = await relay.store.show('rounded')
  assert.deepEqual(
    kept?.issues.map(({ code }) => code),
    ['amount_rounded'],
  )
})
