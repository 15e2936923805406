import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DatedAnswer, judgeClock, skewOf } from './clock.ts'
import type { Level } from './finding.ts'

const origin = 'https://api.example'

const JUDGED: readonly (readonly [skewMs: number | undefined, level: Level, message: RegExp])[] = [
  [0, 'ok', /agrees with it/],
  [5_000, 'ok', /5 s behind it/],
  [5_001, 'warning', /5 s behind it/],
  [-5_001, 'warning', /5 s ahead of it/],
  [60_000, 'warning', /60 s behind it/],
  [60_001, 'wrong', /60 s behind it/],
  [-8 * 86_400_000, 'wrong', /691,200 s ahead of it/],
  [undefined, 'warning', /no Date/],
]

for (const [skewMs, level, message] of JUDGED) {
  test(`a clock with the API ${skewMs} ms ahead is ${level}`, () => {
    const finding = judgeClock({ origin, skewMs })
    assert.equal(finding.level, level)
    assert.match(finding.message, message)
    assert.equal(finding.next === undefined, level === 'ok')
  })
}

const NOON_MS = Date.UTC(2026, 0, 1, 12)
const NOON = new Date(NOON_MS).toUTCString()
const answer = (sent: number, received: number, date: string | null = NOON): DatedAnswer => ({
  date,
  sentMs: NOON_MS + sent,
  receivedMs: NOON_MS + received,
})

/** Sent and received, in milliseconds after the second that `Date` names. */
const SKEWS: readonly (readonly [answer: DatedAnswer, skewMs: number | undefined])[] = [
  [answer(0, 0), 0],
  [answer(-4_000, 3_000), 0],
  [answer(999, 2_000), 0],
  [answer(1_000, 1_200), -1],
  [answer(61_000, 61_500), -60_001],
  [answer(-300, -1), 1],
  [answer(-60_000, -59_000), 59_000],
  [answer(0, 0, null), undefined],
  [answer(0, 0, 'yesterday'), undefined],
]

for (const [given, skewMs] of SKEWS) {
  test(`the least skew that explains ${JSON.stringify(given)} is ${skewMs}`, () => assert.equal(skewOf(given), skewMs))
}
