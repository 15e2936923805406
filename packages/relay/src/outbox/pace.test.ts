import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Frontier } from './frontier.ts'
import { waitMsAfter, waitMsAfterFailures } from './pace.ts'

test('looks follow each other every 100 ms while there is work, and more seldom after, to 2 s', () => {
  const CASES = [
    [0, 100],
    [3_000, 100],
    [3_030, 101],
    [30_000, 1_000],
    [60_000, 2_000],
    [3_600_000, 2_000],
  ] as const
  for (const [idleMs, waitMs] of CASES) assert.equal(waitMsAfter(idleMs), waitMs)
  assert.deepEqual([1, 2, 5, 6, 100].map(waitMsAfterFailures), [200, 400, 3_200, 5_000, 5_000])
})

test('a claim begins behind what was taken 10 s ago, and at the beginning every 5 s', () => {
  const frontier = new Frontier()
  assert.equal(frontier.from(0), 0n)
  frontier.took(250n, 0)
  assert.equal(frontier.from(4_999), 0n)
  assert.equal(frontier.from(5_000), 0n)
  frontier.took(500n, 9_000)
  assert.equal(frontier.from(9_999), 0n)
  assert.equal(frontier.from(10_000), 0n)
  assert.equal(frontier.from(10_001), 250n)
  assert.equal(frontier.from(14_999), 250n)
  assert.equal(frontier.from(15_000), 0n)
  assert.equal(frontier.from(19_001), 500n)
})
