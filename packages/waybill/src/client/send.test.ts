import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EventInput } from '../contract/friendly-event.ts'
import { ConfigError } from '../errors.ts'
import { countingSignal } from './counting-signal.cases.ts'
import { order, orders, PIXEL, poison, setUp, tally } from './scenario.cases.ts'

describe('send', () => {
  it('gives one outcome for each event, in input order, and posts to the pixel', async () => {
    const { client, requests } = setUp({ emulator: { poison: poison([1]) }, client: { preflight: 'never' } })
    const outcomes = await client.send([order(0), order(1), { id: 'x' } as never, order(3)])
    assert.deepEqual(
      outcomes.map(({ index, id, status }) => `${index} ${id} ${status}`),
      ['0 order_0 delivered', '1 order_1 refused', '2 x refused', '3 order_3 delivered'],
    )
    assert.equal(requests[0]?.url, `https://bzr.openai.com/v1/events?pid=${PIXEL}`)
    assert.equal(requests[0].headers.get('content-type'), 'application/json')
    assert.match(requests[0].headers.get('user-agent') ?? '', /^waybill\/\d/)
  })

  it('sends nothing and gives nothing for no events', async () => {
    const { client, requests } = setUp()
    assert.deepEqual(await client.send([]), [])
    assert.equal(requests.length, 0)
  })

  for (const input of [undefined, null, {}, 'events', order(0), new Set([order(0)])]) {
    it(`throws for ${JSON.stringify(input) ?? input}, which is no array`, async () => {
      const { client } = setUp()
      await assert.rejects(
        client.send(input as never),
        (error) => error instanceof ConfigError && error.code === 'not_an_array',
      )
    })
  }

  it('gives an outcome for everything in an array that is none of ours', async () => {
    const { client } = setUp({ client: { preflight: 'never' } })
    const hostile: unknown[] = [
      null,
      undefined,
      7,
      'text',
      [],
      () => {},
      Symbol('s'),
      1n,
      new Proxy({}, { get: fail, ownKeys: fail, has: fail }),
    ]
    hostile[12] = order(12)
    Object.defineProperty(hostile, 10, { get: fail, enumerable: true })
    const outcomes = await client.send(hostile as EventInput[])
    assert.equal(outcomes.length, 13)
    outcomes.forEach(({ index, status, issues }, position) => {
      assert.equal(index, position)
      assert.equal(status, position === 12 ? 'delivered' : 'refused')
      assert.equal(issues.length > 0, position !== 12)
    })
    function fail(): never {
      throw new Error('hostile')
    }
  })

  it('sends what the events were when it was called, whatever their writer does to them later', async () => {
    const { client, emulator } = setUp()
    const events = orders(3) as { id: string }[]
    const sending = client.send(events as never)
    for (const event of events) event.id = 'changed'
    events.length = 0
    const outcomes = await sending
    assert.deepEqual(
      outcomes.map(({ id }) => id),
      ['order_0', 'order_1', 'order_2'],
    )
    assert.deepEqual(
      emulator.events().map(({ event }) => event.id),
      ['order_0', 'order_1', 'order_2'],
    )
  })

  it('sends a valid wire event byte for byte as it came', async () => {
    const { client, requests } = setUp({ client: { preflight: 'never' } })
    const event = order(0, { oppref: ' %E2%9C%93+ ', opt_out: false })
    await client.send([event])
    assert.ok(requests[0]?.text.includes(JSON.stringify(event)))
  })

  it('keeps the warnings of the local check in the outcome', async () => {
    const { client } = setUp()
    const [outcome] = await client.send([order(0, { data: { type: 'contents', amount: 1, currency: 'usd' } })])
    assert.equal(outcome?.status, 'delivered')
    assert.deepEqual(
      outcome.issues.map(({ code }) => code),
      ['currency_uppercased'],
    )
  })

  it('counts the attempts of each event', async () => {
    const { client } = setUp({ emulator: { poison: poison([2]), errors: 'all' }, client: { preflight: 'never' } })
    const outcomes = await client.send(orders(4))
    assert.deepEqual(
      outcomes.map(({ attempts }) => attempts),
      [2, 2, 1, 2],
    )
  })

  it('names the integration under either contract', async () => {
    for (const contract of ['2026-06', '2026-11'] as const) {
      const { client, requests } = setUp({
        client: { contract, integrationSource: ' My-Shop.v2 ', preflight: 'never' },
      })
      assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
      const { integration_source } = JSON.parse(requests[0]!.text) as { integration_source?: string }
      assert.equal(integration_source, 'my-shop.v2')
    }
  })

  it('works when a logger throws at every word', async () => {
    const fail = (): never => {
      throw new Error('disk full')
    }
    const logger = { debug: fail, info: fail, warn: fail, error: fail }
    const { client } = setUp({ emulator: { fault: { 500: 0.5 } }, client: { logger } })
    assert.deepEqual(tally(await client.send(orders(3))), { delivered: 3 })
  })
})

