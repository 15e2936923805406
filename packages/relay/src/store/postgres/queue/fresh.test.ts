import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE_MS } from 'waybill/delivery'
import { Fresh, type FreshEvent } from './fresh.ts'

const PIXEL = 1
const SHAPES = new Map([
  [1, undefined],
  [2, undefined],
])

function eventOf(row: number, about: { minute?: number; shape?: number; wire?: string } = {}): FreshEvent {
  const { minute = 0, shape = 1, wire = '{}' } = about
  const timestampMs = minute * MINUTE_MS
  const event = {
    row,
    name: 'order_created',
    id: `order_${row}`,
    wire,
    bytes: wire.length,
    shape: `${shape}`,
    timestampMs,
  }
  const facts = { pixel: PIXEL, name: 1, shape, source: 1, currency: null, amount: null, acceptedMs: 0, timestampMs }
  return {
    event: { ...event, acceptedMs: 0, attempts: 0, mayBeStored: false },
    held: { row, ...facts, hasMore: false },
  }
}

function freshOf(events: readonly FreshEvent[], { mostCharacters = 1_000, monotonicMs = (): number => 0 } = {}): Fresh {
  const fresh = new Fresh(monotonicMs, mostCharacters)
  fresh.follow(PIXEL)
  for (const event of events) fresh.keep(event)
  return fresh
}

function rowsOf(events: readonly FreshEvent[]): number[] {
  return events.map(({ event }) => event.row)
}

test('events are taken in the order of minute and row, each once, however they came', () => {
  const fresh = freshOf([eventOf(5, { minute: 2 }), eventOf(6, { minute: 1 }), eventOf(4, { minute: 1 })])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 2 })), [4, 6])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 2 })), [5])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 2 })), [])
})

test('only the shapes that are asked for are taken, and the others stay', () => {
  const fresh = freshOf([eventOf(1, { shape: 1 }), eventOf(2, { shape: 2 }), eventOf(3, { shape: 1 })])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: new Map([[2, undefined]]), limit: 9 })), [2])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 9 })), [1, 3])
})

test('no more is taken once the bytes are reached, and the first whatever its size', () => {
  const fresh = freshOf([eventOf(1, { wire: 'x'.repeat(9) }), eventOf(2), eventOf(3), eventOf(4)])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 9, maxBytes: 5 })), [1])
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 9, maxBytes: 3 })), [2, 3])
})

test('while there is no room newcomers stay out, and there is room again for what was taken', () => {
  const fresh = freshOf([eventOf(1), eventOf(2), eventOf(3)], { mostCharacters: 4 })
  assert.equal(fresh.has(PIXEL, 3), false)
  fresh.take(PIXEL, { shapes: SHAPES, limit: 1 })
  fresh.keep(eventOf(4))
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 9 })), [2, 4])
})

test('what lies for long, is of a pixel that nobody leases from, or was leased by others is not taken', () => {
  let nowMs = 0
  const fresh = freshOf([eventOf(1)], { monotonicMs: () => nowMs })
  nowMs = 20_000
  const foreign = eventOf(2)
  fresh.keep({ ...foreign, held: { ...foreign.held, pixel: 7 } })
  fresh.keep(eventOf(3))
  fresh.keep(eventOf(4))
  fresh.drop(PIXEL, [3])
  assert.deepEqual(
    [1, 3, 4].map((row) => fresh.has(PIXEL, row)),
    [true, false, true],
  )
  assert.deepEqual(rowsOf(fresh.take(PIXEL, { shapes: SHAPES, limit: 9 })), [4])
  assert.deepEqual(rowsOf(fresh.take(7, { shapes: SHAPES, limit: 9 })), [])
})

test('what was taken is being claimed until its claim has ended, and what others leased is not', () => {
  const fresh = freshOf([eventOf(1), eventOf(2), eventOf(3)])
  const first = fresh.take(PIXEL, { shapes: SHAPES, limit: 1 })
  const second = fresh.take(PIXEL, { shapes: SHAPES, limit: 1 })
  fresh.drop(PIXEL, [3])
  assert.deepEqual([...fresh.claiming(PIXEL)], [1, 2])
  fresh.claimed(PIXEL, first)
  assert.deepEqual([...fresh.claiming(PIXEL)], [2])
  fresh.claimed(PIXEL, second)
  assert.deepEqual([...fresh.claiming(PIXEL)], [])
})

test('the first minute is never later than that of anything that is there', () => {
  const fresh = freshOf([eventOf(1, { minute: 3 }), eventOf(2, { minute: 2 })])
  assert.equal(fresh.firstMinute(PIXEL), 2)
  fresh.take(PIXEL, { shapes: SHAPES, limit: 9 })
  fresh.take(PIXEL, { shapes: SHAPES, limit: 9 })
  assert.equal(fresh.firstMinute(PIXEL), Number.POSITIVE_INFINITY)
})
