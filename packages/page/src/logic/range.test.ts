import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rangeOf, timeOf } from './range.ts'

const NOW = new Date(2026, 10, 18, 14, 5, 7).getTime()
const at = (day: number, hour = 0, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime()

describe('the range', () => {
  it('is today from the reader’s midnight on, where the address says nothing', () => {
    assert.deepEqual(rangeOf({}, NOW), { fromMs: at(18), untilMs: at(18, 14, 6), isLive: true })
  })

  it('is yesterday from midnight to midnight', () => {
    assert.deepEqual(rangeOf({ range: 'yesterday' }, NOW), { fromMs: at(17), untilMs: at(18), isLive: false })
  })

  it('is a number of days until now', () => {
    assert.deepEqual(rangeOf({ range: '7d' }, NOW), { fromMs: at(11, 14, 6), untilMs: at(18, 14, 6), isLive: true })
  })

  it('is the reader’s own where both ends are times in order, and today otherwise', () => {
    const own = { from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' }
    assert.deepEqual(rangeOf(own, NOW), {
      fromMs: Date.UTC(2026, 10, 1),
      untilMs: Date.UTC(2026, 10, 2),
      isLive: false,
    })
    assert.equal(rangeOf({ from: own.until, until: own.from }, NOW).fromMs, at(18))
    assert.equal(rangeOf({ from: 'yesterday', until: own.until }, NOW).fromMs, at(18))
  })

  it('reads times as numbers and as ISO 8601', () => {
    assert.deepEqual(['1', '2026-11-01T00:00:00Z', '', 'x', undefined].map(timeOf), [
      1,
      Date.UTC(2026, 10, 1),
      undefined,
      undefined,
      undefined,
    ])
  })
})
