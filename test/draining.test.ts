import assert from 'node:assert/strict'
import test from 'node:test'
import { untilDrained } from '../crash/draining.ts'

/** What is left at each look, a second apart, and what the waiting gives; `STUCK_MS` is three seconds. */
const RUNS: readonly (readonly [looks: readonly number[], leaves: number])[] = [
  [[0], 0],
  [[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 0],
  [[5, 5, 5, 4, 4, 4, 0], 0],
  [[5, 5, 5, 5, 0], 5],
  [[3, 2, 3, 3, 3, 0], 3],
]
const STUCK_MS = 3_000

for (const [looks, leaves] of RUNS)
  test(`waits as long as it becomes less: ${looks.join(' ')} leaves ${leaves}`, async () => {
    let at = 0
    const left = await untilDrained({
      left: () => looks[at]!,
      stuckAfterMs: STUCK_MS,
      monotonic: () => at * 1_000,
      wait: async () => void at++,
    })
    assert.equal(left, leaves)
  })
