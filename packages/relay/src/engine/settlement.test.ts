import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type SuspicionKind } from 'waybill/delivery'
import { endOf } from './settlement.ts'

const NOW_MS = 1_000 * DAY_MS
const SAID = { code: 'a_code', message: 'A message.' }
const AT = { now: () => NOW_MS, random: () => 0.999_999 }

/** How long it waits that was seen so often by now, for two hours and more. */
function waitOf(kind: SuspicionKind, leftMs: number): number {
  const suspicion = { kind, times: 20, firstMs: NOW_MS - 3 * HOUR_MS, ...SAID }
  const end = endOf.suspect({ suspicion }, { suspicion: kind, times: 21, leftMs }, SAID, AT)
  assert.equal(end.to, 'queued')
  return (end as Extract<typeof end, { to: 'queued' }>).dueMs - NOW_MS
}

for (const kind of ['refused', 'fails', 'too_large', 'too_old'] as const) {
  /**
   * - it waits for five minutes at last while much of its window is left
   * - with less than ten minutes left it is asked again while half of that is left, until its window has all but closed
   */
  test(`who waits by itself is asked again before its window closes: ${kind}`, () => {
    assert.ok(waitOf(kind, DAY_MS) > 4 * MINUTE_MS + 59 * SECOND_MS)
    assert.equal(waitOf(kind, 220 * SECOND_MS), 110 * SECOND_MS)
    assert.equal(waitOf(kind, SECOND_MS), SECOND_MS)
    assert.equal(waitOf(kind, 0), SECOND_MS)
  })
}
