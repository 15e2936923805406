import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { VERSION } from 'waybill'
import { z } from 'zod'
import type { AccessKind } from './access.ts'
import { jsonAnswer } from './answer.ts'
import { readBody } from './body.ts'
import { type Route, rawBodyOf } from './route.ts'
import { createServer, type ServerOptions } from './server.ts'
import { TokenBook } from './token-book.ts'

/** A door of each kind, which says what it read. */
function door(path: string, access: AccessKind, method: Route['method'] = 'POST'): Route {
  return {
    method,
    path,
    access,
    summary: 'A door.',
    query: z.object({}),
    answers: {},
    async run(visit) {
      if (visit.bytes === undefined) return jsonAnswer(200, {})
      const body = await readBody(rawBodyOf(visit), 1_000)
      return 'refusal' in body ? body.refusal : jsonAnswer(200, { who: visit.admitted.who, body: body.value })
    },
  }
}

const ROUTES = [
  door('/intake', 'intake'),
  door('/admin', 'admin', 'PUT'),
  door('/hook/:name', 'anyone'),
  door('/metrics', 'reader', 'GET'),
]
const TOKENS = { intake: [{ name: 'shop', token: 'shop-token-0001', pixels: '*' as const }], admin: [] }

interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form.
  readonly json: any
}

