import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseValues } from './values.ts'
import { parseWhere } from './where.ts'

const CASES: readonly (readonly [written: unknown, holds: readonly string[], not: readonly string[]])[] = [
  ['paid', ['paid', ' PAID '], ['', 'unpaid', 'NULL']],
  [
    ['paid', 5, true],
    ['5', 'True', 'paid'],
    ['6', 'false'],
  ],
  [{ not: ['void', 'test'] }, ['paid', ''], ['VOID', 'test']],
  [
    ['0.00', ''],
    ['0.00', '', ' ', 'NULL'],
    ['5.00', '0'],
  ],
  [{ not: [''] }, ['x', '0'], ['', 'n/a']],
  [{ empty: true }, ['', ' ', 'NULL', 'n/a', '-'], ['x', '0']],
  [{ empty: false }, ['x', '0'], ['', 'nan']],
  [{ negative: false }, ['5.00', '0', '', 'n/a', '1.234,56'], ['-5.00', '(5,00)', '-1.234,56 €']],
  [{ negative: true }, [' -5'], ['5', '']],
  [
    { after: '2026-03-01T00:00:00Z' },
    ['2026-03-01T00:00:00Z', '2026-03-02T00:00:00+01:00'],
    ['2026-02-28T23:59:59Z', '', 'soon'],
  ],
  [{ before: '2026-03-01T00:00:00Z' }, ['2026-02-28T23:59:59Z'], ['2026-03-01T00:00:00Z', '', 'soon']],
  [
    { after: '2026-03-01T00:00:00Z', before: '2026-03-02T00:00:00Z' },
    ['2026-03-01T12:00:00Z'],
    ['2026-03-02T12:00:00Z'],
  ],
]

for (const [written, holds, not] of CASES) {
  test(`where a column is ${JSON.stringify(written)}`, () => {
    const [condition] = parseWhere({ Column: written })
    assert.deepEqual(
      [...holds, ...not].filter((text) => condition!.holds(text, {})),
      holds,
    )
  })
}

test('values are found trimmed and without case; * stands for any other word, and null for rows that are none', () => {
  const table = parseValues('type', { Purchase: 'order_created', Refund: null, '*': null })
  assert.deepEqual(
    [' purchase ', 'REFUND', 'else'].map((word) => table.meaningOf(word)),
    ['order_created', null, null],
  )
  assert.equal(parseValues('type', { a: 'b' }).meaningOf('c'), undefined)
})
