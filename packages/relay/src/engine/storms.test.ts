import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  after,
  errorResponse,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type Sent,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrders,
} from './virtual-engine.helpers.ts'

const LATENCY_MS = SECOND_MS
/** By then every lane is at work. */
const FROM_MS = 20 * SECOND_MS
const LANES = 4
/** The four leave a millisecond apart; the pause may begin with the first of them that fails. */
const BURST_MS = LANES
const EVENTS = LANES * 1_000 + 1
/** Draws nearly the whole of each backoff, so that its least is known. */
const LONGEST_DRAW = 0.999

/** How long the API must be left alone before the probe of this number, which counts from 1. */
type Interval = (probe: number) => number

const always =
  (intervalMs: number): Interval =>
  () =>
    intervalMs
/** Where it does not say: 1 s to 60 s, doubled from probe to probe of the pixel, whichever lane each is of. */
const backoff: Interval = (probe) => Math.floor(LONGEST_DRAW * Math.min(MINUTE_MS, SECOND_MS * 2 ** (probe - 1)))
/** What waiting seldom fixes. */
const seldom: Interval = () => Math.floor(LONGEST_DRAW * 5 * MINUTE_MS)

/** What the API says → how long it must be left alone after each 429. */
const STORMS: readonly (readonly [form: string, header: (atMs: number) => string | undefined, interval: Interval])[] = [
  ['seconds', () => '30', always(30 * SECOND_MS)],
  ['seconds with a fraction', () => '12.5', always(12_500)],
  ['an HTTP date', (atMs) => new Date(START_MS + atMs + 45 * SECOND_MS).toUTCString(), always(44 * SECOND_MS)],
  ['an absurd number', () => '999999999', always(HOUR_MS)],
  ['an absurd date', () => 'Fri, 31 Dec 9999 23:59:59 GMT', always(HOUR_MS)],
  ['a number beyond numbers', () => '9'.repeat(400), always(HOUR_MS)],
  ['a negative number', () => '-5', backoff],
  ['a date that is past', () => 'Thu, 01 Jan 1970 00:00:00 GMT', backoff],
  ['a word', () => 'soon', backoff],
  ['an empty text', () => '', backoff],
  ['nothing', () => undefined, backoff],
]

for (const [form, header, interval] of STORMS) {
  /**
   * - several requests are on their way when the API begins to answer 429, and it goes on for long
   * - each later request leaves alone, and not before what the last answer asked for has passed, an hour at most
   * - when the storm ends everything is delivered, once
   */
  test(`a 429 storm is met with at most one probe in each interval: Retry-After is ${form}`, async (context) => {
    const toMs = FROM_MS + Math.max(5 * interval(1), 20 * MINUTE_MS)
    const virtual = await startStorm(context, {
      toMs,
      storm(atMs) {
        const retryAfter = header(atMs)
        return errorResponse(429, 'slow down', retryAfter === undefined ? {} : { 'retry-after': retryAfter })
      },
    })
    await virtual.run(toMs)
    assertIntervals(sinceStorm(virtual), interval)
    await assertDrains(virtual)
  })
}

/** The third failure in a row is the first after which the pixel is left alone. */
const FAILURES: readonly (readonly [name: string, storm: () => Response, interval: Interval])[] = [
  ['no connection comes about', () => assert.fail('refused'), (probe) => backoff(probe + 2)],
  ['no certificate is good', () => untrusted(), seldom],
  ['every answer is 500', () => errorResponse(500, 'broken'), (probe) => backoff(probe + 2)],
  ['every answer is 503', () => errorResponse(503, 'busy'), backoff],
]

for (const [name, storm, interval] of FAILURES) {
  /**
   * - four requests are on their way when the API goes away
   * - single probes go out, each after a longer pause, not one from each of the four lanes
   */
  test(`an API that is away is met with at most one probe in each interval: ${name}`, async (context) => {
    const toMs = FROM_MS + 20 * MINUTE_MS
    const virtual = await startStorm(context, { toMs, storm })
    await virtual.run(toMs)
    assertIntervals(sinceStorm(virtual), interval)
    await assertDrains(virtual)
  })
}

/** As the `fetch` of Node rejects. */
function untrusted(): never {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }) })
}

interface Storm {
  readonly toMs: number
  readonly storm: (atMs: number) => Response
}

/** More events than four lanes send in a while, and an API that is well until `FROM_MS` and again from `toMs` on. */
async function startStorm(context: TestContext, { toMs, storm }: Storm): Promise<Virtual> {
  const virtual = await startVirtual(context, {
    random: () => LONGEST_DRAW,
    pixels: [{ concurrency: LANES, maxRequestsPerSecond: 1_000, maxBodyBytes: 4_000 }],
    async answer(sent, judge) {
      await after(LATENCY_MS, virtual, sent)
      const { elapsedMs } = virtual.time
      return elapsedMs < FROM_MS || elapsedMs >= toMs ? judge() : storm(elapsedMs)
    },
  })
  await virtual.bring(virtualOrders(EVENTS))
  return virtual
}

/** The last request of the burst that met the storm, and all that followed. */
function sinceStorm({ sent }: Virtual): readonly Sent[] {
  const calm = sent.filter(({ atMs }) => atMs < FROM_MS)
  assert.ok(calm.filter(({ atMs }) => atMs + LATENCY_MS >= FROM_MS).length > 1, 'a burst met the storm')
  return sent.slice(calm.length - 1)
}

/** Each request leaves alone, when its interval is over and not much later. */
function assertIntervals(sent: readonly Sent[], interval: Interval): void {
  const gaps = gapsOf(sent)
  assert.ok(gaps.length >= 3, `${gaps.length} probes`)
  for (const [index, gapMs] of gaps.entries()) {
    const leastMs = LATENCY_MS + interval(index + 1)
    assert.ok(gapMs >= leastMs - BURST_MS, `probe ${index + 1} left ${gapMs} ms after the one before, not ${leastMs}`)
    assert.ok(gapMs <= leastMs + 2 * SECOND_MS, `the API is asked again in time: ${gapMs} ms`)
  }
}

async function assertDrains(virtual: Virtual): Promise<void> {
  await virtual.run(2 * HOUR_MS)
  const { stored, duplicates } = virtual.emulator.summary()
  assert.deepEqual([stored, duplicates], [EVENTS, 0])
  assert.equal((await virtual.store.counts()).delivered, stored)
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
