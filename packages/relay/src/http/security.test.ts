import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY, order, PIXEL, startRelay } from '../service/helpers.test.ts'

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

const HOSTILE: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ['deep nesting', `{"events":[${'{"a":'.repeat(1_000_000)}`],
  ['a prototype key', '{"events":[{"__proto__":{"type":"order_created"}}]}'],
  ['a prototype key of the body', '{"__proto__":{"validate_only":true},"events":[]}'],
  ['a key twice', '{"events":[],"events":[{}]}'],
  ['a text of nearly 10 MB', `{"events":[{"id":"${'x'.repeat(9_900_000)}"}]}`],
  ['a text of 10 MB', `{"events":[{"id":"${'x'.repeat(10_000_000)}"}]}`],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('{"events":["'), Buffer.from([0xc3, 0x28]), Buffer.from('"]}')]),
  ],
]

for (const [name, body] of HOSTILE) {
  test(`a hostile body is answered with a 4xx and leaves nothing behind: ${name}`, async (context) => {
    const relay = await startRelay(context)
    const init = { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) }
    const { status, json } = await relay.ask(INTAKE, init)
    assert.ok(status >= 400 && status < 500, String(status))
    assert.ok(json.error.message.length < 200)
    assert.equal((await relay.store.counts()).accepted, 0)
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
