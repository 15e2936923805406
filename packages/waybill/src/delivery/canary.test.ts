import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import fc from 'fast-check'
import { check } from '../contract/check.ts'
import type { WireEvent } from '../contract/event.ts'
import { CONTRACTS, type Contract, EVENT_NAMES, type EventName, SHAPE_OF_EVENT } from '../contract/names.ts'
import { USER_FIELDS } from '../contract/user-keys.ts'
import { CANARY_ID_PREFIX, canaryOf, leastCanary } from './canary.ts'
import { shapeKey } from './shape.ts'

const NOW = Date.UTC(2026, 2, 19, 4)
const MOMENT = { timestampMs: NOW - 60_000, number: 7 }
const SHA = 'a'.repeat(64)

/** Values of a sender, none of them those of a canary. */
const USER_VALUES: Readonly<Record<string, unknown>> = {
  email_sha256: SHA,
  external_id_sha256: SHA,
  country: 'DE',
  city: 'berlin',
  zip_code: '10115',
  ip_address: '198.51.100.7',
  user_agent: 'curl/8',
  obref: 'ob_1',
  emails_sha256: [SHA],
  external_ids_sha256: [SHA],
  phone_numbers_sha256: [SHA],
  first_names_sha256: [SHA],
  last_names_sha256: [SHA],
  countries: ['DE'],
  cities: ['berlin'],
  regions: ['bavaria'],
  postal_codes: ['10115'],
  android_advertising_id: '11111111-8cf0-11bd-b23e-10b96e40000d',
}
const ITEM_VALUES: Readonly<Record<string, unknown>> = {
  id: 'i1',
  name: 'Cup',
  content_type: 'cup',
  quantity: 3,
  amount: 100,
  currency: 'EUR',
  group_id: 'g',
  variant_dict: { colour: 'red' },
}
const DATA_VALUES: Readonly<Record<string, unknown>> = {
  amount: 300,
  currency: 'EUR',
  plan_id: 'p',
  colour: 'free',
  depth: 4,
}
const EVENT_VALUES: Readonly<Record<string, unknown>> = {
  source_url: 'https://x.example/a',
  oppref: 'o',
  opt_out: true,
}

