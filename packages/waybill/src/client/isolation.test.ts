import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { draw, seededRandom } from '../delivery/plan.cases.ts'
import type { Outcome } from './outcome.ts'
import { orders, poison, setUp, tally } from './scenario.cases.ts'

const COUNT = 1_000
/** Events keep their clock, so that the same ones serve every draw. */
const EVENTS = orders(COUNT)
const DRAWS = 8

async function requestsFor(
  bad: ReadonlySet<number>,
  errors: 'all' | 'first' | 'none' | 'wrong' = 'none',
): Promise<number> {
  const { client, emulator } = setUp({
    emulator: { keep: 'count', errors, poison: poison(bad) },
    client: { preflight: 'never' },
  })
  const outcomes = await client.send(EVENTS)
  const refused = outcomes.filter(({ status }) => status === 'refused').map(({ index }) => index)
  assert.deepEqual(new Set(refused), bad)
  assert.equal(outcomes.filter(({ status }) => status === 'delivered').length, COUNT - bad.size)
  // `count` forgets keys, so an event that was accepted twice would show here.
  assert.equal(emulator.summary().stored, COUNT - bad.size)
  return emulator.summary().requests
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

describe('client and emulator, 1,000 events, the API names nobody, no preflight', () => {
  for (const [count, ceiling] of [
    [1, 14],
    [2, 25],
    [5, 53],
    [10, 92],
  ] as const) {
    it(`take at most ${ceiling} requests for ${count} bad events, in the mean`, async () => {
      const requests: number[] = []
      for (let seed = 1; seed <= DRAWS; seed++) requests.push(await requestsFor(draw(count, COUNT, seededRandom(seed))))
      assert.ok(mean(requests) <= ceiling, `${requests}`)
    })
  }

  it('take at most 36 requests for a run of 10 neighbours, each alone in two of them', async () => {
    const requests: number[] = []
    for (const first of [0, 137, 480, 613, 989])
      requests.push(await requestsFor(new Set(Array.from({ length: 10 }, (_, step) => first + step))))
    assert.ok(mean(requests) <= 36, `${requests}`)
  })

  it('stop at a fault of all after fewer than 40 requests, and call nobody refused', async () => {
    for (const errors of ['all', 'first', 'none', 'wrong'] as const) {
      const { client, emulator } = setUp({ emulator: { errors, poison: '^order_' }, client: { preflight: 'never' } })
      const outcomes = await client.send(EVENTS)
      assert.deepEqual(tally(outcomes), { 'failed unexplained_rejection': COUNT })
      assert.ok(emulator.summary().requests < 40, `${errors}: ${emulator.summary().requests}`)
    }
  })

  it('stop after fewer than 25 requests at an API that refuses the least event too, and call nobody refused', async () => {
    for (const errors of ['first', 'none', 'wrong'] as const) {
      const { client, emulator } = setUp({ emulator: { errors, poison: '.' }, client: { preflight: 'never' } })
      const outcomes = await client.send(EVENTS)
      assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['failed']))
      assert.ok(tally(outcomes)['failed not_judging']! >= COUNT - 10, JSON.stringify(tally(outcomes)))
      assert.ok(emulator.summary().requests < 25, `${errors}: ${emulator.summary().requests}`)
    }
  })
})

describe('client and emulator, 1,000 events of which one is good', () => {
  const GOOD = 500
  const OTHERS = new Set([...EVENTS.keys()].filter((index) => index !== GOOD))
  const FATES: readonly (readonly [errors: 'all' | 'first' | 'none', others: string])[] = [
    ['none', 'failed unexplained_rejection'],
    ['first', 'failed unexplained_rejection'],
    ['all', 'refused'],
  ]
  for (const [errors, others] of FATES) {
    it(`are ${others} but for the good one, which is not refused (the API names ${errors})`, async () => {
      const { client } = setUp({ emulator: { errors, poison: poison(OTHERS) }, client: { preflight: 'never' } })
      const outcomes = await client.send(EVENTS)
      const fates = new Set(outcomes.filter(({ index }) => index !== GOOD).map(fateOf))
      assert.deepEqual([...fates], [others])
      assert.equal(fateOf(outcomes[GOOD]!), errors === 'all' ? 'delivered' : others)
    })
  }
})

/** Of what was refused the API's own code does not matter here. */
function fateOf({ status, issues }: Outcome): string {
  return status === 'failed' ? `failed ${issues[0]?.code}` : status
}

describe('client and emulator, 1,000 events, the API names', () => {
  it('all bad events: three requests, the last with the named between canaries', async () => {
    for (const count of [1, 7, 400]) assert.equal(await requestsFor(draw(count, COUNT, seededRandom(count)), 'all'), 3)
  })
  it('the first bad event: at most six more than there are bad ones, and one for each that is asked again', async () => {
    for (const count of [1, 2, 5, 10, 20]) {
      const requests = await requestsFor(draw(count, COUNT, seededRandom(count)), 'first')
      assert.ok(requests <= 2 * count + 6, `${count}: ${requests}`)
    }
  })
  it('the wrong events: exactly the bad ones are refused all the same', async () => {
    for (const count of [1, 2, 5, 10]) await requestsFor(draw(count, COUNT, seededRandom(count)), 'wrong')
  })
})

describe('several requests side by side', () => {
  it('never call an event delivered that stayed here because its shape was held meanwhile', async () => {
    const { client, emulator } = setUp({
      emulator: { errors: 'none', poison: '^order_' },
      client: { preflight: 'never' },
    })
    const outcomes = await client.send(orders(5_000))
    assert.deepEqual(tally(outcomes), { 'failed unexplained_rejection': 5_000 })
    assert.equal(emulator.summary().stored, 0)
  })

  it('keep the sound shape going beside the one that is held', async () => {
    const { client, emulator } = setUp({
      emulator: { errors: 'none', poison: '^order_\\d*[02468]$' },
      client: { preflight: 'never' },
    })
    const events = orders(3_000).map((event, index) => (index % 2 === 0 ? { ...event, oppref: 'new' } : event))
    const outcomes = await client.send(events)
    for (const { index, status } of outcomes) assert.equal(status, index % 2 === 0 ? 'failed' : 'delivered')
    assert.equal(emulator.summary().stored, 1_500)
  })
})

describe('a shape that was held', () => {
  const broken = { isBroken: true }
  const refusing =
    (state: { isBroken: boolean }) =>
    (send: typeof fetch) =>
    async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const { events } = JSON.parse(String(init?.body)) as { events: { id: string }[] }
      const isBad = events.some(({ id }) => (state.isBroken && id.startsWith('order_')) || id === 'order_0')
      if (!isBad) return send(input, init)
      const error = { message: 'Invalid event.', type: 'invalid_request_error', param: null, code: 'invalid_event' }
      return new Response(JSON.stringify({ error }), { status: 400 })
    }

  it('is tried with a few of its events in the next send, and freed by the first that passes', async () => {
    const { client, emulator, requests } = setUp({ between: refusing(broken), client: { preflight: 'never' } })
    assert.deepEqual(tally(await client.send(orders(100))), { 'failed unexplained_rejection': 100 })
    requests.length = 0
    assert.deepEqual(tally(await client.send(orders(100))), { 'failed unexplained_rejection': 100 })
    assert.equal(requests.length, 4)
    assert.ok(requests.every(({ events }) => events.length === 1))
    broken.isBroken = false
    const outcomes = await client.send(orders(100))
    assert.deepEqual(tally(outcomes), { delivered: 99, 'refused invalid_event': 1 })
    assert.equal(emulator.summary().stored, 99)
  })
})
