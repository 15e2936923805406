import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createClient, type FriendlyEvent } from 'waybill'
import { bound, order, orders, PIXEL, startRelay, withJson } from '../service/service.helpers.ts'
import { StoreAwayError, StoreBrokenError, StoreFullError } from '../store/index.ts'

const INTAKE = `/v1/events?pid=${PIXEL}`

test("the SDK's own client moves over by its endpoint: it gets queued, and the API stores the events", async (context) => {
  const relay = await startRelay(context)
  const client = createClient({ pixelId: PIXEL, apiKey: 'an-old-key', endpoint: relay.url })
  const delivered = relay.next('event:delivered', 3)
  const friendly: FriendlyEvent = {
    id: 'friendly',
    type: 'order_created',
    timestamp: new Date(),
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/done',
    user: { email: 'User@Example.com ' },
    data: { amount: '25.99', currency: 'USD' },
  }
  const outcomes = await client.send([...orders(2), friendly])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['queued', 'queued', 'queued'],
  )
  await delivered
  assert.equal(relay.api.emulator.summary().stored, 3)
})

test('an event of which the relay knows more than the client is reported refused by index and id', async (context) => {
  const relay = await startRelay(context, { env: { WAYBILL_PREFLIGHT: 'never' } })
  const answer = await relay.bring([order('good'), order('bad', { data: { type: 'contents', amount: 1 } })])
  assert.equal(answer.status, 200)
  assert.equal(answer.json.accepted_events, 1)
  assert.equal(answer.json.results.length, 1)
  const [{ index, id, status, issues }] = answer.json.results
  assert.deepEqual([index, id, status], [1, 'bad', 'refused'])
  assert.ok(issues.every((one: { code: string; message: string }) => one.code && one.message))
})

test('results have what is not plainly accepted; accepted_events counts all but the refused; all refused is 422', async (context) => {
  const relay = await startRelay(context)
  const first = order('one')
  assert.deepEqual((await relay.bring([first])).json, { accepted_events: 1, results: [] })
  const again = await relay.bring([first, { ...first, source_url: 'https://shop.example.com/other' }, order('two')])
  assert.equal(again.status, 200)
  assert.equal(again.json.accepted_events, 3)
  assert.deepEqual(
    again.json.results.map(({ index, status }: { index: number; status: string }) => [index, status]),
    [
      [0, 'duplicate'],
      [1, 'conflict'],
    ],
  )
  const refused = await relay.bring([{}, 7])
  assert.deepEqual([refused.status, refused.json.accepted_events, refused.json.results.length], [422, 0, 2])
  assert.deepEqual((await relay.bring([])).json, { accepted_events: 0, results: [] })
})

test('who would repeat what is refused for ever asks for 200, and gets the same results', async (context) => {
  const relay = await startRelay(context)
  const body = JSON.stringify({ events: [{}, 7] })
  const asked = await relay.ask(`${INTAKE}&refused_status=200`, { method: 'POST', body })
  assert.deepEqual([asked.status, asked.json.accepted_events, asked.json.results.length], [200, 0, 2])
  assert.equal((await relay.ask(`${INTAKE}&refused_status=204`, { method: 'POST', body })).status, 422)
})

const NOT_A_REQUEST: readonly (readonly [name: string, body: string, status: number, message: RegExp])[] = [
  ['no wrapper', '[]', 400, /^Missing required field: events$/],
  ['an empty object', '{}', 400, /^Missing required field: events$/],
  ['a bare event', JSON.stringify(order('x')), 400, /^Missing required field: events$/],
  ['events that are none', '{"events":{}}', 400, /must be an array/],
  ['1,001 events', `{"events":[${Array(1_001).fill('{}').join()}]}`, 400, /at most 1000/],
  ['an unknown field', '{"events":[],"pixel":"x"}', 400, /unknown field/],
  ['validate_only that is no boolean', '{"events":[],"validate_only":1}', 400, /must be a boolean/],
  ['no JSON', '{"events":[', 400, /not valid JSON/],
  ['nothing', '', 400, /not valid JSON/],
]

for (const [name, body, status, message] of NOT_A_REQUEST) {
  test(`a body that is no request is answered in the API's words: ${name}`, async (context) => {
    const relay = await startRelay(context)
    const answer = await relay.ask(INTAKE, { method: 'POST', body })
    assert.equal(answer.status, status)
    assert.match(answer.json.error.message, message)
    assert.deepEqual(Object.keys(answer.json.error), ['message', 'type', 'param', 'code'])
    assert.equal(answer.json.error.type, 'invalid_request_error')
    assert.equal((await relay.store.counts()).accepted, 0)
  })
}

test('1,000 events are taken, and integration_source is allowed', async (context) => {
  const relay = await startRelay(context)
  const answer = await relay.bring(orders(1_000), { integration_source: 'shop', validate_only: false })
  assert.deepEqual(answer.json, { accepted_events: 1_000, results: [] })
})

test('a missing pid is 400 and an unknown one 403, as with the API', async (context) => {
  const relay = await startRelay(context)
  const missing = await relay.ask('/v1/events', withJson('POST', { events: [] }))
  assert.deepEqual([missing.status, missing.json.error.code], [400, null])
  assert.match(missing.json.error.message, /"pid"/)
  const unknown = await relay.ask('/v1/events?pid=other', withJson('POST', { events: [] }))
  assert.deepEqual([unknown.status, unknown.json.error.message], [403, '403: unknown pid'])
  const wrongMethod = await relay.ask(INTAKE)
  assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'POST'])
})

