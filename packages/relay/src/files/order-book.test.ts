import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hash64 } from './hash64.ts'
import { OrderBook, Repeats } from './order-book.ts'

function bookOf(...entries: readonly (readonly [key: string, content: string])[]): OrderBook {
  const book = new OrderBook()
  for (const [key, content] of entries) book.add(key, new Hash64().reset().add(content).end())
  return book
}

test('a key that comes up once is once; the same again is first and again; another content is different, each time', () => {
  const repeats = bookOf(['a', 'x'], ['b', 'x'], ['c', 'x'], ['b', 'x'], ['c', 'y'], ['b', 'x'], ['c', 'x']).repeats()
  assert.equal(repeats.size, 2)
  assert.deepEqual(
    ['a', 'b', 'c', 'b', 'c', 'b', 'd'].map((key) => repeats.meet(key)),
    ['once', 'first', 'differs', 'again', 'differs', 'again', 'once'],
  )
})

test('what is kept of repeats says the same in a later run, and has met nothing yet', () => {
  const repeats = bookOf(['a', 'x'], ['a', 'x'], ['b', 'x'], ['b', 'y']).repeats()
  repeats.meet('a')
  const kept = Repeats.kept(repeats.entries())
  assert.deepEqual(
    ['a', 'a', 'b', 'c'].map((key) => kept.meet(key)),
    ['first', 'again', 'differs', 'once'],
  )
})

test('keys that differ within another file differ here too', () => {
  const other = bookOf(['a', 'x'], ['a', 'y']).repeats()
  const own = bookOf(['a', 'x'], ['b', 'x']).repeats()
  assert.deepEqual(
    [own.meet('a'), own.withDiffering([other]).meet('a'), own.withDiffering([other]).meet('b')],
    ['once', 'differs', 'once'],
  )
})

test('of 200,000 keys each is told apart, in 16 bytes each', () => {
  const book = new OrderBook()
  const hash = new Hash64()
  const add = (at: number): void => book.add(`order_created\0${at}`, hash.reset().add(`${at}`).end())
  for (let at = 0; at < 200_000; at++) add(at)
  const again = Array.from({ length: 1_000 }, (_, at) => at * 200)
  for (const at of again) add(at)
  book.add('order_created\x00199999', hash.reset().add('other').end())
  const repeats = book.repeats()
  assert.deepEqual(
    [repeats.size, repeats.meet('order_created\x00199999'), repeats.meet('order_created\x007')],
    [1_001, 'differs', 'once'],
  )
  assert.ok(again.every((at) => repeats.meet(`order_created\0${at}`) === 'first'))
})

test('in a file without any order nothing comes up twice', () => {
  assert.equal(new OrderBook().repeats().size, 0)
})

test('texts that are cut at other places have other hashes', () => {
  const of = (...texts: readonly string[]): bigint =>
    texts
      .reduce((hash, text) => hash.add(text), new Hash64().reset())
      .end()
      .toBigInt()
  const all = [of('ab', 'c'), of('a', 'bc'), of('abc'), of('abc', ''), of('', 'abc'), of('')]
  assert.equal(new Set(all).size, all.length)
})
