import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createEmulator } from '@waybill/emulator'
import type { WireEvent } from '../contract/event.ts'
import { EMAIL_HASH, ID_HASH } from '../contract/sample.cases.ts'
import { createFakeRuntime } from './fake-runtime.cases.ts'
import type { Outcome } from './outcome.ts'
import { KEY, order, PIXEL, setUp } from './scenario.cases.ts'

const SINGULAR = { email_sha256: EMAIL_HASH, country: 'US', zip_code: '85701', obref: 'o' }
const PLURAL = { emails_sha256: [EMAIL_HASH], countries: ['US'], postal_codes: ['85701'], obref: 'o' }
const PHONE = { phone_numbers_sha256: [ID_HASH] }

const statuses = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ status }) => status)
const usersOf = (events: readonly { readonly event: unknown }[]): unknown[] =>
  events.map(({ event }) => (event as WireEvent).user)

const refusal = async (): Promise<Response> =>
  Response.json({ error: { message: 'Invalid event.', type: 'x', param: null, code: null } }, { status: 400 })

describe("contract: 'auto'", () => {
  const ACCOUNTS = [
    ['2026-06', SINGULAR, SINGULAR],
    ['2026-06', { ...PLURAL, ...PHONE }, SINGULAR],
    ['2026-11', SINGULAR, PLURAL],
    ['2026-11', { ...PLURAL, ...PHONE }, { ...PLURAL, ...PHONE }],
    ['both', SINGULAR, SINGULAR],
    ['both', { ...PLURAL, ...PHONE }, { ...PLURAL, ...PHONE }],
  ] as const
  for (const [account, user, sent] of ACCOUNTS) {
    it(`sends ${Object.keys(user)[0]} as an account of ${account} reads it`, async () => {
      const options = { contract: 'auto', preflight: 'never', invalidIdentity: 'drop' } as const
      const { client, emulator } = setUp({ emulator: { contract: account }, client: options })
      assert.deepEqual(statuses(await client.send([order(1, { user })])), ['delivered'])
      assert.deepEqual(usersOf(emulator.events(PIXEL)), [sent])
    })
  }

  it('asks once, with validate_only, and only where an event says something of its user', async () => {
    const { client, requests } = setUp({ client: { contract: 'auto', preflight: 'never' } })
    await client.send([order(1, { user: SINGULAR })])
    await client.send([order(2, { user: SINGULAR }), order(3)])
    assert.deepEqual(
      requests.map(({ validateOnly }) => validateOnly),
      // Of the four questions two are refused, and asked again.
      [true, true, true, true, true, true, false, false],
    )
  })

  it('tells in the outcome what the account cannot be told', async () => {
    const { client } = setUp({
      emulator: { contract: '2026-06' },
      client: { contract: 'auto', invalidIdentity: 'drop', preflight: 'never' },
    })
    const [outcome] = await client.send([order(1, { user: PHONE })])
    assert.deepEqual(
      outcome?.issues.map(({ code, path }) => `${code} at ${path}`),
      ['identity_not_in_contract at user.phone_numbers_sha256'],
    )
  })

  it('writes tracked events as the account reads them, also those that were tracked before it was asked', async () => {
    const { client, emulator } = setUp({ emulator: { contract: '2026-11' }, client: { contract: 'auto' } })
    client.track(order(1, { user: SINGULAR }))
    await client.flush()
    assert.deepEqual(usersOf(emulator.events(PIXEL)), [PLURAL])
  })

  it('asks again when the API begins to refuse the keys', async () => {
    const runtime = createFakeRuntime()
    const before = createEmulator({ now: runtime.now, contract: '2026-06' })
    let changed = false
    const { client, emulator } = setUp({
      runtime,
      emulator: { contract: '2026-11' },
      client: { contract: 'auto', preflight: 'never' },
      between: (send) => (input, init) => (changed ? send : before.fetch)(input, init),
    })
    const at = (): { timestamp_ms: number } => ({ timestamp_ms: runtime.now() })
    assert.deepEqual(statuses(await client.send([order(1, { user: SINGULAR, ...at() })])), ['delivered'])
    changed = true
    await runtime.sleep(120_000, new AbortController().signal)
    const outcomes = await client.send([order(2, { user: SINGULAR, ...at() }), order(3, { user: SINGULAR, ...at() })])
    assert.deepEqual(statuses(outcomes), ['delivered', 'delivered'])
    assert.deepEqual(usersOf(emulator.events(PIXEL)), [PLURAL, PLURAL])
  })

  it('takes the seed’s form where the API does not tell', async () => {
    const between = () => (async () => new Response('{"accepted_events":1}')) as typeof fetch
    const { client, requests } = setUp({ client: { contract: 'auto', preflight: 'never' }, between })
    assert.deepEqual(statuses(await client.send([order(1, { user: PLURAL })])), ['delivered'])
    assert.deepEqual(requests.at(-1)?.events[0]?.user, SINGULAR)
  })

  it('sends nothing to an API that gives no answer to the question', async () => {
    const between = () =>
      (async () => new Response('{"error":{"message":"Unauthorized"}}', { status: 401 })) as typeof fetch
    const { client, requests } = setUp({ client: { contract: 'auto', preflight: 'never' }, between })
    const [outcome] = await client.send([order(1, { user: SINGULAR })])
    assert.equal(outcome?.issues[0]?.code, 'unauthorized')
    assert.ok(requests.every(({ validateOnly }) => validateOnly))
    assert.ok(!JSON.stringify(outcome).includes(KEY))
  })

  for (const account of ['2026-06', '2026-11', 'both'] as const)
    for (let refusedFrom = 0; refusedFrom < 8; refusedFrom++)
      for (const refusedFor of [1, 2, 4, 8]) {
        const title = `an account of ${account} that refuses everything from question ${refusedFrom} for ${refusedFor}`
        it(`is not written to by what it said meanwhile: ${title}`, async () => {
          let asked = 0
          const refuses = (at: number): boolean => at >= refusedFrom && at < refusedFrom + refusedFor
          const { client, emulator } = setUp({
            emulator: { contract: account },
            client: { contract: 'auto', preflight: 'never', maxAttempts: 8 },
            between: (send) => (input, init) => (refuses(asked++) ? refusal() : send(input, init)),
          })
          // Whatever is delivered is delivered with what the account reads.
          for (let turn = 1; turn <= 6; turn++) await client.send([order(turn, { user: PLURAL })])
          const users = usersOf(emulator.events(PIXEL))
          assert.ok(users.length > 0)
          for (const user of users) assert.deepEqual(user, account === '2026-06' ? SINGULAR : PLURAL)
        })
      }

  it('verify says which form is read, and is content with either', async () => {
    for (const contract of ['2026-06', '2026-11'] as const) {
      const { client } = setUp({ emulator: { contract }, client: { contract: 'auto' } })
      const { ok, contracts } = await client.verify()
      assert.deepEqual([ok, contracts], [true, [contract]])
    }
  })
})
