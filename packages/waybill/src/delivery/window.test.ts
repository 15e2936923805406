import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_AGE_MS, MAX_AHEAD_MS } from '../contract/limits.ts'
import { NEAR_END_MS, type WindowState, windowMarginMs, windowState } from './window.ts'

const NOW = Date.UTC(2026, 2, 19, 4)
const MARGIN_MS = 30_000

describe('windowState', () => {
  const ROWS: readonly (readonly [title: string, timestampMs: number, state: WindowState])[] = [
    ['an event of this moment', NOW, 'open'],
    ['an event at the limit ahead', NOW + MAX_AHEAD_MS, 'open'],
    ['an event just beyond the limit ahead', NOW + MAX_AHEAD_MS + 1, 'ahead'],
    ['an event with ten minutes left', NOW - MAX_AGE_MS + NEAR_END_MS, 'open'],
    ['an event with a millisecond less', NOW - MAX_AGE_MS + NEAR_END_MS - 1, 'ending'],
    ['an event with the margin left', NOW - MAX_AGE_MS + MARGIN_MS, 'ending'],
    ['an event with less than the margin left', NOW - MAX_AGE_MS + MARGIN_MS - 1, 'closed'],
    ['an event beyond its end', NOW - MAX_AGE_MS - 1, 'closed'],
  ]
  for (const [title, timestampMs, state] of ROWS) {
    it(`calls ${title} ${state}`, () => assert.equal(windowState(timestampMs, NOW, MARGIN_MS), state))
  }
})

describe('windowMarginMs', () => {
  it('is 5 seconds, and how far the clock of the API is ahead', () => {
    assert.equal(windowMarginMs(), 5_000)
    assert.equal(windowMarginMs(2_000), 7_000)
  })
  it('closes no window earlier for a clock of the API that is behind', () => {
    assert.equal(windowMarginMs(-3 * 24 * 3_600_000), 5_000)
  })
})
