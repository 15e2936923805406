import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  after,
  errorResponse,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type Sent,
  START_MS,
  startVirtual,
  virtualOrders,
} from './virtual.test.ts'

const LATENCY_MS = SECOND_MS
/** By then every lane is at work. */
const FROM_MS = 20 * SECOND_MS
const LANES = 4
/** Draws nearly the whole of each backoff, so that its least is known. */
const LONGEST_DRAW = 0.999

/** What the API says → how long it must be left alone after each 429. */
const STORMS: readonly (readonly [form: string, header: (atMs: number) => string | undefined, intervalMs: number])[] = [
  ['seconds', () => '30', 30 * SECOND_MS],
  ['seconds with a fraction', () => '12.5', 12_500],
  ['an HTTP date', (atMs) => new Date(START_MS + atMs + 45 * SECOND_MS).toUTCString(), 44 * SECOND_MS],
  ['an absurd number', () => '999999999', HOUR_MS],
  ['an absurd date', () => 'Fri, 31 Dec 9999 23:59:59 GMT', HOUR_MS],
  ['a number beyond numbers', () => '9'.repeat(400), HOUR_MS],
  ['a negative number', () => '-5', 999],
  ['a date that is past', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 999],
  ['a word', () => 'soon', 999],
  ['an empty text', () => '', 999],
  ['nothing', () => undefined, 999],
]

for (const [form, header, intervalMs] of STORMS) {
  /**
   * - several requests are on their way when the API begins to answer 429, and it goes on for long
   * - each later request leaves alone, and not before what the last answer asked for has passed, an hour at most
   * - when the storm ends everything is delivered, once
   */
  test(`a 429 storm is met with at most one probe in each interval: Retry-After is ${form}`, async (context) => {
    const toMs = FROM_MS + Math.max(5 * intervalMs, 10 * MINUTE_MS)
    const virtual = await startVirtual(context, {
      random: () => LONGEST_DRAW,
      pixels: [{ concurrency: LANES, maxRequestsPerSecond: 1_000, maxBodyBytes: 4_000 }],
      async answer(sent, judge) {
        await after(LATENCY_MS, virtual, sent)
        const { elapsedMs } = virtual.time
        if (elapsedMs < FROM_MS || elapsedMs >= toMs) return judge()
        const retryAfter = header(elapsedMs)
        return errorResponse(429, 'slow down', retryAfter === undefined ? {} : { 'retry-after': retryAfter })
      },
    })
    await virtual.bring(virtualOrders(LANES * 1_000 + 1))
    await virtual.run(toMs)
    const calm = virtual.sent.filter(({ atMs }) => atMs < FROM_MS)
    const probes = virtual.sent.slice(calm.length)
    assert.ok(calm.filter(({ atMs }) => atMs + LATENCY_MS >= FROM_MS).length > 1, 'a burst met the storm')
    assert.ok(probes.length > 2 && probes.length <= (toMs - FROM_MS) / intervalMs, String(probes.length))
    for (const gapMs of gapsOf([calm.at(-1)!, ...probes]))
      assert.ok(gapMs >= LATENCY_MS + intervalMs - 1, `${gapMs} ms between two requests`)
    if (intervalMs > SECOND_MS)
      assert.ok(
        Math.max(...gapsOf(probes)) <= LATENCY_MS + intervalMs + 2 * SECOND_MS,
        'the API is asked again in time',
      )

    await virtual.run(2 * HOUR_MS)
    const { stored, duplicates } = virtual.emulator.summary()
    assert.deepEqual([stored, duplicates], [LANES * 1_000 + 1, 0])
    assert.equal((await virtual.store.counts()).delivered, stored)
  })
}

/**
 * - for an hour every answer is 500, while events go on coming in
 * - then the API is well: the queue drains at the rate that is configured, in no second above it, and nothing was dropped
 */
test('an hour of 500s ends without a burst above the configured rate, and nothing is dropped', async (context) => {
  const rate = 10
  const virtual = await startVirtual(context, {
    pixels: [{ concurrency: 8, maxRequestsPerSecond: rate, maxBodyBytes: 5_000 }],
    async answer(sent, judge) {
      await after(50, virtual, sent)
      return virtual.time.elapsedMs < HOUR_MS ? errorResponse(500, 'broken') : judge()
    },
  })
  for (let minute = 0; minute < 60; minute++) {
    await virtual.bring(virtualOrders(250, `m${minute}`))
    await virtual.run(MINUTE_MS)
  }
  const before = await virtual.store.counts()
  assert.deepEqual([before.accepted, before.queued + before.sending], [15_000, 15_000])
  const during = virtual.sent.length
  assert.ok(during < 60 * 8, `${during} requests while the API was down`)
  assert.equal(mostInASecond(virtual.sent) <= rate, true)

  await virtual.run(15 * MINUTE_MS)
  const recovery = virtual.sent.slice(during)
  assert.ok(mostInASecond(recovery) <= rate, `${mostInASecond(recovery)} requests in a second`)
  assert.ok(mostInASecond(recovery) >= rate - 1, 'the rate is used, or nothing was shown')
  const { stored, duplicates } = virtual.emulator.summary()
  assert.deepEqual([stored, duplicates], [15_000, 0])
  const { delivered, refused, expired, unaccounted } = await virtual.store.counts()
  assert.deepEqual([delivered, refused, expired, unaccounted], [15_000, 0, 0, 0])
  const drainMs = recovery.at(-1)!.atMs - HOUR_MS
  assert.ok(drainMs <= 5 * MINUTE_MS + 1.2 * (recovery.length / rate) * SECOND_MS, `drained after ${drainMs} ms`)
})

function gapsOf(sent: readonly Sent[]): number[] {
  return sent.slice(1).map(({ atMs }, index) => atMs - sent[index]!.atMs)
}

/** The most requests that left within any second. */
function mostInASecond(sent: readonly Sent[]): number {
  return Math.max(
    ...sent.map(({ atMs }) => sent.filter((other) => other.atMs >= atMs && other.atMs < atMs + SECOND_MS).length),
  )
}
