import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nextPace, type Pace, requestsAtATime, startPace } from './pace.ts'
import type { Verdict } from './verdict.ts'

const NOW = 1_000_000
const GOOD: Verdict = { kind: 'delivered' }
const BROKEN: Verdict = {
  kind: 'retry',
  ambiguous: true,
  isFailure: true,
  slowDown: false,
  why: 'the connection failed',
}
const BUSY: Verdict = {
  kind: 'retry',
  ambiguous: false,
  isFailure: false,
  slowDown: true,
  why: 'the endpoint answered 429',
}

/** Each second longer than the one before, as a backoff is. */
const delayMs = (failures: number): number => failures * 1_000
const AT = { nowMs: NOW, leftMs: NOW, delayMs, maxInFlight: 8 }

const after = (verdicts: readonly Verdict[], pace: Pace = startPace(8)): Pace =>
  verdicts.reduce((now, verdict) => nextPace(now, verdict, AT), pace)

const times = (count: number, verdict: Verdict): Verdict[] => Array.from({ length: count }, () => verdict)

describe('nextPace', () => {
  it('halves the requests in flight and pauses when the API asks for less, down to one', () => {
    assert.deepEqual(after([BUSY]), {
      inFlight: 4,
      pausedAtMs: NOW,
      pausedUntilMs: NOW + 1_000,
      askedUntilMs: NOW + 1_000,
      isProbing: true,
      failures: 1,
      failingSinceMs: NOW,
    })
    assert.equal(after(times(5, BUSY)).inFlight, 1)
  })
  it('rises slowly: a whole round of good answers for one request more', () => {
    const slowed = after([BUSY])
    assert.ok(after(times(3, GOOD), slowed).inFlight < 5)
    assert.ok(after(times(5, GOOD), slowed).inFlight >= 5)
    assert.equal(after(times(100, GOOD), slowed).inFlight, 8)
  })
  it('sends single requests after three failures of transport in a row, and more again once one comes back', () => {
    assert.equal(requestsAtATime(after(times(2, BROKEN))), 8)
    assert.equal(requestsAtATime(after(times(3, BROKEN))), 1)
    assert.equal(requestsAtATime(after([BROKEN, BROKEN, GOOD, BROKEN])), 8)
    assert.equal(requestsAtATime(after([...times(3, BROKEN), GOOD])), 2)
  })
  it('pauses after three failures of transport in a row, and longer after each probe that fails', () => {
    assert.equal(after(times(2, BROKEN)).pausedUntilMs, 0)
    for (const failures of [3, 4, 5]) assert.equal(after(times(failures, BROKEN)).pausedUntilMs, NOW + failures * 1_000)
    assert.equal(after([...times(5, BROKEN), GOOD, BROKEN, BROKEN, BROKEN]).failures, 3)
  })
  it('pauses at once for a server that cannot be trusted', () => {
    const { pausedUntilMs, isProbing } = after([{ ...BROKEN, code: 'tls' } as Verdict])
    assert.deepEqual([pausedUntilMs, isProbing], [NOW + 1_000, true])
  })
  it('goes on counting where a probe fails in another way', () => {
    const { failures, pausedUntilMs, isProbing } = after([BUSY, BROKEN, BUSY])
    assert.deepEqual(
      { failures, pausedUntilMs, isProbing },
      { failures: 3, pausedUntilMs: NOW + 3_000, isProbing: true },
    )
  })
  it('pauses for any answer that carries a Retry-After', () => {
    const told: Verdict = { ...BROKEN, retryAfterMs: 500 } as Verdict
    assert.equal(after([told]).pausedUntilMs, NOW + 1_000)
  })
  it('lets a single request look whether a pause is over, whatever comes back of those that had left before', () => {
    const before = { ...AT, nowMs: NOW + 5_000, leftMs: NOW - 1 }
    const paused = nextPace(after([BUSY]), GOOD, before)
    assert.deepEqual([requestsAtATime(paused), paused.failures], [1, 1])
    const probe = { ...AT, nowMs: NOW + 5_000, leftMs: NOW + 1_000 }
    assert.equal(requestsAtATime(nextPace(paused, BUSY, probe)), 1)
    assert.equal(requestsAtATime(nextPace(paused, BROKEN, probe)), 1)
    assert.equal(requestsAtATime(nextPace(paused, GOOD, probe)), 4)
  })
  it('counts a burst that fails together once, and pauses from its last refusal on', () => {
    const before = { ...AT, nowMs: NOW + 700, leftMs: NOW - 1 }
    const burst = nextPace(after([BUSY]), BUSY, before)
    assert.deepEqual([burst.failures, burst.pausedUntilMs], [1, NOW + 1_700])
    assert.deepEqual(nextPace(burst, BROKEN, before), burst)
  })
  it('ends a pause of our own when something comes back, and not one that the API asked for', () => {
    assert.equal(after([...times(3, BROKEN), GOOD]).pausedUntilMs, 0)
    assert.equal(after([BUSY, GOOD]).pausedUntilMs, NOW + 1_000)
  })
  it('knows since when nothing comes back', () => {
    const later = { ...AT, nowMs: NOW + 5_000, leftMs: NOW + 4_000 }
    assert.equal(nextPace(after([BROKEN]), BROKEN, later).failingSinceMs, NOW)
    assert.equal(nextPace(after([BROKEN, GOOD]), BROKEN, later).failingSinceMs, NOW + 5_000)
  })
  it('never shortens a pause', () => {
    const long = nextPace(startPace(4), BUSY, { ...AT, delayMs: () => 9_000 })
    assert.equal(nextPace(long, BUSY, { ...AT, delayMs: () => 10 }).pausedUntilMs, NOW + 9_000)
  })
})
