import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EventInput } from '../contract/friendly-event.ts'
import { createFakeRuntime, START_MS } from './fake-runtime.cases.ts'
import type { Outcome } from './outcome.ts'
import { KEY, order, orders, type Scenario, type Setup, setUp, tally } from './scenario.cases.ts'

interface Tracking extends Scenario {
  readonly outcomes: Outcome[]
}

function tracking({ client = {}, ...setup }: Setup = {}): Tracking {
  const outcomes: Outcome[] = []
  const scenario = setUp({
    ...setup,
    client: { preflight: 'never', onOutcome: (outcome) => void outcomes.push(outcome), ...client },
  })
  return { ...scenario, outcomes }
}

describe('track', () => {
  it('returns before anything is sent or told, and flush waits until all is', async () => {
    const { client, outcomes, requests } = tracking()
    for (const event of orders(5)) assert.equal(client.track(event), undefined)
    client.track({} as never)
    assert.equal(requests.length + outcomes.length, 0)
    await client.flush()
    assert.equal(requests.length, 1)
    assert.deepEqual(outcomes.map(({ index, status }) => `${index} ${status}`).sort(), [
      '0 delivered',
      '1 delivered',
      '2 delivered',
      '3 delivered',
      '4 delivered',
      '5 refused',
    ])
  })

  it('sends as soon as flushAt events wait, and the rest after the interval', async () => {
    const { client, outcomes, requests, runtime } = tracking({ client: { flushAt: 3, flushIntervalMs: 500 } })
    const arrived = reported(outcomes, 7)
    for (const event of orders(7)) client.track(event)
    await arrived(runtime)
    assert.deepEqual(
      requests.map(({ events, atMs }) => `${events.length} at ${atMs - requests[0]!.atMs}`),
      ['3 at 0', '3 at 0', '1 at 500'],
    )
    assert.equal(runtime.sleeping(), 0, 'no timer stays')
  })

  it('leaves no timer behind after flush, so that the process may end', async () => {
    const { client, runtime } = tracking({ client: { flushIntervalMs: 3_600_000 } })
    client.track(order(0))
    await client.flush()
    assert.equal(runtime.sleeping(), 0)
    assert.equal(runtime.elapsedMs(), 0)
  })

  it('takes what the event was, whatever its writer does to it later', async () => {
    const { client, emulator } = tracking()
    const event = order(0) as { id: string }
    client.track(event as never)
    event.id = 'changed'
    await client.flush()
    assert.deepEqual(
      emulator.events().map((stored) => stored.event.id),
      ['order_0'],
    )
  })

  it('never throws, whatever it is given', async () => {
    const { client, outcomes } = tracking()
    const hostile = new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower })
    for (const event of [undefined, null, 7, 'text', Symbol('s'), hostile, [], () => {}]) {
      client.track(event as never)
      client.track(event as never, null as never)
    }
    await client.flush()
    assert.equal(outcomes.length, 16)
    assert.ok(outcomes.every(({ status }) => status === 'refused'))
  })

  it('is bounded: one event more than maxQueue is reported as queue_full, and there is room again after a flush', async () => {
    for (const maxQueue of [1, 9, 10]) {
      const { client, outcomes } = tracking({ client: { maxQueue, flushAt: 4 } })
      for (const event of orders(10)) client.track(event)
      await client.flush()
      const expected = { delivered: maxQueue, ...(maxQueue < 10 && { 'failed queue_full': 10 - maxQueue }) }
      assert.deepEqual(tally(outcomes), expected)
      client.track(order(99))
      await client.flush()
      assert.equal(outcomes.at(-1)?.status, 'delivered')
    }
  })

  it('drops one bad optional field with a warning, where send refuses; what the option says wins', async () => {
    const event = order(0, { user: { email_sha256: 'not-a-hash' } })
    for (const [invalidIdentity, tracked, sent] of [
      [undefined, 'delivered', 'refused'],
      ['drop', 'delivered', 'delivered'],
      ['refuse', 'refused', 'refused'],
    ] as const) {
      const { client, outcomes } = tracking({ client: { invalidIdentity } })
      client.track(event)
      await client.flush()
      assert.equal(outcomes[0]?.status, tracked)
      assert.equal((await client.send([event]))[0]?.status, sent)
    }
  })

  it('takes nothing after close, and says so', async () => {
    const { client, outcomes, emulator } = tracking()
    client.track(order(0))
    await client.close()
    assert.equal(emulator.summary().stored, 1)
    client.track(order(1))
    await client.close()
    assert.deepEqual(tally(outcomes), { delivered: 1, 'failed client_closed': 1 })
  })

  it('tells waitUntil of a promise that ends when everything tracked was reported', async () => {
    const { client, outcomes } = tracking()
    const promises: Promise<unknown>[] = []
    const scenario = tracking({ client: { waitUntil: (promise) => promises.push(promise) } })
    for (const event of orders(3)) scenario.client.track(event)
    scenario.client.track({} as never)
    assert.equal(promises.length, 2, 'one for the queue, one for the event that was refused at once')
    await Promise.all(promises)
    assert.equal(scenario.outcomes.length, 4)
    client.track(order(0))
    await client.flush()
    assert.equal(outcomes.length, 1)
  })

  it('tells the waitUntil of each call of a promise that ends when its event was reported, also when the batch filled early', async () => {
    const { client, outcomes } = tracking({ client: { flushAt: 3, flushIntervalMs: 3_600_000 } })
    const seen: string[][] = []
    const waiting: Promise<unknown>[] = []
    const waitUntil = (promise: Promise<unknown>): void => {
      waiting.push(promise.then(() => void seen.push(outcomes.map(({ id }) => id))))
    }
    for (const event of orders(3)) client.track(event, { waitUntil: (promise) => waitUntil(promise) })
    await Promise.all(waiting)
    assert.equal(seen.length, 3)
    for (const ids of seen) assert.deepEqual(ids.sort(), ['order_0', 'order_1', 'order_2'])
  })

  it('survives hooks that throw or reject', async () => {
    for (const onOutcome of [thrower, async () => thrower()]) {
      const { client, emulator, runtime } = tracking({ client: { onOutcome, waitUntil: thrower } })
      for (const event of orders(3)) client.track(event, { waitUntil: thrower })
      client.track({} as never)
      await client.flush()
      assert.equal(emulator.summary().stored, 3)
      assert.equal(runtime.sleeping(), 0)
    }
  })

  it('has flush wait for an onOutcome that returns a promise', async () => {
    let written = 0
    const onOutcome = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve))
      written += 1
    }
    const { client } = tracking({ client: { onOutcome } })
    for (const event of orders(3)) client.track(event)
    await client.flush()
    assert.equal(written, 3)
  })

  it('has flush end although others go on tracking', async () => {
    let more = 5
    const { client, requests, outcomes } = tracking({
      client: {
        onOutcome: (outcome) => {
          outcomes.push(outcome)
          if (more-- > 0) client.track(order(more))
        },
      },
    })
    client.track(order(99))
    await client.flush()
    assert.equal(requests.length, 1)
    while (more >= 0) await client.flush()
    assert.equal(outcomes.length, 6)
  })

  it('has an event tracked from within onOutcome delivered too', async () => {
    const { client, emulator } = tracking({
      client: {
        onOutcome: ({ id }) => {
          if (id === 'order_0') client.track(order(1))
        },
      },
    })
    client.track(order(0))
    await client.flush()
    await client.flush()
    assert.equal(emulator.summary().stored, 2)
  })

  it('reports events as failed when the API stays away, and flush ends', async () => {
    const { client, outcomes } = tracking({ emulator: { fault: { 500: 1 } } })
    for (const event of orders(3)) client.track(event)
    await client.flush()
    assert.deepEqual(tally(outcomes), { 'failed gave_up': 3 })
  })
})

