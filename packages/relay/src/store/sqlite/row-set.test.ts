import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { eachRun, encodeRows, hasRow, rising } from './row-set.ts'

const rows = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 52 })), {
  minLength: 1,
})

it('packed rows contain what was packed and nothing else', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 310 }), (some, other) => {
      const packed = encodeRows(rising(some))
      for (const row of some) assert.ok(hasRow(packed, row))
      assert.equal(hasRow(packed, other), some.includes(other))
    }),
  )
})

it('a thousand neighbours take about a byte each', () => {
  assert.ok(encodeRows(Array.from({ length: 1_000 }, (_, index) => 5_000_000 + index)).length < 1_010)
})

it('runs cover the rows, each once, and join neighbours', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 })), (some) => {
      const covered: number[] = []
      let end = -1
      eachRun(rising(some), (first, last) => {
        assert.ok(first > end + 1, 'runs do not touch')
        for (let row = first; row <= last; row++) covered.push(row)
        end = last
      })
      assert.deepEqual(covered, rising(some))
    }),
  )
})
