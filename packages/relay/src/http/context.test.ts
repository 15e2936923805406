import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Asked, PIXEL, type Relay, startRelay, withJson } from '../service/service.helpers.ts'

const TOKEN = 'intake-token-19'
const OTHER = 'intake-token-20'
const ENV = { WAYBILL_INTAKE_TOKEN: TOKEN }
const BEARER = { authorization: `Bearer ${TOKEN}` }
const FULL = {
  oppref: 'a%2Bb+c~%zz',
  ip_address: '203.0.113.1',
  user_agent: 'Mozilla/5.0',
  consent: true,
  landed_at_ms: 1_780_000_000_000,
}

function at(key: string): string {
  return `/v1/context/${encodeURIComponent(key)}?pid=${PIXEL}`
}

function put(relay: Relay, key: string, body: unknown, headers: Record<string, string> = BEARER): Promise<Asked> {
  return relay.ask(at(key), withJson('PUT', body, headers))
}

test('what is put under a key comes back as it was put, is replaced, and is forgotten', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  const key = 'order/7 ä%2F'
  assert.equal((await put(relay, key, FULL)).status, 204)
  assert.deepEqual((await relay.ask(at(key), { headers: BEARER })).json, FULL)
  const second = { oppref: 'second', consent: true, landed_at_ms: 2 }
  await put(relay, key, second)
  assert.deepEqual((await relay.ask(at(key), { headers: BEARER })).json, second)
  const forget = { method: 'DELETE', headers: BEARER }
  assert.equal((await relay.ask(at(key), forget)).status, 204)
  assert.equal((await relay.ask(at(key), forget)).status, 204)
  assert.equal((await relay.ask(at(key), { headers: BEARER })).status, 404)
  assert.equal((await relay.ask(at('another'), { headers: BEARER })).status, 404)
})

test('without consent nothing of the visitor is kept', async (context) => {
  const relay = await startRelay(context, { env: ENV })
  await put(relay, 'o', { ...FULL, consent: false })
  const { landed_at_ms } = FULL
  assert.deepEqual((await relay.ask(at('o'), { headers: BEARER })).json, { consent: false, landed_at_ms })
})

for (const [what, body, params] of [
  ['an address that is none', { ip_address: '999.1.1.1', consent: true, landed_at_ms: 1 }, ['ip_address']],
  [
    'no word on consent, and an unknown field',
    { oppref: 'x', email: 'a@example.com' },
    ['consent', 'landed_at_ms', ''],
  ],
] as const) {
  test(`${what} is a 400 that names the field and not its value`, async (context) => {
    const relay = await startRelay(context, { env: ENV })
    const { status, json, text } = await put(relay, 'o', body)
    assert.equal(status, 400)
    assert.deepEqual(
      json.error.errors.map(({ param }: { param: string }) => param),
      params,
    )
    assert.ok(!text.includes('999.1') && !text.includes('example.com'))
  })
}

test('only a token of the pixel reaches its contexts', async (context) => {
  const file = { intakeTokens: [{ name: 'other shop', token: OTHER, pixels: ['elsewhere'] }] }
  const relay = await startRelay(context, { env: ENV, file })
  await put(relay, 'o', FULL)
  for (const method of ['GET', 'DELETE'] as const) {
    assert.equal((await relay.ask(at('o'), { method })).status, 401)
    assert.equal((await relay.ask(at('o'), { method, headers: { authorization: `Bearer ${OTHER}` } })).status, 403)
  }
  const unknown = `/v1/context/o?pid=nobody`
  assert.equal((await relay.ask(unknown, { headers: BEARER })).status, 403)
  assert.equal((await relay.ask(at('o'), { headers: BEARER })).status, 200)
})

test('a page of another origin cannot put a context through a browser on this machine', async (context) => {
  const relay = await startRelay(context)
  assert.equal((await put(relay, 'o', FULL, { origin: 'https://evil.example' })).status, 403)
})
