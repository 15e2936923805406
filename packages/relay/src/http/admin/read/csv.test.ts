import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvCell, csvLine } from './csv.ts'

const CELLS: readonly (readonly [value: string | number | null, cell: string])[] = [
  ['order_1', 'order_1'],
  ['=1+1', "'=1+1"],
  ['+49 30 1', "'+49 30 1"],
  ['-5', "'-5"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1+1', "' =1+1"],
  ['\t=1+1', "'\t=1+1"],
  ['\r=1', '"\'\r=1"'],
  ['a=1', 'a=1'],
  ['say "hi", twice', '"say ""hi"", twice"'],
  ['two\nlines', '"two\nlines"'],
  [-5, '-5'],
  [0, '0'],
  [null, ''],
]

for (const [value, cell] of CELLS) {
  test(`a cell of a CSV, with what a spreadsheet would run as a text: ${JSON.stringify(value)}`, () => {
    assert.equal(csvCell(value), cell)
  })
}

test('a line ends as spreadsheets end it', () => assert.equal(csvLine(['a', null, 1]), 'a,,1\r\n'))
