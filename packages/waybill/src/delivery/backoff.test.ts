import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { backoffMs, readRetryAfterMs, retryDelayMs } from './backoff.ts'

const NOW = Date.UTC(2026, 2, 19, 4)
const HOUR_MS = 3_600_000
const date = (ms: number): string => new Date(ms).toUTCString()

describe('backoffMs', () => {
  const ALMOST_ONE = (): number => 1 - 2 ** -53
  const CEILINGS: readonly (readonly [failures: number, ceilingMs: number])[] = [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 256_000],
    [10, 300_000],
    [11, 300_000],
    [5_000, 300_000],
  ]
  for (const [failures, ceilingMs] of CEILINGS) {
    it(`stays below ${ceilingMs} ms after ${failures} failures and reaches down to 0`, () => {
      assert.equal(backoffMs(failures, ALMOST_ONE), ceilingMs - 1)
      assert.equal(
        backoffMs(failures, () => 0),
        0,
      )
    })
  }
})

describe('readRetryAfterMs', () => {
  const ROWS: readonly (readonly [
    header: string | null | undefined,
    dateHeader: string | null,
    expected: number | undefined,
  ])[] = [
    ['0', null, 0],
    ['1', null, 1_000],
    [' 120 ', null, 120_000],
    ['1.5', null, 1_500],
    ['99999999999', null, 99_999_999_999_000],
    [date(NOW + 30_000), null, 30_000],
    [date(NOW + 30_000), date(NOW - 60_000), 90_000],
    [date(NOW + 30_000), 'no date', 30_000],
    [date(NOW), null, 0],
    [date(NOW - 1_000), null, undefined],
    ['-5', null, undefined],
    ['', null, undefined],
    ['soon', null, undefined],
    ['1e3', null, undefined],
    ['0x10', null, undefined],
    ['5 seconds', null, undefined],
    [null, null, undefined],
    [undefined, null, undefined],
  ]
  for (const [header, dateHeader, expected] of ROWS) {
    it(`reads ${JSON.stringify(header) ?? 'no header'}${dateHeader ? ` beside Date ${dateHeader}` : ''} as ${expected} ms`, () => {
      assert.equal(readRetryAfterMs(header, NOW, dateHeader), expected)
    })
  }

  it('gives no negative and no unreadable wait, whatever the header says', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = readRetryAfterMs(header, NOW)
        assert.ok(wait === undefined || wait >= 0)
      }),
    )
  })
})

describe('retryDelayMs', () => {
  const random = (): number => 0.5
  const day = 24 * HOUR_MS

  it('takes the time of the API as it is, without jitter', () => {
    assert.equal(retryDelayMs(3, { retryAfterMs: 7_000, timeLeftMs: day, random }), 7_000)
    assert.equal(retryDelayMs(3, { retryAfterMs: 0, timeLeftMs: day, random }), 0)
  })
  it('clamps the time of the API to one hour', () => {
    for (const retryAfterMs of [HOUR_MS - 1, HOUR_MS, HOUR_MS + 1, Number.POSITIVE_INFINITY]) {
      assert.equal(retryDelayMs(1, { retryAfterMs, timeLeftMs: day, random }), Math.min(retryAfterMs, HOUR_MS))
    }
  })
  it('clamps the time of the API to half of the time left', () => {
    assert.equal(retryDelayMs(1, { retryAfterMs: 60_000, timeLeftMs: 10_001, random }), 5_000)
    assert.equal(retryDelayMs(1, { retryAfterMs: 60_000, timeLeftMs: 0, random }), 0)
    assert.equal(retryDelayMs(1, { retryAfterMs: 60_000, timeLeftMs: -5, random }), 0)
  })
  it('takes the longest backoff at once for what waiting seldom mends', () => {
    assert.equal(retryDelayMs(1, { timeLeftMs: day, random, isSlow: true }), 150_000)
    assert.equal(retryDelayMs(1, { retryAfterMs: 7_000, timeLeftMs: day, random, isSlow: true }), 7_000)
  })
  it('uses our own backoff where the API says nothing, within half of the time left', () => {
    assert.equal(retryDelayMs(3, { timeLeftMs: day, random }), 2_000)
    assert.equal(retryDelayMs(9, { timeLeftMs: 20_000, random }), 10_000)
  })
})
