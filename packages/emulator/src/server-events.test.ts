import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { emulatorAt, errorOf, LEAD, NOW_MS, ORDER, PATH, post, requestOf } from './sample.cases.ts'

const LEADS = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({ ...LEAD, id: `lead_${index}` }))

const ACCEPTED: readonly (readonly [name: string, body: unknown, accepted: number])[] = [
  ['no event at all', { events: [] }, 0],
  ['one event', { events: [ORDER] }, 1],
  ['999 events', { events: LEADS(999) }, 999],
  ['1,000 events', { events: LEADS(1000) }, 1000],
  ['validate_only: false', { validate_only: false, events: [LEAD] }, 1],
  ['validate_only: true', { validate_only: true, events: [LEAD] }, 1],
  ['an integration_source to be trimmed and lowercased', { integration_source: ' My-Shop.1_x ', events: [] }, 0],
  ['an integration_source of 64 characters', { integration_source: 'a'.repeat(64), events: [] }, 0],
  ['the same event twice', { events: [LEAD, LEAD] }, 2],
  ['a byte order mark', `\ufeff${JSON.stringify({ events: [LEAD] })}`, 1],
]

for (const [name, body, accepted] of ACCEPTED) {
  test(`a request is accepted with ${name}`, async () => {
    const response = await post(emulatorAt(), body)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { accepted_events: accepted })
  })
}

const REQUEST_FAULTS: readonly (readonly [
  name: string,
  body: string | object | null,
  param: string | null,
  message: RegExp,
])[] = [
  ['text that is not JSON', '{', 'body', /not valid JSON/],
  ['no body', '', 'body', /not valid JSON/],
  ['null', 'null', null, /^Missing required field: events$/],
  ['an array', [LEAD], null, /^Missing required field: events$/],
  ['an event without the wrapper', LEAD, null, /^Missing required field: events$/],
  ['events under __proto__', '{"__proto__":{"events":[]}}', null, /^Missing required field: events$/],
  ['events that are null', { events: null }, 'events', /must be an array/],
  ['events that are an object', { events: {} }, 'events', /must be an array/],
  ['1,001 events', { events: LEADS(1001) }, 'events', /at most 1000/],
  ['an unknown key', { events: [], test_mode: true }, 'test_mode', /Unknown field: test_mode/],
  ['validate_only as text', { events: [], validate_only: 'true' }, 'validate_only', /boolean/],
  ['validate_only that is null', { events: [], validate_only: null }, 'validate_only', /boolean/],
  ['an empty integration_source', { events: [], integration_source: ' ' }, 'integration_source', /integration_source/],
  [
    'an integration_source of 65 characters',
    { events: [], integration_source: 'a'.repeat(65) },
    'integration_source',
    /64/,
  ],
  [
    'an integration_source that begins with a dot',
    { events: [], integration_source: '.a' },
    'integration_source',
    /letters/,
  ],
  ['an integration_source that is a number', { events: [], integration_source: 1 }, 'integration_source', /letters/],
]

for (const [name, body, param, message] of REQUEST_FAULTS) {
  test(`a request is refused as a whole with ${name}`, async () => {
    const emulator = emulatorAt()
    const response = await post(emulator, body)
    const error = await errorOf(response)
    assert.equal(response.status, 400)
    assert.equal(error.param, param)
    assert.match(error.message, message)
    assert.equal(emulator.summary().rejected_requests, 1)
  })
}

test('integration_source is known under either contract', async () => {
  for (const contract of ['2026-06', '2026-11'] as const) {
    const response = await post(emulatorAt({ contract }), { events: [], integration_source: 'x' })
    assert.equal(response.status, 200)
  }
})

test('an invalid event is named as it was observed of the API', async () => {
  const response = await post(emulatorAt(), { events: [ORDER, { ...ORDER, id: 'b', data: {} }] })
  assert.equal(response.status, 400)
  assert.deepEqual(await response.json(), {
    error: {
      message: 'Invalid event at events[1]. See errors for details.',
      type: 'invalid_request_error',
      param: 'events[1]',
      code: 'invalid_event',
      errors: [
        {
          message: 'events[1].data.type must be a supported data type.',
          param: 'events[1].data.type',
          code: 'missing_event_data_type',
        },
      ],
    },
  })
})

test('an unknown field of data has its own code', async () => {
  const response = await post(emulatorAt(), { events: [{ ...ORDER, data: { ...ORDER.data, value: 1 } }] })
  const { errors } = await errorOf(response)
  assert.equal(response.status, 400)
  assert.deepEqual(
    errors?.map(({ code, param }) => [code, param]),
    [['unknown_data_field', 'events[0].data.value']],
  )
})

const OLD = { ...LEAD, id: 'old', timestamp_ms: NOW_MS - 7 * 86_400_000 - 1 }
const EARLY = { ...LEAD, id: 'early', timestamp_ms: NOW_MS + 600_001 }
const BROKEN = { ...LEAD, data: {} }

