import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE_MS } from 'waybill/delivery'
import { bucketOf } from './bucket.ts'
import { Latencies } from './latencies.ts'

const QUARTER_MS = 15 * MINUTE_MS

test('events are counted by quarter, kind, pixel and bucket, and once more for all pixels together', () => {
  const latencies = new Latencies()
  latencies.add(1, 7, 0, 100)
  latencies.add(1, 7, QUARTER_MS - 1, 100)
  latencies.add(1, 8, 5, 100, 3)
  latencies.add(1, 7, 5, 9_000)
  latencies.add(2, 7, 5, 100)
  latencies.add(1, 7, QUARTER_MS, 100)
  const [short, long] = [bucketOf(100), bucketOf(9_000)]
  assert.deepEqual(
    new Set(latencies.rows().map(String)),
    new Set(
      [
        [0, 1, 7, short, 2],
        [0, 1, 7, long, 1],
        [0, 1, 8, short, 3],
        [0, 2, 7, short, 1],
        [15, 1, 7, short, 1],
        [0, 1, 0, short, 5],
        [0, 1, 0, long, 1],
        [0, 2, 0, short, 1],
        [15, 1, 0, short, 1],
      ].map(String),
    ),
  )
  assert.equal(latencies.rows().length, 9, 'no row stands twice')
})

test('what was forgotten is counted anew', () => {
  const latencies = new Latencies()
  latencies.add(1, 7, 0, 100)
  latencies.clear()
  assert.deepEqual(latencies.rows(), [])
  latencies.add(1, 7, 0, 100)
  assert.deepEqual(
    latencies.rows().map(([, , pixel, , events]) => [pixel, events]),
    [
      [7, 1],
      [0, 1],
    ],
  )
})
