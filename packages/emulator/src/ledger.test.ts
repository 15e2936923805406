import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emulatorAt, LEAD, ORDER, PATH, post, requestOf } from './sample.cases.ts'

const CUSTOM = { ...LEAD, type: 'custom', custom_event_name: 'Quiz', data: { type: 'custom' } }

test('a stored event is the event as it was sent, and what the caller changes later does not change it', async () => {
  const emulator = emulatorAt()
  const sent = structuredClone({ ...ORDER, opt_out: true })
  await post(emulator, { events: [sent] })
  const [stored] = emulator.events()
  assert.deepEqual(stored, { event: sent, channels: ['server'], received: 1 })
  Object.assign(stored?.event ?? {}, { id: 'changed' })
  assert.equal(emulator.events()[0]?.event.id, ORDER.id)
})

test('the first event of a key wins and later ones are counted once per request', async () => {
  const emulator = emulatorAt()
  await post(emulator, { events: [LEAD] })
  await post(emulator, { events: [{ ...LEAD, oppref: 'later' }, LEAD, LEAD] })
  assert.deepEqual(emulator.events(), [{ event: LEAD, channels: ['server'], received: 2 }])
  assert.equal(emulator.summary().duplicates, 1)
})

const KEYS: readonly (readonly [name: string, first: unknown, second: unknown, stored: number])[] = [
  ['another id', LEAD, { ...LEAD, id: 'other' }, 2],
  ['another event name', LEAD, { ...LEAD, type: 'registration_completed' }, 2],
  ['the same custom name in another case', CUSTOM, { ...CUSTOM, custom_event_name: 'qUIZ' }, 1],
  ['another custom name', CUSTOM, { ...CUSTOM, custom_event_name: 'Quiz2' }, 2],
  ['a custom_event_name on a standard event', LEAD, { ...LEAD, custom_event_name: 'x' }, 1],
]

for (const [name, first, second, stored] of KEYS) {
  test(`a second event with ${name} makes ${stored} stored in all`, async () => {
    const emulator = emulatorAt()
    await post(emulator, { events: [first, second] })
    assert.equal(emulator.summary().stored, stored)
  })
}

test('pixels are kept apart, also where their names could be confused', async () => {
  const emulator = emulatorAt()
  for (const pid of ['a', 'a%20lead_created']) {
    await emulator.fetch(`http://emulator/v1/events?pid=${pid}`, requestOf({ events: [LEAD] }))
  }
  assert.equal(emulator.summary().stored, 2)
  assert.equal(emulator.events('a').length, 1)
  assert.equal(emulator.events('b').length, 0)
})

test('the counters tell requests, refusals, validations, conversions and duplicates apart', async () => {
  const emulator = emulatorAt()
  await post(emulator, { events: [LEAD, ORDER] })
  await post(emulator, { events: [LEAD] })
  await post(emulator, { validate_only: true, events: [CUSTOM] })
  await post(emulator, { validate_only: true, events: [{}] })
  await post(emulator, '{')
  await emulator.fetch('http://emulator/v1/sdk/events?pid=px_1')
  const counts = { requests: 6, rejected_requests: 3, validate_requests: 2, stored: 2, duplicates: 1 }
  assert.deepEqual(emulator.summary(), counts)
  assert.deepEqual(await (await emulator.fetch('http://emulator/_emulator/summary')).json(), counts)
})

test('the events can be asked for over HTTP, all or those of one pixel', async () => {
  const emulator = emulatorAt()
  await post(emulator, { events: [LEAD] })
  const ask = async (query: string): Promise<unknown> =>
    (await emulator.fetch(`http://emulator/_emulator/events${query}`)).json()
  assert.deepEqual(await ask(''), { events: [{ event: LEAD, channels: ['server'], received: 1 }] })
  assert.deepEqual(await ask('?pid=px_1'), { events: emulator.events() })
  assert.deepEqual(await ask('?pid=px_2'), { events: [] })
})

test('with keep "ledger" the bodies are forgotten and the counts are not', async () => {
  const emulator = emulatorAt({ keep: 'ledger' })
  await post(emulator, { events: [ORDER, CUSTOM] })
  await post(emulator, { events: [ORDER] })
  const { id, type, custom_event_name } = CUSTOM
  assert.deepEqual(emulator.events(), [
    { event: { id: ORDER.id, type: ORDER.type }, channels: ['server'], received: 2 },
    { event: { id, type, custom_event_name }, channels: ['server'], received: 1 },
  ])
  assert.deepEqual([emulator.summary().duplicates, emulator.requests()], [1, []])
})

test('with keep "count" only the counters remain, and stored counts accepted events', async () => {
  const emulator = emulatorAt({ keep: 'count' })
  await post(emulator, { events: [LEAD, ORDER] })
  await post(emulator, { events: [LEAD] })
  assert.deepEqual(emulator.summary(), {
    requests: 2,
    rejected_requests: 0,
    validate_requests: 0,
    stored: 3,
    duplicates: 0,
  })
  assert.deepEqual(emulator.events(), [])
})

test('a reset empties ledger and counters, in process and over HTTP', async () => {
  const emulator = emulatorAt()
  const resets = [() => emulator.reset(), () => emulator.fetch('http://emulator/_emulator/reset', { method: 'POST' })]
  for (const reset of resets) {
    await post(emulator, { events: [LEAD] })
    await reset()
    const zero = { requests: 0, rejected_requests: 0, validate_requests: 0, stored: 0, duplicates: 0 }
    assert.deepEqual([emulator.summary(), emulator.events(), emulator.requests()], [zero, [], []])
  }
})

test('the last 1,000 requests are listed with what became of them, and without values of headers', async () => {
  const emulator = emulatorAt()
  for (let count = 0; count < 1000; count += 1) await emulator.fetch(PATH, requestOf('{'))
  const response = await post(emulator, { validate_only: true, events: [LEAD] })
  const { requests } = (await (await emulator.fetch('http://emulator/_emulator/requests')).json()) as {
    requests: unknown[]
  }
  assert.equal(requests.length, 1000)
  assert.deepEqual(requests.at(-1), {
    id: response.headers.get('x-request-id'),
    at: '2026-03-19T04:00:00.000Z',
    pid: 'px_1',
    channel: 'server',
    status: 200,
    fault: null,
    events: 1,
    validate_only: true,
    headers: ['authorization', 'content-type'],
  })
})
