import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_AGE_MS } from '../contract/limits.ts'
import { createFakeRuntime, START_MS } from './fake-runtime.cases.ts'
import { brokenPromises, isOurs, order, orders, setUp, tally } from './scenario.cases.ts'

const TIMEOUT_MS = 30_000
const MARGIN_MS = 5_000
/** An event that has so many milliseconds until its window closes. */
const withLeft = (index: number, leftMs: number): ReturnType<typeof order> =>
  order(index, { timestamp_ms: START_MS - MAX_AGE_MS + leftMs })

describe('the time window', () => {
  for (const [leftMs, status] of [
    [MARGIN_MS + 1, 'delivered'],
    [MARGIN_MS, 'delivered'],
    [MARGIN_MS - 1, 'refused'],
  ] as const) {
    it(`lets an event with ${leftMs} ms left be ${status}: the margin is 5 seconds`, async () => {
      const { client, requests } = setUp({ client: { preflight: 'never', timeoutMs: TIMEOUT_MS } })
      const [outcome] = await client.send([withLeft(0, leftMs)])
      assert.equal(outcome?.status, status)
      assert.equal(requests.length, status === 'delivered' ? 1 : 0)
      if (status === 'refused') assert.equal(outcome.issues[0]?.code, 'expires_too_soon')
    })
  }

  it('is looked at again before each attempt: an event whose window closed while it waited stays here', async () => {
    const runtime = createFakeRuntime()
    const slowlyBroken = () =>
      (async () => {
        await runtime.sleep(700)
        return new Response('', { status: 500 })
      }) as typeof fetch
    const scenario = setUp({
      runtime,
      between: slowlyBroken,
      client: { preflight: 'never', timeoutMs: TIMEOUT_MS, maxAttempts: 20 },
    })
    const events = [withLeft(0, MARGIN_MS + 2_000)]
    const [outcome] = await scenario.client.send(events)
    assert.deepEqual(tally([outcome!]), { 'refused event_timestamp_too_old': 1 })
    assert.ok(scenario.requests.length > 1)
    for (const { atMs } of scenario.requests.filter(({ events: all }) => all.every(isOurs)))
      assert.ok(atMs + MARGIN_MS <= events[0]!.timestamp_ms + MAX_AGE_MS)
  })

  for (const jumpMs of [3_600_000, -3_600_000])
    it(`a clock that is set by ${jumpMs} ms while a request waits moves neither the pause nor the end of the send`, async () => {
      const runtime = createFakeRuntime()
      let answers = 0
      const between =
        (send: typeof fetch): typeof fetch =>
        async (input, init) => {
          if (++answers > 1) return send(input, init)
          runtime.setClock(runtime.now() + jumpMs)
          return new Response('', { status: 429, headers: { 'retry-after': '20' } })
        }
      const { client } = setUp({ runtime, between, client: { preflight: 'never' } })
      const [outcome] = await client.send([order(1, { timestamp_ms: START_MS - 2 * 3_600_000 })])
      assert.equal(outcome?.status, 'delivered')
      assert.ok(runtime.elapsedMs() >= 20_000 && runtime.elapsedMs() < 21_000, `${runtime.elapsedMs()}`)
    })

  it('takes no neighbour along when it closes for one while the request waits', async () => {
    let failures = 0
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) =>
        failures++ < 4 ? new Response('', { status: 503, headers: { 'retry-after': '20' } }) : send(input, init)
    const scenario = setUp({ between, client: { preflight: 'never', timeoutMs: TIMEOUT_MS } })
    const events = [withLeft(0, MARGIN_MS + 40_000), withLeft(1, MARGIN_MS + 41_000), withLeft(2, 300_000)]
    const outcomes = await scenario.client.send(events)
    const late = outcomes.filter(({ status }) => status === 'refused').map(({ id }) => id)
    assert.deepEqual(brokenPromises(scenario, events, outcomes, { bad: new Set(late) }), [])
    assert.equal(outcomes[2]?.status, 'delivered')
  })

  it('sends events within 10 minutes of their end in requests of their own, and first', async () => {
    const { client, requests } = setUp({ client: { preflight: 'never', concurrency: 1 } })
    await client.send([...orders(3), withLeft(8, 599_999), withLeft(9, 600_000), withLeft(10, 60_000)])
    const ids = requests.map(({ events }) => events.map(({ id }) => id).join(' '))
    assert.deepEqual(ids, ['order_8 order_10', 'order_0 order_1 order_2 order_9'])
  })

  it('counts the clock of the API where that is up to a minute ahead of ours, and not where it is behind or plainly wrong', async () => {
    for (const [aheadMs, status] of [
      [60_000, 'refused'],
      [61_000, 'delivered'],
      [-60_000, 'delivered'],
      [30 * 24 * 3_600_000, 'delivered'],
    ] as const) {
      const runtime = createFakeRuntime()
      const between =
        (send: typeof fetch): typeof fetch =>
        async (input, init) => {
          const response = await send(input, init)
          return new Response(response.body, { headers: { date: new Date(runtime.now() + aheadMs).toUTCString() } })
        }
      const { client } = setUp({ runtime, between, client: { preflight: 'never', timeoutMs: TIMEOUT_MS } })
      await client.send(orders(1))
      const [outcome] = await client.send([withLeft(1, MARGIN_MS + 30_000)])
      assert.equal(outcome?.status, status)
    }
  })

  it('calls nobody refused whom the API calls too old and our clock young, and lets the others pass', async () => {
    const runtime = createFakeRuntime()
    const { client } = setUp({
      runtime,
      emulator: { now: () => runtime.now() + 3_600_000 },
      client: { preflight: 'never' },
    })
    const events = [order(0), order(1, { timestamp_ms: START_MS - MAX_AGE_MS + 1_800_000 }), order(2)]
    assert.deepEqual(tally(await client.send(events)), { delivered: 2, 'failed unconfirmed_rejection': 1 })
  })

  it('leaves what is more than 10 minutes ahead to the local check', async () => {
    const { client, requests } = setUp()
    const outcomes = await client.send([order(0, { timestamp_ms: START_MS + 600_001 })])
    assert.deepEqual(tally(outcomes), { 'refused event_timestamp_in_future': 1 })
    assert.equal(requests.length, 0)
  })
})
