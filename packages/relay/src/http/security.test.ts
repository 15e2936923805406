import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { KEY, order, PIXEL, startRelay } from '../service/service.helpers.ts'

const INTAKE = `/v1/events?pid=${PIXEL}`

test('tokens: 401 without, 403 for a pixel that is not theirs, and the account says who brought the event', async (context) => {
  const relay = await startRelay(context, {
    env: { WAYBILL_INTAKE_TOKEN: 'intake-token-77', WAYBILL_ADMIN_TOKEN: 'admin-token-78' },
  })
  const withToken = (token: string) => relay.bring([order('one')], {}, { authorization: `Bearer ${token}` })
  const without = await relay.bring([order('one')])
  assert.equal(without.status, 401)
  assert.deepEqual(without.json, {
    error: { message: 'Unauthorized', type: 'invalid_request_error', param: null, code: null },
  })
  assert.equal((await withToken('intake-token-76')).status, 401)
  assert.equal((await withToken('admin-token-78')).status, 401)
  assert.equal((await withToken('intake-token-77')).json.accepted_events, 1)
  const [account] = await relay.store.show('one')
  assert.equal(account?.source, 'WAYBILL_INTAKE_TOKEN')
  assert.equal((await relay.ask('/api/status')).status, 401)
  assert.equal((await relay.ask('/metrics')).status, 200)
})

test('without tokens a page of elsewhere reaches nothing: neither by a name that it made ours, nor from its own origin', async (context) => {
  const relay = await startRelay(context)
  const foreign = { origin: 'https://evil.example' }
  assert.equal((await relay.bring([order('one')], {}, foreign)).status, 403)
  assert.equal((await relay.ask('/api/status', { headers: foreign })).status, 404)
  assert.equal((await relay.bring([order('one')], {}, { 'x-forwarded-for': '203.0.113.9' })).status, 403)
  assert.equal((await relay.bring([order('one')], {}, { authorization: 'Bearer whatever' })).status, 200)
})

const MEGABYTE = 1_000_000

/** Bodies that strangers may send, and what nobody may take. */
const HOSTILE: readonly (readonly [name: string, body: string | Uint8Array, headers?: Record<string, string>])[] = [
  ['deep nesting', `{"events":[${'{"a":'.repeat(MEGABYTE)}`],
  ['deep lists', '['.repeat(9 * MEGABYTE)],
  ['deep nesting that is closed', `{"events":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`],
  ['a prototype key', '{"events":[{"__proto__":{"type":"order_created"}}]}'],
  ['a prototype key, escaped', '{"events":[{"\\u005f_proto__":{"polluted":1}}]}'],
  ['a prototype key of the body', '{"__proto__":{"validate_only":true},"events":[]}'],
  ['a constructor', '{"constructor":{"prototype":{"polluted":1}},"events":[]}'],
  ['a key twice', '{"events":[],"events":[{}]}'],
  ['a key twice, once escaped', '{"events":[],"\\u0065vents":[{}]}'],
  ['a text of nearly 10 MB', `{"events":[{"id":"${'x'.repeat(9.9 * MEGABYTE)}"}]}`],
  ['a text of 10 MB', `{"events":[{"id":"${'x'.repeat(10 * MEGABYTE)}"}]}`],
  ['a key of nearly 10 MB', `{"${'x'.repeat(9.9 * MEGABYTE)}":1}`],
  ['a number of nearly 10 MB', `{"events":${'9'.repeat(9.9 * MEGABYTE)}}`],
  ['three million empty objects', `{"events":[${'{},'.repeat(3 * MEGABYTE)}{}]}`],
  ['a million keys', `{${Array.from({ length: 700_000 }, (_, at) => `"k${at}":0`).join()}}`],
  ['1,001 events', `{"events":[${Array(1_001).fill('{}').join()}]}`],
  ['bytes that are no UTF-8', Uint8Array.of(...Buffer.from('{"events":["'), 0xc3, 0x28, ...Buffer.from('"]}'))],
  ['an overlong form of a character', Uint8Array.of(...Buffer.from('{"events":["'), 0xc0, 0xaf, ...Buffer.from('"]}'))],
  ['UTF-16', Buffer.from('\ufeff{"events":[]}', 'utf16le')],
  ['zeros', new Uint8Array(MEGABYTE)],
  ['half of a body', '{"events":[{"id":"one"'],
  ['gzip of 400 megabytes', gzipSync(new Uint8Array(400 * MEGABYTE)), { 'content-encoding': 'gzip' }],
  ['gzip within gzip', gzipSync(gzipSync('{"events":[]}')), { 'content-encoding': 'gzip' }],
  ['half of a gzip', gzipSync('{"events":[]}'.repeat(1_000)).subarray(0, 20), { 'content-encoding': 'gzip' }],
]
const PATIENCE_MS = 3_000
const MOST_GROWTH_BYTES = 300 * MEGABYTE

