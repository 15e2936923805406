import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeasedEvent } from '../../lease.ts'
import { Fresh } from './fresh.ts'
import { START } from './frontier.ts'

const [PIXEL, SHAPE] = [1, 2]
const FACTS = { name: 3, source: 4, currency: 0, amount: 0, acceptedMs: 0, timestampMs: 0 }

function event(row: number, wire: string, acceptedMs: number): LeasedEvent {
  const about = { name: 'order_created', id: `id${row}`, shape: 's', timestampMs: 0, attempts: 0, mayBeStored: false }
  return { row, wire, bytes: Buffer.byteLength(wire), acceptedMs, ...about }
}

test('an event is taken once', () => {
  const fresh = new Fresh()
  fresh.keep(PIXEL, SHAPE, event(1, 'one', 0), FACTS)
  assert.equal(fresh.take(1)?.wire, 'one')
  assert.equal(fresh.take(1), undefined)
})

test('while it is full newcomers stay out, until what was taken makes room', () => {
  const fresh = new Fresh(10)
  fresh.keep(PIXEL, SHAPE, event(1, 'four', 0), FACTS)
  fresh.keep(PIXEL, SHAPE, event(2, 'sixsix', 0), FACTS)
  fresh.keep(PIXEL, SHAPE, event(3, 'x', 9_000), FACTS)
  assert.equal(fresh.take(3), undefined)
  assert.equal(fresh.take(1)?.row, 1)
  fresh.keep(PIXEL, SHAPE, event(4, 'four', 9_000), FACTS)
  assert.deepEqual([fresh.take(2)?.row, fresh.take(4)?.row], [2, 4])
})

test('what has lain for long makes room, the oldest first', () => {
  const fresh = new Fresh(16)
  for (let row = 1; row <= 8; row++) fresh.keep(PIXEL, SHAPE, event(row, 'xx', row), FACTS)
  fresh.keep(PIXEL, SHAPE, event(9, 'xxx', 10_100), FACTS)
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((row) => fresh.take(row)?.row),
    [undefined, undefined, 3, 4, 9],
  )
})

test('what is young stays, and one that is larger than all of the room is never kept', () => {
  const fresh = new Fresh(3)
  fresh.keep(PIXEL, SHAPE, event(1, 'x', 0), FACTS)
  fresh.keep(PIXEL, SHAPE, event(2, 'xxxx', 5), FACTS)
  assert.deepEqual([fresh.take(1)?.row, fresh.take(2)], [1, undefined])
  fresh.keep(PIXEL, SHAPE, event(3, 'xxxx', 20_000), FACTS)
  assert.equal(fresh.take(3), undefined)
})

function dated(row: number, minute: number): LeasedEvent {
  return { ...event(row, 'x', 0), timestampMs: minute * 60_000 }
}

test('a queue all of which lies here gives its places, from behind one that is named', () => {
  const fresh = new Fresh()
  for (let row = 1; row <= 5; row++) fresh.keep(PIXEL, SHAPE, dated(row, row < 3 ? 7 : 8), FACTS)
  fresh.keep(PIXEL, SHAPE + 1, dated(6, 1), FACTS)
  const rows = (ready: number, after = START, limit = 10): unknown =>
    fresh.first(PIXEL, SHAPE, ready, after, limit)?.map(({ minute, row }) => [minute, row])
  assert.deepEqual(rows(5, START, 3), [
    [7, 1],
    [7, 2],
    [8, 3],
  ])
  assert.equal(rows(6), undefined, 'one more lies in the file')
  fresh.take(1)
  fresh.take(4)
  assert.deepEqual(rows(3, { minute: 7, row: 2 }), [
    [8, 3],
    [8, 5],
  ])
  assert.equal(fresh.first(PIXEL, 99, 1, START, 10), undefined)
})

test('a queue that is not in order is for the file, until it was empty', () => {
  const fresh = new Fresh()
  for (const [row, minute] of [
    [1, 8],
    [2, 7],
    [3, 9],
  ] as const)
    fresh.keep(PIXEL, SHAPE, dated(row, minute), FACTS)
  assert.equal(fresh.first(PIXEL, SHAPE, 3, START, 10), undefined)
  for (const row of [1, 2, 3]) fresh.take(row)
  fresh.keep(PIXEL, SHAPE, dated(4, 1), FACTS)
  assert.deepEqual(fresh.first(PIXEL, SHAPE, 1, START, 10), [{ minute: 1, row: 4 }])
})

test('a row whose number is given again counts once, with its new time', () => {
  const fresh = new Fresh()
  fresh.keep(PIXEL, SHAPE, dated(1, 7), FACTS)
  for (const row of [2, 3]) fresh.keep(PIXEL, SHAPE, dated(row, 7), FACTS)
  for (const row of [3, 2]) fresh.take(row)
  for (const row of [2, 3]) fresh.keep(PIXEL, SHAPE, dated(row, 8), FACTS)
  assert.deepEqual(
    fresh.first(PIXEL, SHAPE, 3, START, 10)?.map(({ minute, row }) => [minute, row]),
    [
      [7, 1],
      [8, 2],
      [8, 3],
    ],
  )
})

test('a number whose first holder left before it was undone, and that is given again, is named once', () => {
  const fresh = new Fresh()
  for (const row of [1, 2, 3, 4]) fresh.keep(PIXEL, SHAPE, dated(row, 7), FACTS)
  // A discard in the same group, and then the undoing of what brought 2 to 4.
  for (const row of [3, 4, 2]) fresh.take(row)
  for (const row of [2, 3]) fresh.keep(PIXEL, SHAPE, dated(row, 8), FACTS)
  const places = fresh.first(PIXEL, SHAPE, 3, START, 10)
  assert.deepEqual(
    places?.map(({ row }) => row),
    [1, 2, 3],
  )
})

test('what leaves from the middle stands in nobody’s way', () => {
  const fresh = new Fresh()
  for (const row of [1, 2, 3, 4]) fresh.keep(PIXEL, SHAPE, dated(row, 7), FACTS)
  for (const row of [2, 1, 3]) fresh.take(row)
  for (let row = 5; row <= 50_000; row++) {
    fresh.keep(PIXEL, SHAPE, dated(row, 7), FACTS)
    fresh.take(row - 1)
    if (row % 1_000 === 0) assert.deepEqual(fresh.first(PIXEL, SHAPE, 1, START, 10), [{ minute: 7, row }])
  }
})

test('an event that is looked at stays', () => {
  const fresh = new Fresh()
  fresh.keep(PIXEL, SHAPE, event(1, 'one', 0), FACTS)
  assert.equal(fresh.look(1)?.event.wire, 'one')
  assert.equal(fresh.take(1)?.wire, 'one')
  assert.equal(fresh.look(1), undefined)
})

test('a queue that is never empty does not grow with what went through it', () => {
  const fresh = new Fresh()
  for (let row = 1; row <= 50_000; row++) {
    fresh.keep(PIXEL, SHAPE, dated(row, 7), FACTS)
    if (row > 10) assert.equal(fresh.take(row - 10)?.row, row - 10)
  }
  assert.equal(fresh.first(PIXEL, SHAPE, 10, START, 100)?.length, 10)
})
