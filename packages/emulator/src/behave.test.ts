import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEmulator, type Emulator } from './emulator.ts'

const EVENT = { id: 'sub_13', type: 'order_created', timestamp_ms: Date.now(), data: { type: 'contents' } }
const post = (emulator: Emulator, path: string, body: unknown, type = 'application/json') =>
  emulator.fetch(`http://emulator${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': type },
    body: JSON.stringify(body),
  })
const send = async (emulator: Emulator): Promise<number> =>
  (await post(emulator, '/v1/events?pid=px', { events: [{ ...EVENT, timestamp_ms: Date.now() }] })).status

test('it takes other faults while it runs, and what is not given stays', async () => {
  const emulator = createEmulator({ latencyMs: 0, errors: 'first' })
  assert.equal(await send(emulator), 200)
  emulator.behave({ poison: '^sub_13$' })
  assert.equal(await send(emulator), 400)
  emulator.behave({ fault: { 503: 1 } })
  assert.equal(await send(emulator), 503)
  const answer = await post(emulator, '/_emulator/behave', { fault: {}, poison: null })
  assert.deepEqual(await answer.json(), {
    fault: {},
    errors: 'first',
    latencyMs: 0,
    retryAfter: null,
    slowMs: 5_000,
    poison: null,
  })
  assert.equal(await send(emulator), 200)
})

const BAD: readonly (readonly [body: unknown, said: RegExp])[] = [
  [{ fault: { 418: 1 } }, /option "fault" must be shares/],
  [{ poison: '(' }, /option "poison" must be a regular expression/],
  [{ keep: 'count' }, /"keep" cannot change while it runs/],
]

for (const [body, said] of BAD) {
  test(`a bad behaviour changes nothing and names what is bad: ${JSON.stringify(body)}`, async () => {
    const emulator = createEmulator()
    const answer = await post(emulator, '/_emulator/behave', body)
    assert.equal(answer.status, 400)
    assert.match(((await answer.json()) as { error: { message: string } }).error.message, said)
    assert.equal(await send(emulator), 200)
  })
}

test('a page of elsewhere cannot have it behave', async () => {
  assert.equal((await post(createEmulator(), '/_emulator/behave', { fault: { 503: 1 } }, 'text/plain')).status, 415)
})