const anyPart = (values: Readonly<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.subarray(Object.keys(values)).map((keys) => Object.fromEntries(keys.map((key) => [key, values[key]])))

const userOf = (contract: Contract): fc.Arbitrary<Record<string, unknown>> =>
  anyPart(Object.fromEntries([...USER_FIELDS[contract].keys()].map((key) => [key, USER_VALUES[key]])))

/** An event of that name with any of the known keys; not each is one that the contract takes. */
const anyEvent = (type: EventName, contract: Contract): fc.Arbitrary<object> =>
  fc
    .record({
      event: anyPart(EVENT_VALUES),
      source: fc.option(fc.constantFrom('web', 'mobile_app', 'email', 'other'), { nil: undefined }),
      data: anyPart(DATA_VALUES),
      contents: fc.option(fc.array(anyPart(ITEM_VALUES), { maxLength: 3 }), { nil: undefined }),
      user: fc.option(userOf(contract), { nil: undefined }),
    })
    .map(({ event, source, data, contents, user }) => ({
      id: 'order_1',
      type,
      timestamp_ms: NOW - 1_000,
      ...(type === 'custom' && { custom_event_name: 'quiz_done' }),
      ...event,
      ...(source !== undefined && { action_source: source }),
      data: { type: SHAPE_OF_EVENT[type], ...data, ...(contents !== undefined && { contents }) },
      ...(user !== undefined && { user }),
    }))

/** The same, as far as the contract takes it: what is left is what a sender's shapes are. */
const goodEvent = (type: EventName, contract: Contract): fc.Arbitrary<WireEvent> =>
  anyEvent(type, contract)
    .map((event) => withoutWhatIsRefused(event, contract))
    .filter((event) => event !== undefined)

/** Keys that the name does not take are left out, one by one. */
function withoutWhatIsRefused(event: object, contract: Contract): WireEvent | undefined {
  const copy = structuredClone(event)
  for (let round = 0; round < 40; round++) {
    const result = check(copy, { now: NOW, contract })
    if (result.ok) return result.event
    const wrong = result.issues.find(({ severity }) => severity === 'error')!
    if (!leaveOut(copy, wrong.path)) return undefined
  }
  return undefined
}

function leaveOut(event: object, path: string): boolean {
  // What is missing is not there to be left out: of a money without currency the money goes.
  const steps = path.replace(/\[(\d+)\]/g, '.$1').split('.')
  const key = steps.pop()!
  let at = event as Record<string, unknown>
  for (const step of steps) at = (at?.[step] ?? {}) as Record<string, unknown>
  for (const candidate of [key, key === 'currency' ? 'amount' : 'action_source'])
    if (Object.hasOwn(at, candidate)) return delete at[candidate]
  return false
}

const isTaken = async (emulator: ReturnType<typeof createEmulator>, wire: string): Promise<unknown> => {
  const answer = await emulator.fetch('https://api.example/v1/events?pid=px', {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: `{"validate_only":true,"events":[${wire}]}`,
  })
  return answer.status === 200 ? true : await answer.text()
}

for (const contract of CONTRACTS)
  describe(`a canary under ${contract}`, () => {
    const emulator = createEmulator({ contract, now: NOW })
    for (const type of EVENT_NAMES)
      it(`of ${type} has the shape that it stands for, whatever keys that has, and is good`, async () => {
        const whole = fc.asyncProperty(goodEvent(type, contract), async (event) => {
          const shape = shapeKey(event)
          const wire = canaryOf(shape, MOMENT)!
          const canary = JSON.parse(wire) as WireEvent
          assert.equal(shapeKey(canary), shape)
          assert.deepEqual(check(canary, { now: NOW, contract }), { ok: true, event: canary, warnings: [] })
          assert.equal(await isTaken(emulator, wire), true)
        })
        await fc.assert(whole, { numRuns: 60 })
      })

    it('is the least one where nothing is known, which is good too', async () => {
      const wire = leastCanary(MOMENT)
      const canary = JSON.parse(wire) as WireEvent
      assert.deepEqual(check(canary, { now: NOW, contract }), { ok: true, event: canary, warnings: [] })
      assert.deepEqual(Object.keys(canary).sort(), ['data', 'id', 'timestamp_ms', 'type'])
      assert.deepEqual(Object.keys(canary.data), ['type'])
      assert.equal(await isTaken(emulator, wire), true)
    })

    it('with every key of user there is is good', async () => {
      const user = Object.fromEntries([...USER_FIELDS[contract].keys()].map((key) => [key, USER_VALUES[key]]))
      const event = { id: 'x', type: 'lead_created', timestamp_ms: NOW, data: { type: 'customer_action' }, user }
      const wire = canaryOf(shapeKey(event as unknown as WireEvent), MOMENT)!
      assert.deepEqual(Object.keys((JSON.parse(wire) as { user: object }).user).sort(), Object.keys(user).sort())
      assert.equal(await isTaken(emulator, wire), true)
    })
  })

describe('a canary', () => {
  it('with user keys of one generation is refused by an account that reads the other', async () => {
    const wire = canaryOf('lead_created|data,id,timestamp_ms,type,user|type||emails_sha256', MOMENT)!
    assert.equal(await isTaken(createEmulator({ contract: '2026-11', now: NOW }), wire), true)
    assert.notEqual(await isTaken(createEmulator({ contract: '2026-06', now: NOW }), wire), true)
  })

  it('is known by its id, which is another each time', () => {
    const ids = [1, 2].map((number) => (JSON.parse(leastCanary({ ...MOMENT, number })) as WireEvent).id)
    assert.notEqual(ids[0], ids[1])
    for (const id of ids) assert.ok(id.startsWith(CANARY_ID_PREFIX))
  })

  it('bears the time that it is given', () => {
    const canary = JSON.parse(leastCanary({ timestampMs: 1_234, number: 1 })) as WireEvent
    assert.equal(canary.timestamp_ms, 1_234)
  })

  for (const shape of ['', 'order_shipped|id|type||', 'constructor|||', '__proto__||||', 'custom_event|||'])
    it(`there is none of the shape "${shape}"`, () => assert.equal(canaryOf(shape, MOMENT), undefined))
})
