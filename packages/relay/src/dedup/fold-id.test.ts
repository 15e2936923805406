import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { foldId, type Spelling, spellingDifference } from './fold-id.ts'

const ALIKE: readonly (readonly [one: string, other: string, ...Spelling[]])[] = [
  ['order_123', '123', 'prefix'],
  ['evt-order_123', '123', 'prefix'],
  ['evt-order_123', 'order_123', 'prefix'],
  ['order-123', 'order_123', 'prefix'],
  ['ORD123', '123', 'prefix'],
  ['1002.0', '1002', 'fraction'],
  ['1002,00', '1002', 'fraction'],
  ['1,002', '1002', 'thousands'],
  ['order_1,002,003', 'order_1002003', 'thousands'],
  ['1,000', '1000', 'thousands'],
  ['#1001', '1001', 'prefix'],
  ['gid://shopify/Order/450789469', '450789469', 'prefix'],
  ['cs_test_a1B2', 'a1B2', 'prefix'],
  ['Order_123', 'order_123', 'case'],
  ['wb_00FFa1', 'WB_00ffA1', 'case'],
  [' order_123', 'order_123', 'spaces'],
  ['order_123\u00a0', 'order_123', 'spaces'],
  ['order_ 123', 'order_123', 'spaces'],
  ['order_123\u200b', 'order_123', 'spaces'],
  ['caf\u00e9-7', 'cafe\u0301-7', 'unicode'],
  ['\uff11\uff12\uff13', '123', 'unicode'],
  ['00123', '123', 'zeros'],
  ['order_00123', 'order_123', 'zeros'],
  ['2026-007', '2026-7', 'zeros'],
  ['order_00123', '123', 'zeros', 'prefix'],
  ['\u00c9T\u00c9-7 ', 'e\u0301te\u0301-7', 'spaces', 'case', 'unicode'],
]

for (const [one, other, ...spellings] of ALIKE) {
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)} are one key, apart by ${spellings.join(' and ')}`, () => {
    assert.equal(foldId(one), foldId(other))
    assert.deepEqual(spellingDifference(one, other), spellings)
    assert.deepEqual(spellingDifference(other, one), spellings)
  })
}

const APART: readonly (readonly [one: string, other: string])[] = [
  ['123', '124'],
  ['order_123', 'order_1234'],
  ['order_abc', 'abc'],
  ['a7f-1', 'b2c-1'],
  ['100', '1'],
  ['10-5', '1-5'],
  ['A1', 'A1B'],
  ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3302'],
  [' ', '\t'],
]

for (const [one, other] of APART) {
  test(`${JSON.stringify(one)} and ${JSON.stringify(other)} are two keys`, () => {
    assert.notEqual(foldId(one), foldId(other))
  })
}

test('a text too long for an id stays as it is, and the longest that is folded takes no time to speak of', () => {
  const long = `order_${'1'.repeat(195)}`
  assert.deepEqual([foldId(long.slice(0, 200)), foldId(long)], ['1'.repeat(194), long])
  const startedMs = performance.now()
  for (const text of ['a-'.repeat(100), '_'.repeat(200), `${'a'.repeat(199)}-`, '0'.repeat(200)]) foldId(text)
  assert.ok(performance.now() - startedMs < 1_000)
})

test('ids with one fold are always explained, whichever way they are written', () => {
  const pieces = fc.constantFrom(
    'order_',
    'Order-',
    'evt-',
    ' ',
    '\u00a0',
    '0',
    '1',
    '23',
    'é',
    'e\u0301',
    'ID',
    '#',
    '',
  )
  const id = fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(id, id, (one, other) => {
      fc.pre(one !== other && foldId(one) === foldId(other))
      assert.notDeepEqual(spellingDifference(one, other), [])
    }),
    { numRuns: 2_000 },
  )
})