describe('answers that concern everybody', () => {
  const CASES = [
    ['another key', { apiKey: 'another' }, {}, 'unauthorized'],
    ['a key of the wrong family', {}, { apiKey: 'adv-123' }, 'wrong_key_family'],
    ['an unknown pixel', { pixel: 'another' }, {}, 'unknown_pixel'],
  ] as const
  for (const [title, emulator, client, code] of CASES) {
    it(`stop the send at once, and refuse nobody: ${title}`, async () => {
      const { client: sender, requests } = setUp({ emulator, client })
      assert.deepEqual(tally(await sender.send(orders(3_000))), { [`failed ${code}`]: 3_000 })
      assert.equal(requests.length, 1)
    })
  }
  for (const status of [301, 302, 307, 308]) {
    it(`stop the send at once, and are not followed: ${status}`, async () => {
      const between = () =>
        (async () => new Response(null, { status, headers: { location: 'https://elsewhere.example' } })) as typeof fetch
      const { client, requests } = setUp({ between })
      assert.deepEqual(tally(await client.send(orders(3))), { 'failed redirected': 3 })
      assert.equal(requests.length, 1)
    })
  }
})

describe('a signal', () => {
  it('that aborted before ends the send before anything leaves; what the check refused stays refused', async () => {
    const { client, requests } = setUp()
    const outcomes = await client.send([order(0), { id: 'x' } as never], { signal: AbortSignal.abort() })
    assert.deepEqual(
      outcomes.map(({ status, issues }) => `${status} ${issues[0]?.code}`),
      ['failed aborted', 'refused missing_field'],
    )
    assert.equal(requests.length, 0)
  })

  for (const maxAttempts of [1, 8]) {
    it(`that aborts during a request leaves its events failed as aborted (maxAttempts ${maxAttempts})`, async () => {
      const stop = new AbortController()
      const { client, runtime } = setUp({
        emulator: { fault: { timeout: 1 } },
        client: { preflight: 'never', maxAttempts },
        between: (send) => (input, init) => {
          setImmediate(() => stop.abort())
          return send(input, init)
        },
      })
      const outcomes = await client.send(orders(2), { signal: stop.signal })
      assert.deepEqual(tally(outcomes), { 'failed aborted': 2 })
      assert.equal(runtime.sleeping(), 0)
    })
  }

  it('that aborts during a pause ends the pause', async () => {
    const stop = new AbortController()
    const between = () =>
      (async () => {
        setImmediate(() => stop.abort())
        return new Response('', { status: 503, headers: { 'retry-after': '50' } })
      }) as typeof fetch
    const { client, runtime } = setUp({ between, client: { preflight: 'never' } })
    assert.deepEqual(tally(await client.send(orders(1), { signal: stop.signal })), { 'failed aborted': 1 })
    assert.equal(runtime.elapsedMs(), 0)
  })

  it('keeps what was delivered before it aborted', async () => {
    const stop = new AbortController()
    let requests = 0
    const { client } = setUp({
      client: { preflight: 'never', concurrency: 1 },
      between: (send) => (input, init) => {
        requests += 1
        if (requests === 2) stop.abort()
        return send(input, init)
      },
    })
    assert.deepEqual(tally(await client.send(orders(2_500), { signal: stop.signal })), {
      delivered: 1_000,
      'failed aborted': 1_500,
    })
  })

  it('that lives long keeps no listener of a send that is over', async () => {
    const signal = countingSignal()
    const { client } = setUp({ emulator: { fault: { 500: 0.3 }, poison: poison([3]), errors: 'none' } })
    for (let round = 0; round < 20; round++) await client.send(orders(10), { signal })
    await client.verify({ signal })
    assert.equal(signal.listeners(), 0)
  })
})