describe('onOutcome', () => {
  const given: readonly (readonly [title: string, event: Record<string, unknown>])[] = [
    ['the wire form', { ...order(0) }],
    ['the friendly form', { id: 'a', type: 'lead_created', timestamp: new Date(START_MS), userAgent: 'x' }],
    ['what is no event', { colour: 'green' }],
    ['an event with a function', { ...order(0), remark: thrower }],
  ]
  for (const [title, event] of given) {
    it(`gets the event as it was given: ${title}`, async () => {
      const told: unknown[] = []
      const { client } = setUp({ client: { onOutcome: (_, event) => void told.push(event) } })
      const before = { ...event }
      client.track(event as never)
      event['id'] = 'changed'
      await client.flush()
      assert.deepEqual(told, [before])
    })
  }

  it('gets with each outcome its own event, also of those that were never queued', async () => {
    const pairs: string[] = []
    const { client } = setUp({
      client: {
        maxQueue: 3,
        flushAt: 2,
        onOutcome: ({ id, status }, event) => void pairs.push(`${id} ${status} ${(event as { id: string }).id}`),
      },
    })
    for (const event of [order(0), order(1, { type: 'no_type' }), order(2), order(3), order(4)]) client.track(event)
    await client.close()
    client.track(order(5))
    await client.flush()
    const expected = ['delivered', 'refused', 'delivered', 'delivered', 'failed', 'failed']
    assert.deepEqual(
      pairs.sort(),
      expected.map((status, index) => `order_${index} ${status} order_${index}`),
    )
  })

  it('can send again what failed', async () => {
    let isDown = true
    const between = (send: typeof fetch): typeof fetch => {
      return (input, init) => (isDown ? Promise.reject(new TypeError('fetch failed')) : send(input, init))
    }
    const failed: EventInput[] = []
    const { client, emulator } = setUp({
      between,
      client: { onOutcome: ({ status }, event) => void (status === 'failed' && failed.push(event)) },
    })
    for (const event of orders(3)) client.track(event)
    await client.flush()
    assert.deepEqual(failed, orders(3))
    isDown = false
    for (const event of failed) client.track(event)
    await client.flush()
    assert.equal(emulator.summary().stored, 3)
  })
})

