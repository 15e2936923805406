import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { order, orders, poison, setUp, tally } from './scenario.cases.ts'

const sizes = (requests: readonly { validateOnly: boolean; events: readonly unknown[] }[]): string[] =>
  requests.map(({ validateOnly, events }) => `${validateOnly ? 'validate' : 'send'} ${events.length}`)

describe("preflight 'never'", () => {
  it('sends at once', async () => {
    const { client, requests } = setUp({ client: { preflight: 'never' } })
    await client.send(orders(3))
    assert.deepEqual(sizes(requests), ['send 3'])
  })
})

describe("preflight 'always'", () => {
  it('has everything validated and then sends what passed', async () => {
    const { client, requests, emulator } = setUp({ client: { preflight: 'always' }, emulator: { poison: poison([1]) } })
    const outcomes = await client.send(orders(4))
    // The third time the named one stands between two canaries.
    assert.deepEqual(sizes(requests), ['validate 4', 'validate 3', 'validate 3', 'send 3'])
    assert.deepEqual(tally(outcomes), { delivered: 3, 'refused event_rejected': 1 })
    assert.equal(emulator.summary().stored, 3)
    assert.deepEqual(
      outcomes.map(({ attempts }) => attempts),
      [1, 0, 1, 1],
    )
  })
  it('does so each time', async () => {
    const { client, requests } = setUp({ client: { preflight: 'always' } })
    await client.send(orders(2))
    await client.send(orders(2))
    assert.deepEqual(sizes(requests), ['validate 2', 'send 2', 'validate 2', 'send 2'])
  })
})

describe("preflight 'novel', the default", () => {
  const withOppref = orders(5, { oppref: 'x' }).map((event) => ({ ...event, id: `o${event.id}` }))

  it('has one event of each new shape validated, all in one request', async () => {
    const { client, requests } = setUp()
    await client.send([...orders(5), ...withOppref])
    assert.deepEqual(sizes(requests), ['validate 2', 'send 10'])
  })

  it('sends a shape that was accepted before at once, beside the new one', async () => {
    const { client, requests } = setUp()
    await client.send(orders(5))
    requests.length = 0
    await client.send([...orders(5), ...withOppref])
    assert.deepEqual(sizes(requests).sort(), ['send 5', 'send 5', 'validate 1'])
  })

  it('refuses a failing example and lets the next of its shape stand for it', async () => {
    const { client, requests, emulator } = setUp({ emulator: { poison: poison([0]), errors: 'none' } })
    const outcomes = await client.send(orders(4))
    // The example, the canary of its shape, the example again; then the next.
    assert.deepEqual(sizes(requests), ['validate 1', 'validate 1', 'validate 1', 'validate 1', 'send 3'])
    assert.equal(outcomes[0]?.status, 'refused')
    assert.equal(emulator.summary().stored, 3)
  })

  it('keeps a faulty release from stopping the known-good flow', async () => {
    const { client, emulator } = setUp({ emulator: { poison: '^oorder', errors: 'none' } })
    await client.send(orders(5))
    const faulty = orders(50, { oppref: 'x' }).map((event) => ({ ...event, id: `o${event.id}` }))
    const outcomes = await client.send([...faulty, order(77)])
    assert.deepEqual(tally(outcomes), { 'failed unexplained_rejection': 50, delivered: 1 })
    assert.equal(emulator.summary().stored, 6)
  })

  it('cuts the examples of more than 1,000 shapes into requests of 1,000', async () => {
    const { client, requests } = setUp()
    const events = Array.from({ length: 1_200 }, (_, index) =>
      order(index, { type: 'custom', custom_event_name: `name_${index}`, data: { type: 'custom' } }),
    )
    const outcomes = await client.send(events)
    assert.deepEqual(tally(outcomes), { delivered: 1_200 })
    assert.deepEqual(sizes(requests), ['validate 1000', 'validate 200', 'send 1000', 'send 200'])
  })

  it('forgets the shape that was used longest ago beyond 1,000', async () => {
    const { client, requests } = setUp()
    const named = (from: number, count: number): ReturnType<typeof order>[] =>
      Array.from({ length: count }, (_, step) =>
        order(from + step, { type: 'custom', custom_event_name: `name_${from + step}`, data: { type: 'custom' } }),
      )
    await client.send(named(0, 1_000))
    requests.length = 0
    await client.send(named(0, 1))
    assert.deepEqual(sizes(requests), ['send 1'])
    await client.send(named(1_000, 1))
    requests.length = 0
    await client.send([...named(0, 1), ...named(1, 1)])
    assert.deepEqual(sizes(requests).sort(), ['send 1', 'send 1', 'validate 1'])
  })
})

describe('validateOnly', () => {
  it('stores nothing and calls the good ones validated, whatever the preflight', async () => {
    for (const preflight of ['always', 'novel', 'never'] as const) {
      const { client, requests, emulator } = setUp({ client: { preflight }, emulator: { poison: poison([1]) } })
      const outcomes = await client.send(orders(3), { validateOnly: true })
      assert.deepEqual(tally(outcomes), { validated: 2, 'refused event_rejected': 1 })
      assert.ok(requests.every(({ validateOnly }) => validateOnly))
      assert.equal(emulator.summary().stored, 0)
    }
  })
})
