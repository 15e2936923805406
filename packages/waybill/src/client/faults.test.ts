import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FaultKind } from '@waybill/emulator'
import { createClient } from './client.ts'
import { systemRuntime } from './runtime.ts'
import { brokenPromises, isOurs, orders, poison, setUp, tally } from './scenario.cases.ts'

const SHARE = 0.2
const EVENTS = orders(600)
const KINDS: readonly FaultKind[] = ['lost', 'reset', 'html200', 'short', '429', '500', '503', 'timeout', 'slow']

describe('faults in a fifth of the requests', () => {
  for (const kind of KINDS) {
    for (const seed of [1, 2, 3]) {
      it(`leave everything stored and counted once, and nothing called failed (${kind}, seed ${seed})`, async () => {
        const scenario = setUp({
          emulator: { fault: { [kind]: SHARE }, seed },
          client: { maxBodyBytes: 2_000, timeoutMs: 10_000, totalTimeoutMs: 3_600_000 },
        })
        const outcomes = await scenario.client.send(EVENTS)
        assert.deepEqual(brokenPromises(scenario, EVENTS, outcomes), [])
        assert.equal(scenario.emulator.summary().stored, EVENTS.length)
        assert.equal(scenario.runtime.sleeping(), 0, 'no timer stays')
      })
    }
  }

  for (const kind of ['lost', 'html200', 'short', '429', '500', 'timeout'] as const) {
    it(`change nothing of which events are refused (${kind})`, async () => {
      const bad = [3, 4, 199, 420]
      const scenario = setUp({
        emulator: { fault: { [kind]: SHARE }, seed: 5, errors: 'none', poison: poison(bad) },
        client: { totalTimeoutMs: 3_600_000, timeoutMs: 10_000 },
      })
      const outcomes = await scenario.client.send(EVENTS)
      const ids = new Set(bad.map((index) => `order_${index}`))
      assert.deepEqual(brokenPromises(scenario, EVENTS, outcomes, { bad: ids }), [])
    })
  }
})

describe('an answer that counts too few', () => {
  it('is asked for once more with the same body, and then the events are delivered and marked', async () => {
    const { client, requests } = setUp({ emulator: { fault: { short: 1 } }, client: { preflight: 'never' } })
    const outcomes = await client.send(orders(3))
    assert.equal(requests.length, 2)
    assert.equal(requests[0]!.text, requests[1]!.text)
    for (const { status, issues, attempts } of outcomes) {
      assert.equal(status, 'delivered')
      assert.deepEqual(
        issues.map(({ code, severity }) => `${severity} ${code}`),
        ['warning count_mismatch'],
      )
      assert.equal(attempts, 2)
    }
  })

  it('marks the events also when the second answer counts all', async () => {
    let answers = 0
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) => {
        answers += 1
        return answers === 1 ? new Response('{"accepted_events":2}') : send(input, init)
      }
    const { client } = setUp({ between, client: { preflight: 'never' } })
    const [first] = await client.send(orders(3))
    assert.equal(first?.status, 'delivered')
    assert.deepEqual(
      first.issues.map(({ code }) => code),
      ['count_mismatch'],
    )
  })
})

