import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HOUR_MS } from '../duration.ts'
import { aloneDelayMs, backoffMs, readRetryAfterMs, retryDelayMs } from './backoff.ts'

const NOW = Date.UTC(2026, 2, 19, 4)
const date = (ms: number): string => new Date(ms).toUTCString()

describe('backoffMs', () => {
  const ALMOST_ONE = (): number => 1 - 2 ** -53
  const CEILINGS: readonly (readonly [failures: number, outageMs: number, ceilingMs: number])[] = [
    [1, 0, 1_000],
    [2, 0, 2_000],
    [3, 0, 4_000],
    [6, 0, 32_000],
    [7, 0, 60_000],
    [5_000, 2 * HOUR_MS - 1, 60_000],
    [9, 2 * HOUR_MS, 256_000],
    [10, 2 * HOUR_MS, 300_000],
    [5_000, 48 * HOUR_MS, 300_000],
  ]
  for (const [failures, outageMs, ceilingMs] of CEILINGS) {
    it(`stays below ${ceilingMs} ms after ${failures} failures in ${outageMs} ms and reaches down to 0`, () => {
      assert.equal(backoffMs(failures, ALMOST_ONE, outageMs), ceilingMs - 1)
      assert.equal(
        backoffMs(failures, () => 0, outageMs),
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

  it('takes the time of the API as it is, without jitter, and at least a second', () => {
    assert.equal(retryDelayMs(3, { retryAfterMs: 7_000, timeLeftMs: day, random }), 7_000)
    for (const [told, taken] of [
      [0, 1_000],
      [999, 1_000],
      [1_000, 1_000],
      [1_001, 1_001],
    ] as const)
      assert.equal(retryDelayMs(3, { retryAfterMs: told, timeLeftMs: day, random }), taken)
  })
  it('clamps the time of the API to one hour', () => {
    for (const retryAfterMs of [HOUR_MS - 1, HOUR_MS, HOUR_MS + 1, Number.POSITIVE_INFINITY]) {
      assert.equal(retryDelayMs(1, { retryAfterMs, timeLeftMs: day, random }), Math.min(retryAfterMs, HOUR_MS))
    }
  })
  it('is never cut to fit the time left: whoever cannot wait ends', () => {
    for (const timeLeftMs of [10_001, 0, -5])
      assert.equal(retryDelayMs(1, { retryAfterMs: 60_000, timeLeftMs, random }), 60_000)
  })
  it('takes the longest backoff at once for what waiting seldom fixes', () => {
    assert.equal(retryDelayMs(1, { timeLeftMs: day, random, isSlow: true }), 150_000)
    assert.equal(retryDelayMs(1, { retryAfterMs: 7_000, timeLeftMs: day, random, isSlow: true }), 7_000)
  })
  it('uses our own backoff where the API says nothing, within half of the time left', () => {
    assert.equal(retryDelayMs(3, { timeLeftMs: day, random }), 2_000)
    assert.equal(retryDelayMs(9, { timeLeftMs: 20_000, random }), 10_000)
  })
})

describe('aloneDelayMs', () => {
  it('goes from 1 s to 5 min with the number of failures', () => {
    for (const [times, least, most] of [
      [1, 1_000, 2_000],
      [2, 2_000, 4_000],
      [8, 128_000, 256_000],
      [20, 150_000, 300_000],
      [9_999, 150_000, 300_000],
    ] as const) {
      assert.equal(
        aloneDelayMs(times, () => 0),
        least,
      )
      assert.ok(aloneDelayMs(times, () => 0.999_999) <= most)
    }
  })
})
