import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emulatorAt, errorOf, LEAD, ORDER, PATH, post, requestOf } from './sample.cases.ts'

const ANSWERS = [200, 400, 422]

const HOSTILE: readonly (readonly [name: string, body: string])[] = [
  ['100,000 nested arrays for a body', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['100,000 nested arrays for events', `{"events":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  [
    'a __proto__ in everything',
    '{"events":[{"__proto__":{"id":"a"},"data":{"__proto__":{"type":"custom"}},"user":{"__proto__":{}}}]}',
  ],
  ['names of methods for keys', '{"events":[{"toString":1,"hasOwnProperty":2,"constructor":{"prototype":3}}]}'],
  [
    'half a surrogate pair',
    `{"events":[${JSON.stringify({ ...LEAD, id: 'x', user: { city: '\ud800', '\udfff': 1 } })}]}`,
  ],
  [
    'numbers beyond all bounds',
    '{"events":[{"id":"a","type":"lead_created","timestamp_ms":1e999,"data":{"type":"customer_action","amount":-1e999}}]}',
  ],
]

for (const [name, body] of HOSTILE) {
  test(`the emulator refuses ${name} in its usual words`, async () => {
    const response = await post(emulatorAt(), body)
    assert.equal(response.status, 400)
    assert.equal((await errorOf(response)).type, 'invalid_request_error')
  })
}

test('free data nested too deep to be written again is stored and listed without it', async () => {
  const emulator = emulatorAt()
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const event = `{"id":"a","type":"custom","custom_event_name":"x","timestamp_ms":${LEAD['timestamp_ms']},"data":{"type":"custom","deep":${deep}}}`
  assert.equal((await post(emulator, `{"events":[${event}]}`)).status, 200)
  const listed = await (await emulator.fetch('http://emulator/_emulator/events')).json()
  const brief = { id: 'a', type: 'custom', custom_event_name: 'x' }
  assert.deepEqual(listed, { events: [{ event: brief, channels: ['server'], received: 1 }] })
})

test('an id with half a surrogate pair is stored and listed as it came', async () => {
  const emulator = emulatorAt()
  await post(emulator, { events: [{ ...LEAD, id: '\ud800' }] })
  assert.equal(emulator.events()[0]?.event.id, '\ud800')
})

test('any text at all is answered 200, 400 or 422', async () => {
  const emulator = emulatorAt({ keep: 'count' })
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      assert.ok(ANSWERS.includes((await emulator.fetch(PATH, requestOf(text))).status))
    }),
  )
})

test('any JSON laid over a valid event is answered 200, 400 or 422, and what is refused names the event', async () => {
  const emulator = emulatorAt({ keep: 'count' })
  const keys = fc.constantFrom(...Object.keys(ORDER), '__proto__', 'x')
  await fc.assert(
    fc.asyncProperty(keys, fc.jsonValue(), async (key, value) => {
      const event = { ...ORDER }
      Object.defineProperty(event, key, { value, enumerable: true })
      const response = await post(emulator, { events: [event] })
      assert.ok(ANSWERS.includes(response.status))
      if (response.status !== 200) assert.match(String((await errorOf(response)).param), /^events\[0\]/)
    }),
  )
})
