import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorNaming } from './options.ts'
import { emulatorAt, errorOf, LEAD, NOW_MS, post } from './sample.cases.ts'

const GOOD = LEAD
const BAD = { ...LEAD, data: {}, id: '' }
const OLD = { ...LEAD, timestamp_ms: NOW_MS - 8 * 86_400_000 }

type NamingCase = readonly [
  naming: ErrorNaming,
  events: unknown[],
  status: number,
  param: string | null,
  params: string[] | undefined,
]

const CASES: readonly NamingCase[] = [
  ['all', [GOOD, BAD, OLD], 400, 'events[1]', ['events[1].id', 'events[1].data.type', 'events[2].timestamp_ms']],
  ['first', [GOOD, BAD, OLD], 400, 'events[1]', ['events[1].id', 'events[1].data.type']],
  ['first', [OLD, GOOD, BAD], 400, 'events[0]', ['events[0].timestamp_ms']],
  ['first', [GOOD, OLD, OLD], 422, 'events[1].timestamp_ms', ['events[1].timestamp_ms']],
  ['none', [GOOD, BAD], 400, null, undefined],
  ['none', [OLD], 400, null, undefined],
  ['wrong', [BAD, GOOD, GOOD], 400, 'events[1]', ['events[1].id', 'events[1].data.type']],
  ['wrong', [GOOD, GOOD, BAD], 400, 'events[1]', ['events[1].id', 'events[1].data.type']],
  ['wrong', [GOOD, OLD], 422, 'events[0].timestamp_ms', ['events[0].timestamp_ms']],
  ['wrong', [BAD], 400, 'events[1]', ['events[1].id', 'events[1].data.type']],
]

for (const [errors, events, status, param, params] of CASES) {
  const shown = events.map((event) => (event === GOOD ? 'good' : event === BAD ? 'bad' : 'old')).join(' ')
  test(`with errors "${errors}" the batch "${shown}" names ${param}`, async () => {
    const response = await post(emulatorAt({ errors }), { events })
    const error = await errorOf(response)
    assert.equal(response.status, status)
    assert.equal(error.param, param)
    assert.deepEqual(error.errors?.map((field) => field.param).sort(), params?.sort())
  })
}

test('with errors "none" the answer names nobody', async () => {
  const response = await post(emulatorAt({ errors: 'none' }), { events: [BAD] })
  assert.deepEqual(await response.json(), {
    error: { message: 'Invalid event.', type: 'invalid_request_error', param: null, code: 'invalid_event' },
  })
})

test('a poisoned event is named with the code event_rejected, also in a request that only validates', async () => {
  for (const validate_only of [true, false]) {
    const response = await post(emulatorAt({ poison: '^poison_' }), {
      validate_only,
      events: [GOOD, { ...GOOD, id: 'poison_1' }],
    })
    const error = await errorOf(response)
    assert.equal(response.status, 400)
    assert.deepEqual(error.errors, [{ message: 'events[1] was rejected.', param: 'events[1]', code: 'event_rejected' }])
  }
})
