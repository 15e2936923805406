import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { Emulator } from './emulator.ts'
import { createRandom, drawFault, FAULT_KINDS, type FaultKind } from './faults.ts'
import type { EmulatorOptions } from './options.ts'
import { emulatorAt, LEAD, ORDER, PATH, post, requestOf } from './sample.cases.ts'

const BATCH = { events: [LEAD, ORDER] }

function always(kind: FaultKind, options: EmulatorOptions = {}): Emulator {
  return emulatorAt({ fault: { [kind]: 1 }, ...options })
}

for (const kind of ['429', '500', '503'] as const) {
  test(`the fault ${kind} answers so, stores nothing, and is no refusal`, async () => {
    const emulator = always(kind)
    const response = await post(emulator, { ...BATCH, validate_only: true })
    assert.equal(response.status, Number(kind))
    assert.deepEqual(emulator.summary(), {
      requests: 1,
      rejected_requests: 0,
      validate_requests: 1,
      stored: 0,
      duplicates: 0,
    })
    assert.equal(response.headers.get('retry-after'), null)
  })
}

for (const retryAfter of [0, 30, -5, 1e12, 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon']) {
  test(`Retry-After says ${retryAfter} on 429 and 503, and nothing on 500`, async () => {
    const says = async (kind: FaultKind): Promise<string | null> =>
      (await post(always(kind, { retryAfter }), BATCH)).headers.get('retry-after')
    assert.deepEqual(
      [await says('429'), await says('503'), await says('500')],
      [String(retryAfter), String(retryAfter), null],
    )
  })
}

for (const [kind, stored] of [
  ['reset', 0],
  ['lost', 2],
] as const) {
  test(`the fault ${kind} rejects like a broken connection and leaves ${stored} stored`, async () => {
    const emulator = always(kind)
    await assert.rejects(post(emulator, BATCH), (error: unknown) => {
      assert.ok(error instanceof TypeError)
      assert.equal(error.message, 'fetch failed')
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNRESET')
      return true
    })
    assert.deepEqual([emulator.summary().requests, emulator.summary().stored], [1, stored])
    assert.deepEqual(
      emulator.requests().map(({ status, fault }) => [status, fault]),
      [[null, kind]],
    )
  })
}

test('the fault timeout hangs until the caller gives up, with the request recorded before', async () => {
  const emulator = always('timeout')
  const caller = new AbortController()
  const pending = emulator.fetch(PATH, { ...requestOf(BATCH), signal: caller.signal })
  while (emulator.requests()[0]?.events !== 2) await new Promise(setImmediate)
  const reason = new Error('gave up')
  caller.abort(reason)
  await assert.rejects(pending, reason)
  assert.deepEqual([emulator.summary().requests, emulator.summary().stored], [1, 0])
})

test('a caller that never gives up is failed after five minutes, as by the global fetch', async () => {
  const emulator = always('timeout')
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const failed = assert.rejects(post(emulator, BATCH), /fetch failed/)
    while (emulator.requests()[0]?.events !== 2) await new Promise(setImmediate)
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    mock.timers.tick(300_000)
    await failed
  } finally {
    mock.timers.reset()
  }
})

test('a caller that gave up before it asked is not recorded', async () => {
  const emulator = emulatorAt()
  await assert.rejects(emulator.fetch(PATH, { ...requestOf(BATCH), signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
  assert.equal(emulator.summary().requests, 0)
})

test('the fault html200 stores what is valid and answers a page', async () => {
  const emulator = always('html200')
  const response = await post(emulator, BATCH)
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/html; charset=utf-8'])
  assert.equal(emulator.summary().stored, 2)
  await post(emulator, { events: [{}] })
  assert.deepEqual([emulator.summary().stored, emulator.summary().rejected_requests], [2, 0])
})

test('the fault short stores all and answers one fewer, refuses what is invalid, and never goes below 0', async () => {
  const emulator = always('short')
  assert.deepEqual(await (await post(emulator, BATCH)).json(), { accepted_events: 1 })
  assert.deepEqual(await (await post(emulator, { events: [] })).json(), { accepted_events: 0 })
  assert.equal((await post(emulator, { events: [{}] })).status, 400)
  assert.equal(emulator.summary().stored, 2)
})

for (const kind of ['lost', 'html200', 'short'] as const) {
  test(`the fault ${kind} stores nothing of a request that only validates`, async () => {
    const emulator = always(kind)
    await post(emulator, { ...BATCH, validate_only: true }).catch(() => undefined)
    assert.equal(emulator.summary().stored, 0)
  })
}

const WAITS: readonly (readonly [options: EmulatorOptions, waitMs: number])[] = [
  [{ latency: 200 }, 200],
  [{ latencyMs: 300 }, 300],
  [{ fault: { slow: 1 } }, 5000],
  [{ fault: { slow: 1 }, slowMs: 70, latency: 5 }, 75],
]

for (const [options, waitMs] of WAITS) {
  test(`with ${JSON.stringify(options)} the answer comes after ${waitMs} ms and not before`, async () => {
    const emulator = emulatorAt(options)
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      let isAnswered = false
      const pending = post(emulator, BATCH).finally(() => (isAnswered = true))
      while (emulator.requests()[0]?.status !== 200) await new Promise(setImmediate)
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
      mock.timers.tick(waitMs - 1)
      await new Promise(setImmediate)
      assert.equal(isAnswered, false)
      mock.timers.tick(1)
      assert.equal((await pending).status, 200)
    } finally {
      mock.timers.reset()
    }
  })
}

test('a seed repeats its faults exactly, also after a reset, and another seed has others', async () => {
  const faultsOf = async (emulator: Emulator): Promise<(FaultKind | null)[]> => {
    for (let count = 0; count < 40; count += 1) await post(emulator, BATCH).catch(() => undefined)
    return emulator.requests().map(({ fault }) => fault)
  }
  const options = { fault: { 429: 0.3, reset: 0.3 }, seed: 7 }
  const emulator = emulatorAt(options)
  const first = await faultsOf(emulator)
  emulator.reset()
  assert.deepEqual(await faultsOf(emulator), first)
  assert.deepEqual(await faultsOf(emulatorAt(options)), first)
  assert.notDeepEqual(await faultsOf(emulatorAt({ ...options, seed: 8 })), first)
})

test('shares come out as they were asked for, and no share draws nothing', () => {
  const random = createRandom(1)
  const shares = { 429: 0.1, timeout: 0.2, short: 0.3 }
  const counts = new Map<FaultKind | null, number>()
  for (let count = 0; count < 100_000; count += 1) {
    const kind = drawFault(shares, random)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const share = (kind: FaultKind | null): number => Math.round((counts.get(kind) ?? 0) / 1000) / 100
  assert.deepEqual([share('429'), share('timeout'), share('short'), share(null)], [0.1, 0.2, 0.3, 0.4])
  assert.equal(
    drawFault({}, () => 0),
    null,
  )
  for (const kind of FAULT_KINDS)
    assert.equal(
      drawFault({ [kind]: 1 }, () => 0.999_999),
      kind,
    )
})