test('validate_only answers as the API would and keeps nothing', async (context) => {
  const relay = await startRelay(context)
  const good = await relay.bring(orders(2), { validate_only: true })
  assert.deepEqual([good.status, good.json], [200, { accepted_events: 2 }])
  const bad = await relay.bring([order('a'), order('b', { data: { type: 'nonsense' } })], { validate_only: true })
  assert.equal(bad.status, 400)
  const { error } = bad.json
  assert.deepEqual([error.code, error.param, error.type], ['invalid_event', 'events[1]', 'invalid_request_error'])
  assert.match(error.errors[0].param, /^events\[1\]\.data\.type$/)
  const old = await relay.bring([order('c', { timestamp_ms: Date.now() - 8 * 86_400_000 })], { validate_only: true })
  assert.deepEqual([old.status, old.json.error.code], [422, 'event_timestamp_too_old'])
  assert.equal((await relay.store.counts()).accepted, 0)
})

/** Of a request's body, what is kept free for all that is not events. */
const ENVELOPE_BYTES = 200

test('an event that fits no request is refused alone, by its bytes and not its characters, and its neighbours go', async (context) => {
  const maxBodyBytes = 1_000
  const relay = await startRelay(context, { file: { pixels: [{ pixelId: PIXEL, maxBodyBytes }] } })
  /** Of so many bytes as it is stored, made up with letters of two bytes each, and one of one byte where they do not fill it. */
  const sized = (id: string, bytes: number) => {
    const item = (name: string) => order(id, { data: { type: 'contents', contents: [{ id: 'a', name }] } })
    const missing = bytes - Buffer.byteLength(JSON.stringify(item('')))
    return item('é'.repeat(missing >> 1) + 'e'.repeat(missing % 2))
  }
  const most = maxBodyBytes - ENVELOPE_BYTES
  const delivered = relay.next('event:delivered', 3)
  const { json } = await relay.bring([
    order('before'),
    sized('below', most - 1),
    sized('at', most),
    sized('above', most + 1),
  ])
  const refused = json.results.filter(({ status }: { status: string }) => status === 'refused')
  assert.deepEqual(
    refused.map(({ index, issues }: { index: number; issues: { code: string }[] }) => [index, issues[0]?.code]),
    [[3, 'event_too_large']],
  )
  const ids = (await delivered).map(({ id }) => id)
  assert.deepEqual(ids.sort(), ['at', 'before', 'below'])
})

test('a body above the limit is 413; gzip is unfolded within the same limit; other encodings are 415', async (context) => {
  const relay = await startRelay(context)
  const large = await relay.ask(INTAKE, { method: 'POST', body: 'x'.repeat(10_000_001) })
  assert.deepEqual([large.status, large.json.error.code], [413, 'request_too_large'])
  const send = (body: Uint8Array, encoding: string) =>
    relay.ask(INTAKE, { method: 'POST', body: new Uint8Array(body), headers: { 'content-encoding': encoding } })
  const text = JSON.stringify({ events: [order('zipped')] })
  assert.equal((await send(gzipSync(text), 'gzip')).json.accepted_events, 1)
  assert.equal((await send(gzipSync(Buffer.alloc(10_000_001, ' ')), 'gzip')).status, 413)
  assert.equal((await send(Buffer.from('no gzip'), 'gzip')).status, 400)
  assert.equal((await send(Buffer.from(text), 'br')).status, 415)
})

test('when as much waits as may, intake answers 429 with Retry-After until some has gone', async (context) => {
  const relay = await startRelay(context, { file: { maxQueuedEvents: 3 }, emulator: { apiKey: 'another' } })
  const held = relay.next('pixel:held')
  assert.equal((await relay.bring(orders(2))).status, 200)
  await held
  assert.equal((await relay.bring([order('third')])).status, 200)
  const full = await relay.bring([order('fourth')])
  assert.deepEqual([full.status, full.headers.get('retry-after')], [429, '5'])
  assert.equal((await relay.store.counts()).accepted, 3)
})

test('what cannot be kept just now is 503 with Retry-After, and the relay goes on; a broken store ends it', async (context) => {
  let error: Error | undefined = new StoreFullError('no room')
  const relay = await startRelay(context, {
    store: (store) => ({
      ...bound(store),
      accept: (...call) => (error ? Promise.reject(error) : store.accept(...call)),
    }),
  })
  const full = await relay.bring([order('one')])
  assert.deepEqual([full.status, full.headers.get('retry-after'), full.json.error.type], [503, '5', 'server_error'])
  assert.equal((await relay.bring([order('one')])).status, 503)
  assert.equal(relay.log().match(/no room to keep events/g)?.length, 1)
  error = new StoreAwayError('nobody answers')
  const away = await relay.bring([order('one')])
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5'])
  assert.equal((await relay.bring([order('one')])).status, 503)
  assert.equal(relay.log().match(/the store cannot be reached/g)?.length, 1)
  error = undefined
  assert.equal((await relay.bring([order('one')])).status, 200)
  assert.deepEqual(relay.failures, [])
  error = new StoreBrokenError('an fsync failed')
  assert.equal((await relay.bring([order('two')])).status, 503)
  assert.deepEqual(relay.failures, [error])
})
