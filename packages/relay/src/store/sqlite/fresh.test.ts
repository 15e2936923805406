import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeasedEvent } from '../lease.ts'
import { Fresh } from './fresh.ts'

function event(row: number, wire: string, acceptedMs: number): LeasedEvent {
  const about = { name: 'order_created', id: `id${row}`, shape: 's', timestampMs: 0, attempts: 0 }
  return { row, wire, bytes: Buffer.byteLength(wire), acceptedMs, ...about }
}

test('an event is taken once', () => {
  const fresh = new Fresh()
  fresh.keep(event(1, 'one', 0))
  assert.equal(fresh.take(1)?.wire, 'one')
  assert.equal(fresh.take(1), undefined)
})

test('while it is full newcomers stay out, until what was taken makes room', () => {
  const fresh = new Fresh(10)
  fresh.keep(event(1, 'four', 0))
  fresh.keep(event(2, 'sixsix', 0))
  fresh.keep(event(3, 'x', 9_000))
  assert.equal(fresh.take(3), undefined)
  assert.equal(fresh.take(1)?.row, 1)
  fresh.keep(event(4, 'four', 9_000))
  assert.deepEqual([fresh.take(2)?.row, fresh.take(4)?.row], [2, 4])
})

test('what has lain for long makes room, the oldest first', () => {
  const fresh = new Fresh(16)
  for (let row = 1; row <= 8; row++) fresh.keep(event(row, 'xx', row))
  fresh.keep(event(9, 'xxx', 10_100))
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((row) => fresh.take(row)?.row),
    [undefined, undefined, 3, 4, 9],
  )
})

test('what is young stays, and one that is larger than all of the room is never kept', () => {
  const fresh = new Fresh(3)
  fresh.keep(event(1, 'x', 0))
  fresh.keep(event(2, 'xxxx', 5))
  assert.deepEqual([fresh.take(1)?.row, fresh.take(2)], [1, undefined])
  fresh.keep(event(3, 'xxxx', 20_000))
  assert.equal(fresh.take(3), undefined)
})