describe('an API that stays away', () => {
  it('costs maxAttempts requests and leaves the events failed, with the reason', async () => {
    const { client, requests } = setUp({
      emulator: { fault: { 500: 1 } },
      client: { preflight: 'never', maxAttempts: 3 },
    })
    const [outcome] = await client.send(orders(1))
    assert.equal(requests.filter(({ events }) => events.every(isOurs)).length, 3)
    assert.equal(outcome?.status, 'failed')
    assert.equal(outcome.issues[0]?.code, 'gave_up')
    assert.match(outcome.issues[0].message, /answered 500; 3 attempts/)
    assert.equal(outcome.attempts, 3)
  })

  it('does not ask anybody to wait: the time for the send is over, and that is what is said', async () => {
    let atMs = 0
    const runtime = { ...systemRuntime, monotonic: () => atMs }
    const fails = (): Promise<Response> => {
      atMs += 60_000
      return Promise.reject(new TypeError('fetch failed'))
    }
    const client = createClient({
      pixelId: 'px',
      apiKey: 'key',
      fetch: fails,
      preflight: 'never',
      runtime,
      totalTimeoutMs: 50_000,
    })
    const [outcome] = await client.send([{ id: 'order_1', type: 'order_created', timestamp: new Date(), data: {} }])
    assert.match(outcome!.issues[0]!.message, /connection failed.*; no time is left after 1 attempt\)/)
  })

  it('is asked no more for each event when the preflight cannot be had', async () => {
    for (const preflight of ['novel', 'always'] as const) {
      const { client, requests, emulator } = setUp({
        emulator: { fault: { 500: 1 } },
        client: { preflight, maxAttempts: 1 },
      })
      const outcomes = await client.send(orders(500))
      assert.ok(outcomes.every(({ status, issues }) => status === 'failed' && issues[0]?.code === 'gave_up'))
      assert.equal(requests.length, 1)
      assert.equal(emulator.summary().stored, 0)
    }
  })

  it('ends at totalTimeoutMs, and says so', async () => {
    const { client, runtime } = setUp({
      emulator: { fault: { timeout: 1 } },
      client: { preflight: 'never', timeoutMs: 7_000, totalTimeoutMs: 10_000 },
    })
    const [outcome] = await client.send(orders(1))
    assert.equal(outcome?.status, 'failed')
    assert.equal(outcome.issues[0]?.code, 'timed_out')
    assert.equal(runtime.elapsedMs(), 10_000)
    assert.equal(runtime.sleeping(), 0)
  })
})

describe('Retry-After', () => {
  const limitedOnce =
    (retryAfter: string) =>
    (send: typeof fetch): typeof fetch => {
      let answered = false
      return async (input, init) => {
        if (answered) return send(input, init)
        answered = true
        return new Response('', { status: 429, headers: { 'retry-after': retryAfter } })
      }
    }
  for (const [header, waitedMs] of [
    ['7', 7_000],
    ['0', 1_000],
    ['Thu, 19 Mar 2026 04:00:09 GMT', 9_000],
  ] as const) {
    it(`of ${header} is waited for as it is, and at least a second: ${waitedMs} ms`, async () => {
      const { client, runtime } = setUp({ between: limitedOnce(header), client: { preflight: 'never' } })
      const [outcome] = await client.send(orders(1))
      assert.equal(outcome?.status, 'delivered')
      assert.equal(runtime.elapsedMs(), waitedMs)
    })
  }
  for (const header of ['121', '3600', '86400', '99999999999999999999']) {
    it(`of ${header}, which does not fit into the time left, ends the send at once, and says so`, async () => {
      const { client, runtime, requests } = setUp({ between: limitedOnce(header), client: { preflight: 'never' } })
      const [outcome] = await client.send(orders(1))
      assert.equal(outcome?.status, 'failed')
      assert.match(outcome.issues[0]!.message, /answered 429 and asks to wait \d+ s, which is more than is left/)
      assert.equal(runtime.elapsedMs(), 0)
      assert.equal(requests.length, 1)
    })
  }
  it('uses up no attempt: who is asked to wait nine times waits nine times', async () => {
    let answers = 0
    const between =
      (send: typeof fetch): typeof fetch =>
      async (input, init) =>
        ++answers <= 9 ? new Response('', { status: 429, headers: { 'retry-after': '1' } }) : send(input, init)
    const { client, runtime } = setUp({ between, client: { preflight: 'never', maxAttempts: 8 } })
    assert.deepEqual(tally(await client.send(orders(1))), { delivered: 1 })
    assert.equal(runtime.elapsedMs(), 9_000)
  })
  for (const header of ['-5', 'soon', 'Thu, 19 Mar 2020 04:00:00 GMT', '']) {
    it(`of "${header}" leaves our own backoff`, async () => {
      const { client, runtime } = setUp({ between: limitedOnce(header), client: { preflight: 'never' } })
      const [outcome] = await client.send(orders(1))
      assert.equal(outcome?.status, 'delivered')
      assert.ok(runtime.elapsedMs() < 1_000)
    })
  }
})