/** Every door that takes JSON, with what may not have been changed behind it. */
const DOORS: readonly (readonly [method: 'POST' | 'PUT', path: string])[] = [
  ['POST', INTAKE],
  ['PUT', '/api/events/row/1'],
  ['POST', '/api/refused/replay'],
]

for (const [method, path] of DOORS) {
  test(`a hostile body is answered with a 4xx, in bounded time and memory, and leaves nothing behind: ${method} ${path}`, async (context) => {
    const relay = await startRelay(context)
    assert.equal((await relay.bring([order('kept', { data: {} })])).status, 422)
    const before = await relay.store.counts()
    for (const [name, body, headers = {}] of HOSTILE) {
      const init = { method, body: typeof body === 'string' ? body : new Uint8Array(body), headers }
      const startedMs = performance.now()
      const heapBytes = process.memoryUsage().rss
      const { status, json } = await relay.ask(path, init)
      assert.ok(status >= 400 && status < 500, `${name}: ${status}`)
      assert.ok(json.error.message.length < 200, name)
      assert.ok(performance.now() - startedMs < PATIENCE_MS, `${name} took ${performance.now() - startedMs} ms`)
      assert.ok(process.memoryUsage().rss - heapBytes < MOST_GROWTH_BYTES, name)
    }
    assert.deepEqual(await relay.store.counts(), before)
    assert.equal((await relay.store.showRow(1))?.state, 'refused')
    assert.deepEqual([Object.keys(Object.prototype), 'polluted' in {}], [[], false])
    assert.doesNotMatch(relay.log(), /a request failed/)
  })
}

const REDIRECTS = [301, 302, 303, 307, 308] as const

