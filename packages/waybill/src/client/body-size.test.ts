import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { utf8Bytes } from '../delivery/chunk.ts'
import { brokenPromises, order, orders, setUp, tally } from './scenario.cases.ts'

describe('requests', () => {
  it('keep to maxBodyBytes in real UTF-8 bytes', async () => {
    const maxBodyBytes = 1_500
    const { client, requests } = setUp({ client: { preflight: 'never', maxBodyBytes } })
    const events = orders(60).map((event, index) => ({
      ...event,
      data: { ...event.data, contents: [{ name: '😀'.repeat(index % 20) }] },
    }))
    assert.deepEqual(tally(await client.send(events)), { delivered: 60 })
    for (const { text } of requests) assert.ok(utf8Bytes(text) <= maxBodyBytes)
    const [smallest] = requests.map(({ text }) => text.length / utf8Bytes(text)).sort((a, b) => a - b)
    assert.ok(smallest! < 0.9, 'characters and bytes differ here')
  })

  it('hold one event up to the limit exactly; one byte more is refused before anything is sent', async () => {
    const probe = setUp({ client: { preflight: 'never' } })
    await probe.client.send(orders(1))
    const bytes = utf8Bytes(probe.requests[0]!.text)
    for (const [maxBodyBytes, expected] of [
      [bytes + 1, { delivered: 1 }],
      [bytes, { delivered: 1 }],
      [bytes - 1, { 'refused event_too_large': 1 }],
    ] as const) {
      const { client, requests } = setUp({ client: { preflight: 'never', maxBodyBytes } })
      assert.deepEqual(tally(await client.send(orders(1))), expected)
      assert.equal(requests.length, 'delivered' in expected ? 1 : 0)
    }
  })

  it('hold at most 1,000 events', async () => {
    const { client, requests } = setUp({ client: { preflight: 'never', concurrency: 1 } })
    await client.send(orders(2_001))
    assert.deepEqual(
      requests.map(({ events }) => events.length),
      [1_000, 1_000, 1],
    )
  })
})

describe('413', () => {
  const maxBody = 10_000

  it('halves the request, and what was cut before is cut again before it is sent', async () => {
    const scenario = setUp({
      emulator: { maxBody },
      client: { preflight: 'never', maxBodyBytes: 80_000, concurrency: 1 },
    })
    const events = orders(2_000)
    const outcomes = await scenario.client.send(events)
    assert.deepEqual(brokenPromises(scenario, events, outcomes), [])
    const tooLarge = scenario.requests.filter(({ status }) => status === 413)
    assert.ok(tooLarge.length <= 12, `${tooLarge.length} of ${scenario.requests.length} were too large`)
  })

  it('is remembered by the next send', async () => {
    const { client, requests } = setUp({ emulator: { maxBody }, client: { preflight: 'never' } })
    await client.send(orders(500))
    requests.length = 0
    await client.send(orders(500))
    assert.deepEqual(
      requests.filter(({ status }) => status === 413),
      [],
    )
  })

  it('is remembered once for requests that were under way together', async () => {
    const { client, requests } = setUp({
      emulator: { maxBody },
      client: { preflight: 'never', maxBodyBytes: 18_000, concurrency: 8 },
    })
    await client.send(orders(2_000))
    requests.length = 0
    await client.send(orders(500))
    assert.ok(Math.max(...requests.map(({ text }) => utf8Bytes(text))) > 8_000)
  })

  it('for one event alone refuses it as too large, and its neighbours pass', async () => {
    const scenario = setUp({ emulator: { maxBody: 70_000 }, client: { preflight: 'never' } })
    const fat = order(1, { data: { type: 'contents', contents: [{ name: 'x'.repeat(80_000) }] } })
    const events = [order(0), fat, order(2)]
    const outcomes = await scenario.client.send(events)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['delivered', 'refused', 'delivered'],
    )
    assert.equal(outcomes[1]?.issues[0]?.code, 'event_too_large')
  })

  it('for a small event alone is no refusal: it failed and may be sent again', async () => {
    const scenario = setUp({ emulator: { maxBody: 2_000 }, client: { preflight: 'never' } })
    const events = [order(0), order(1, { data: { type: 'contents', contents: [{ name: 'x'.repeat(3_000) }] } })]
    assert.deepEqual(tally(await scenario.client.send(events)), { delivered: 1, 'failed unconfirmed_rejection': 1 })
  })

  it('to everything is a fault of the way: nobody is refused, and the next send is as large as ever', async () => {
    let isBroken = true
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) =>
        isBroken ? new Response('too large', { status: 413 }) : send(input, init)
    const { client, requests } = setUp({ between, client: { preflight: 'never' } })
    assert.deepEqual(tally(await client.send(orders(3))), { 'failed everything_too_large': 3 })
    isBroken = false
    requests.length = 0
    assert.deepEqual(tally(await client.send(orders(1_000))), { delivered: 1_000 })
    assert.equal(requests.length, 1)
  })

  it('that passes lets bodies grow again', async () => {
    const limit = { bytes: 10_000 }
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) =>
        String(init?.body).length > limit.bytes ? new Response('', { status: 413 }) : send(input, init)
    const { client, requests } = setUp({ between, client: { preflight: 'never', concurrency: 1 } })
    await client.send(orders(1_000))
    limit.bytes = Number.POSITIVE_INFINITY
    await client.send(orders(5_000))
    requests.length = 0
    await client.send(orders(1_000))
    assert.ok(requests.length <= 2, `${requests.length}`)
  })
})
