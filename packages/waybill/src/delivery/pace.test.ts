import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nextPace, type Pace, requestsAtATime, startPace } from './pace.ts'
import type { Verdict } from './verdict.ts'

const NOW = 1_000_000
const GOOD: Verdict = { kind: 'delivered' }
const BROKEN: Verdict = { kind: 'retry', ambiguous: true, slowDown: false, why: 'the connection failed' }
const BUSY: Verdict = { kind: 'retry', ambiguous: false, slowDown: true, why: 'the endpoint answered 429' }

const after = (verdicts: readonly Verdict[], pace: Pace = startPace(8)): Pace =>
  verdicts.reduce((now, verdict) => nextPace(now, verdict, { nowMs: NOW, delayMs: 500, maxInFlight: 8 }), pace)

describe('nextPace', () => {
  it('halves the requests in flight and pauses when the API asks for less, down to one', () => {
    assert.deepEqual(after([BUSY]), { inFlight: 4, pausedUntilMs: NOW + 500, isProbing: true, failures: 0 })
    assert.equal(after([BUSY, BUSY, BUSY, BUSY, BUSY]).inFlight, 1)
  })
  it('rises slowly: a whole round of good answers for one request more', () => {
    const slowed = after([BUSY])
    assert.ok(after([GOOD, GOOD, GOOD], slowed).inFlight < 5)
    assert.ok(after([GOOD, GOOD, GOOD, GOOD, GOOD], slowed).inFlight >= 5)
    assert.equal(
      after(
        Array.from({ length: 100 }, () => GOOD),
        slowed,
      ).inFlight,
      8,
    )
  })
  it('sends single requests after three failures of transport in a row, and more again once one comes back', () => {
    assert.equal(after([BROKEN, BROKEN]).inFlight, 8)
    assert.equal(after([BROKEN, BROKEN, BROKEN]).inFlight, 1)
    assert.equal(after([BROKEN, BROKEN, GOOD, BROKEN]).inFlight, 8)
    assert.equal(after([BROKEN, BROKEN, BROKEN, GOOD]).inFlight, 2)
  })
  it('pauses for any answer that carries a Retry-After', () => {
    const told: Verdict = { ...BROKEN, retryAfterMs: 500 } as Verdict
    assert.equal(after([told]).pausedUntilMs, NOW + 500)
  })
  it('lets a single request look whether a pause is over, whatever came back of those that had left before', () => {
    const paused = after([BUSY, GOOD])
    assert.equal(requestsAtATime(paused), 1)
    const at = { nowMs: NOW + 500, delayMs: 500, maxInFlight: 8 }
    assert.equal(requestsAtATime(nextPace(paused, BUSY, at)), 1)
    assert.equal(requestsAtATime(nextPace(paused, BROKEN, at)), 1)
    assert.equal(requestsAtATime(nextPace(paused, GOOD, at)), 4)
  })
  it('never shortens a pause', () => {
    const long = nextPace(startPace(4), BUSY, { nowMs: NOW, delayMs: 9_000, maxInFlight: 4 })
    assert.equal(nextPace(long, BUSY, { nowMs: NOW, delayMs: 10, maxInFlight: 4 }).pausedUntilMs, NOW + 9_000)
  })
})