for (const status of REDIRECTS) {
  test(`a redirect of the API leads nowhere, and the key goes nowhere else: ${status}`, async (context) => {
    const elsewhere: string[] = []
    const lure = await serve(context, (request, response) => {
      elsewhere.push(JSON.stringify([request.url, request.headers]))
      response.end('{"accepted_events":1}')
    })
    const api = await serve(context, (request, response) => {
      request.resume()
      response.writeHead(status, { location: `${lure}/v1/events?pid=${PIXEL}` }).end()
    })
    const relay = await startRelay(context, { env: { WAYBILL_ENDPOINT: api } })
    const held = relay.next('pixel:held')
    await relay.bring([order('one')])
    const [hold] = await held
    assert.deepEqual([hold?.code, elsewhere], ['redirected', []])
    while ((await relay.store.counts()).sending > 0) await new Promise(setImmediate)
    assert.equal((await relay.store.counts()).held, 1)
  })
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const LONG = 'y'.repeat(900_000)
const apiError = (message: string, more: object = {}): string => {
  const param = 'events[0].data'
  return JSON.stringify({ error: { message, type: LONG.slice(0, 10), param, code: 'odd', ...more } })
}

/** What the API says at length, and how it can be said. */
const LENGTHY: readonly (readonly [name: string, status: number, body: string | Uint8Array, headers?: object])[] = [
  ['a refusal with a long message', 400, apiError(LONG)],
  ['a refusal with a long code', 400, apiError('no', { code: LONG })],
  ['a refusal with a long place', 400, apiError('no', { param: `events[0].${LONG}` })],
  [
    'a refusal with many faults',
    400,
    apiError('no', { errors: Array(9_000).fill({ message: 'z'.repeat(50), param: 'events[0]', code: 'q' }) }),
  ],
  ['a hold with a long message', 401, apiError(LONG)],
  ['a fault of the request with a long message', 400, apiError(LONG, { param: 'events' })],
  ['an error with a long message', 500, apiError(LONG)],
  ['a page of 50 MB', 500, new Uint8Array(50 * MEGABYTE).fill(0x79)],
  ['a good answer of 50 MB', 200, new Uint8Array(50 * MEGABYTE).fill(0x20)],
  ['gzip of a gigabyte', 500, gzipSync(new Uint8Array(1_000 * MEGABYTE).fill(0x79)), { 'content-encoding': 'gzip' }],
  ['a good answer with a long tail', 200, `{"accepted_events":1,"note":"${LONG}"}`],
  ['a long request id', 200, '{"accepted_events":1}', { 'x-request-id': 'y'.repeat(10_000) }],
]
const MOST_KEPT_BYTES = 64 * 1024

for (const [name, status, body, headers = {}] of LENGTHY) {
  test(`of a long answer of the API no more than 64 KB is kept: ${name}`, async (context) => {
    const api = await serve(context, (request, response) => {
      request.resume()
      response.writeHead(status, { ...headers }).end(body)
    })
    const relay = await startRelay(context, { env: { WAYBILL_ENDPOINT: api, WAYBILL_PREFLIGHT: 'never' } })
    const answered = relay.next('request:answered')
    await relay.bring([order('one')])
    await answered
    const admin = ['/api/events/one', '/api/status', '/api/refused', '/api/refused/export', '/api/actions', '/metrics']
    const shown = await Promise.all(admin.map((path) => relay.ask(path)))
    for (const { text } of shown) assert.ok(text.length < MOST_KEPT_BYTES, `${text.length} characters shown`)
    assert.ok(relay.log().length < MOST_KEPT_BYTES)
    await relay.stop()
    const data = join(relay.folder, 'data')
    for (const file of readdirSync(data)) {
      const kept =
        readFileSync(join(data, file), 'latin1')
          .match(/[yz]{100,}/g)
          ?.join('').length ?? 0
      assert.ok(kept < MOST_KEPT_BYTES, `${kept} bytes in ${file}`)
    }
  })
}

test('no key, token or address of a user is in an answer, a log or a metric', async (context) => {
  const relay = await startRelay(context, {
    env: { WAYBILL_INTAKE_TOKEN: 'intake-token-77', WAYBILL_ADMIN_TOKEN: 'admin-token-78' },
    emulator: { apiKey: 'another' },
  })
  const email = 'ada.lovelace@example.com'
  const held = relay.next('pixel:held')
  const authorization = 'Bearer intake-token-77'
  const answers = [
    await relay.bring([order('mine', { user: { email } })], {}, { authorization }),
    await relay.bring([order('theirs', { note: email }), order(email)], {}, { authorization }),
    await relay.bring([order('good')], {}, { authorization }),
  ]
  await held
  const admin = { headers: { authorization: 'Bearer admin-token-78' } }
  for (const path of [
    '/metrics',
    '/api/status',
    '/api/events',
    '/api/refused',
    '/api/refused/export',
    '/api/actions',
  ]) {
    const answer = await relay.ask(path, admin)
    assert.equal(answer.status, 200, path)
    answers.push(answer)
  }
  for (const text of [...answers.map((answer) => answer.text), relay.log()]) {
    for (const secret of [KEY, 'intake-token-77', 'admin-token-78', email, 'ada.lovelace']) {
      assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 300)}`)
    }
  }
})