interface Ask {
  readonly method?: Route['method'] | 'OPTIONS'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** The routes as a function from a request to an answer. */
function serverOf(changes: Partial<ServerOptions> = {}, tokens: Partial<typeof TOKENS> = {}) {
  const { intake = [], admin = [] } = tokens
  const app = createServer({
    routes: ROUTES,
    tokens: () => ({ intake: new TokenBook(intake), admin: new TokenBook(admin) }),
    maxBodyBytes: 1_000,
    maxInFlightBytes: () => 10_000,
    clockConfirmed: () => true,
    onFailure: () => {},
    ...changes,
  })
  return async ({ method = 'POST', path, headers = {}, body }: Ask): Promise<Said> => {
    const all = { host: '127.0.0.1:8787', ...headers }
    const answer = await app.inject({ method, url: path, headers: all, ...(body !== undefined && { payload: body }) })
    const { statusCode: status, headers: said } = answer
    return { status, headers: said, json: answer.body.startsWith('{') ? answer.json() : undefined }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** What a page of another site can send to a relay on the visitor's machine, and what a program or a page of ours sends. */
const SENDERS: readonly (readonly [name: string, headers: Record<string, string>, status: number])[] = [
  ['a program', JSON_TYPE, 200],
  ['a program that says the characters', { 'content-type': 'application/json; charset=utf-8' }, 200],
  ['a type that is JSON too', { 'content-type': 'application/cloudevents+json' }, 200],
  ['a page of ours', { ...JSON_TYPE, 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:8787' }, 200],
  ['a user at the address bar', { ...JSON_TYPE, 'sec-fetch-site': 'none' }, 200],
  ['a page of elsewhere', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, 403],
  ['a page of another port', { ...JSON_TYPE, 'sec-fetch-site': 'same-site' }, 403],
  ['a word that no browser says', { ...JSON_TYPE, 'sec-fetch-site': 'SAME-ORIGIN' }, 403],
  ['a page of elsewhere by its origin', { ...JSON_TYPE, origin: 'https://evil.example' }, 403],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['a form with files', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ['a text', { 'content-type': 'text/plain' }, 415],
  ['a text that calls itself JSON', { 'content-type': 'text/plain; application/json' }, 415],
  ['a program that says no type', {}, 200],
  ['an empty type', { 'content-type': '' }, 415],
  ['a name that was made to lead here', { ...JSON_TYPE, host: '127.999.1.1:8787' }, 403],
]

for (const [name, headers, status] of SENDERS)
  test(`without a token, ${status}: ${name}`, async () => {
    const ask = serverOf()
    assert.equal((await ask({ path: '/intake', headers, body: '{"a":1}' })).status, status)
    const admin = await ask({ method: 'PUT', path: '/admin', headers, body: '{"a":1}' })
    assert.equal(admin.status, status === 403 ? 404 : status)
  })

test('with a token neither type nor site matters: a page has no token to show', async () => {
  const ask = serverOf({}, TOKENS)
  const headers = { authorization: 'Bearer shop-token-0001', 'content-type': 'text/plain' }
  const { status, json } = await ask({ path: '/intake', headers, body: '{"a":1}' })
  assert.deepEqual([status, json], [200, { who: 'shop', body: { a: 1 } }])
})

test('a request without a body needs no type', async () => {
  assert.equal((await serverOf()({ method: 'GET', path: '/metrics' })).status, 200)
})

const TWICE = ['?pid=a&pid=b', '?pid=a&pid=a', '?pid=&pid=a', '?x=1&pid=a&y=2&p%69d=b', '?pid=a&pid=b&pid=c']

for (const query of TWICE)
  test(`a repeated pid is a 400 at every door: ${query}`, async () => {
    const ask = serverOf()
    for (const { method, path } of ROUTES) {
      const body = method === 'GET' ? {} : { body: '{}' }
      const { status, json } = await ask({
        method,
        path: path.replace(':name', 'x') + query,
        headers: JSON_TYPE,
        ...body,
      })
      assert.deepEqual([status, json.error.param, json.error.code], [400, 'pid', 'repeated_pixel'], path)
    }
  })

test('a pixel that is named once is none that is repeated', async () => {
  assert.equal((await serverOf()({ path: '/intake?pid=a&PID=b&pid2=c', headers: JSON_TYPE, body: '{}' })).status, 200)
})

/** Requests of every fate, with the status of their answers. */
const ANSWERED: readonly (readonly [ask: Ask, status: number])[] = [
  [{ path: '/intake', headers: JSON_TYPE, body: '{}' }, 200],
  [{ path: '/intake', headers: JSON_TYPE, body: '{' }, 400],
  [{ path: '/intake', headers: JSON_TYPE, body: 'x'.repeat(1_001) }, 413],
  [{ path: '/intake', headers: { ...JSON_TYPE, 'content-encoding': 'br' }, body: '{}' }, 415],
  [{ path: '/intake', headers: { 'content-type': '???' }, body: '{}' }, 415],
  [{ path: '/intake', headers: { origin: 'null' }, body: '{}' }, 403],
  [{ path: '/intake?pid=1&pid=2', headers: JSON_TYPE, body: '{}' }, 400],
  [{ method: 'GET', path: '/metrics' }, 200],
  [{ method: 'GET', path: '/intake' }, 405],
  [{ method: 'OPTIONS', path: '/nowhere' }, 404],
  [{ path: '/nowhere', headers: JSON_TYPE, body: '{}' }, 404],
  [{ method: 'PUT', path: '/intake', headers: JSON_TYPE, body: '{}' }, 405],
  [{ method: 'GET', path: '/%' }, 400],
]

for (const [ask, status] of ANSWERED)
  test(`the answer says that a relay gives it, and how its clock stands: ${ask.method ?? 'POST'} ${ask.path} ${status}`, async () => {
    for (const [isConfirmed, clock] of [
      [true, 'confirmed'],
      [false, 'doubt'],
    ] as const) {
      const said = await serverOf({ clockConfirmed: () => isConfirmed })(ask)
      assert.deepEqual([said.status, said.headers['waybill-relay']], [status, `${VERSION}; clock=${clock}`])
      assert.equal(said.headers['cache-control'], 'no-store')
    }
  })

test('the same bodies are read plain, compressed and without a length', async () => {
  const ask = serverOf()
  const body = JSON.stringify({ text: 'x'.repeat(500) })
  for (const [headers, sent] of [
    [{}, body],
    [{ 'content-encoding': 'gzip' }, gzipSync(body)],
    [{ 'content-encoding': 'X-GZIP' }, gzipSync(body)],
    [{ 'content-encoding': 'identity' }, body],
  ] as const) {
    const { status, json } = await ask({ path: '/intake', headers: { ...JSON_TYPE, ...headers }, body: sent })
    assert.deepEqual([status, JSON.stringify(json.body)], [200, body])
  }
})

test('what a body takes of the room is free again after its answer, whatever the answer', async () => {
  const ask = serverOf({ maxInFlightBytes: () => 900 })
  for (let turn = 0; turn < 5; turn++)
    for (const [body, status] of [
      [JSON.stringify({ text: 'x'.repeat(800) }), 200],
      ['{'.repeat(800), 400],
      ['x'.repeat(1_001), 413],
    ] as const)
      assert.equal((await ask({ path: '/intake', headers: JSON_TYPE, body })).status, status)
})
