import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { eventId } from './event-id.ts'

test('the same business key gives the same id on every machine', () => {
  assert.equal(eventId('order', 12345), eventId('order', '12345'))
  assert.equal(eventId('order', 12345n), eventId('order', 12345))
  // Fixed: another version that gave another id would count conversions twice.
  assert.equal(eventId('order', 12345), 'wb_a1a3fdf945b3602d91d31f4e3982e384')
})

test('an id is wb_ and 32 hex digits and shows nothing of its parts', () => {
  assert.match(eventId('user@example.com'), /^wb_[0-9a-f]{32}$/)
})

test('different keys have different ids, also where their parts join to the same text', () => {
  const keys = [
    ['a', 'bc'],
    ['ab', 'c'],
    ['abc'],
    ['a', 'b', 'c'],
    ['1:a|1:b'],
    ['a', '|'],
    ['a|'],
    ['order', '1'],
    ['Order', '1'],
    [' order', '1'],
  ]
  assert.equal(new Set(keys.map((parts) => eventId(...parts))).size, keys.length)
  const parts = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      assert.equal(eventId(...left) === eventId(...right), JSON.stringify(left) === JSON.stringify(right))
    }),
  )
})

test('a key that could stand for many conversions is refused', () => {
  const bad = [[], [''], ['order', ''], [undefined], [null], [Number.NaN], [1.5], [2 ** 53], [{}], [['a']], [true]]
  for (const parts of bad) assert.throws(() => eventId(...(parts as string[])), TypeError)
})

test('the error names the part by its place and not by its value', () => {
  assert.throws(() => eventId('order', 1.5), /part 2/)
  assert.throws(
    () => eventId('user@example.com', ''),
    (error) => error instanceof TypeError && !error.message.includes('@'),
  )
})