test('a batch whose only faults are ones of time answers 422 with the first of them', async () => {
  const response = await post(emulatorAt(), { events: [LEAD, OLD, EARLY] })
  const error = await errorOf(response)
  assert.equal(response.status, 422)
  assert.equal(error.code, 'event_timestamp_too_old')
  assert.equal(error.param, 'events[1].timestamp_ms')
  assert.equal(error.message, 'event_timestamp_ms must be within the last 7 days.')
  assert.deepEqual(
    error.errors?.map(({ code }) => code),
    ['event_timestamp_too_old', 'event_timestamp_in_future'],
  )
})

test('a batch with another fault beside one of time answers 400', async () => {
  const response = await post(emulatorAt(), { events: [OLD, BROKEN] })
  assert.equal(response.status, 400)
  assert.equal((await errorOf(response)).errors?.length, 2)
})

test('one bad event rejects the whole batch: nothing is stored', async () => {
  const emulator = emulatorAt()
  await post(emulator, { events: [LEAD, BROKEN] })
  assert.deepEqual(emulator.events(), [])
})

const CALLERS: readonly (readonly [
  name: string,
  url: string,
  headers: Record<string, string>,
  status: number,
  message: RegExp,
])[] = [
  ['no key', PATH, { authorization: '' }, 401, /^Unauthorized$/],
  ['Basic authorization', PATH, { authorization: 'Basic key' }, 401, /^Unauthorized$/],
  ['an empty key', PATH, { authorization: 'Bearer ' }, 401, /^Unauthorized$/],
  ['another key', PATH, { authorization: 'Bearer other' }, 401, /^Unauthorized$/],
  [
    'a key of the wrong family',
    PATH,
    { authorization: 'Bearer adv-key' },
    401,
    /Missing scopes: ads\.third_party_events\.write/,
  ],
  ['no pid', 'http://emulator/v1/events', {}, 400, /^\[.*"pid".*Field required.*\]$/],
  ['an empty pid', 'http://emulator/v1/events?pid=', {}, 400, /Field required/],
  ['another pid', 'http://emulator/v1/events?pid=px_2', {}, 403, /^403: unknown pid$/],
]

for (const [name, url, headers, status, message] of CALLERS) {
  test(`a caller is refused with ${name}`, async () => {
    const emulator = emulatorAt({ apiKey: 'key', pixel: 'px_1' })
    const response = await emulator.fetch(url, requestOf({ events: [LEAD] }, headers))
    const error = await errorOf(response)
    assert.equal(response.status, status)
    assert.match(error.message, message)
    assert.deepEqual([error.param, error.code], [null, null])
    assert.equal(error.type, status === 403 ? 'server_error' : 'invalid_request_error')
    assert.deepEqual(emulator.events(), [])
  })
}

test('a caller is served with the right key and pid, whatever it calls its content and without a User-Agent', async () => {
  const response = await post(
    emulatorAt({ apiKey: 'key', pixel: 'px_1' }),
    { events: [LEAD] },
    { 'content-type': 'text/plain' },
  )
  assert.equal(response.status, 200)
})

test('a body of exactly maxBody bytes is read and one byte more answers 413', async () => {
  const body = JSON.stringify({ events: [LEAD] })
  const statuses = [1, 0, -1].map(
    async (more) => (await post(emulatorAt({ maxBody: body.length + more }), body)).status,
  )
  assert.deepEqual(await Promise.all(statuses), [200, 200, 413])
})

test('a gzip body is read, broken gzip answers 400, and another encoding 415', async () => {
  const send = (bytes: Uint8Array, encoding: string): Promise<Response> =>
    emulatorAt({ maxBody: 1000 }).fetch(PATH, {
      ...requestOf('', { 'content-encoding': encoding }),
      body: Uint8Array.from(bytes),
    })
  const zipped = (body: unknown): Uint8Array => gzipSync(JSON.stringify(body))
  assert.equal((await send(zipped({ events: [LEAD] }), 'gzip')).status, 200)
  assert.equal((await send(zipped({ events: LEADS(500) }), 'gzip')).status, 413)
  assert.equal((await send(Buffer.from('no gzip'), 'gzip')).status, 400)
  assert.equal((await send(Buffer.from('x'), 'br')).status, 415)
})

test('every answer carries the Date of the emulator’s clock and a request id of its own', async () => {
  const emulator = emulatorAt()
  const urls = [PATH, 'http://emulator/', 'http://emulator/_emulator/summary']
  const answers = await Promise.all(urls.map((url) => emulator.fetch(url)))
  assert.deepEqual(
    answers.map(({ headers }) => headers.get('date')),
    Array(3).fill('Thu, 19 Mar 2026 04:00:00 GMT'),
  )
  assert.equal(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size, 3)
})

test('another path answers 404 and another method 405, and neither counts as a request', async () => {
  const emulator = emulatorAt()
  assert.equal((await emulator.fetch('http://emulator/v1/event')).status, 404)
  assert.equal((await emulator.fetch('http://emulator/__proto__')).status, 404)
  const wrong = await emulator.fetch(PATH)
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST'])
  assert.equal(emulator.summary().requests, 0)
})