describe('a client that told nobody where its outcomes go', () => {
  function warned(client: Setup['client'] = {}): Scenario & { readonly warnings: string[] } {
    const warnings: string[] = []
    const runtime = { ...createFakeRuntime(), warn: (message: string) => void warnings.push(message) }
    return { ...setUp({ runtime, client: { preflight: 'never', ...client } }), warnings }
  }
  const BAD = [
    order(0, { type: 'no_type' }),
    order(1, { type: 'no_type' }),
    order(2, { timestamp_ms: START_MS - 30 * 86_400_000 }),
    order(3),
  ]

  it('warns once for each code, and of nothing else', async () => {
    const { client, warnings } = warned()
    for (const event of [...BAD, ...BAD]) client.track(event)
    await client.flush()
    assert.deepEqual(
      warnings.map((text) => /^waybill: a tracked event was refused \((\w+) at \w+\): /.exec(text)?.[1]),
      ['unknown_event_type', 'event_timestamp_too_old'],
    )
    client.track(order(4, { type: 'no_type' }))
    await client.close()
    client.track(order(5))
    await client.flush()
    assert.match(warnings[2]!, /^waybill: a tracked event could not be delivered \(client_closed\): /)
    assert.equal(warnings.length, 3)
  })

  for (const option of ['onOutcome', 'logger'] as const) {
    it(`keeps quiet where there is ${option}`, async () => {
      const { client, warnings } = warned(option === 'logger' ? { logger: {} } : { onOutcome: () => {} })
      for (const event of BAD) client.track(event)
      await client.flush()
      assert.deepEqual(warnings, [])
    })
  }

  it('keeps quiet of what send gives to its caller', async () => {
    const { client, warnings } = warned()
    await client.send(BAD)
    assert.deepEqual(warnings, [])
  })

  it('warns on the console, and tells no value and no key', async (context) => {
    const warn = context.mock.method(console, 'warn', () => {})
    const { client } = setUp()
    client.track(order(0, { user: { email: 'ada@example.com' }, type: 'ada@example.com' }))
    await client.flush()
    assert.equal(warn.mock.callCount(), 1)
    const text = String(warn.mock.calls[0]!.arguments[0])
    assert.ok(!text.includes('ada@') && !text.includes(KEY), text)
  })

  it('lives with a console that throws', async () => {
    const { client } = setUp({ runtime: { ...createFakeRuntime(), warn: thrower } })
    client.track({} as never)
    await client.flush()
  })
})

function thrower(): never {
  throw new Error('hostile')
}

/** Resolves when so many outcomes were told; time passes meanwhile. */
function reported(outcomes: readonly Outcome[], count: number) {
  return async (runtime: Scenario['runtime']): Promise<void> => {
    while (outcomes.length < count) await runtime.sleep(100)
  }
}
