import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { csvOf, readCsv } from './csv.ts'

describe('CSV', () => {
  it('has cells that a spreadsheet would run as text', () => {
    const cells = ['=1+1', '+49', '-1', '@SUM(A1)', '\tx', 'plain', -5]
    assert.equal(
      csvOf(
        ['a'],
        cells.map((cell) => [cell]),
      ),
      "a\r\n'=1+1\r\n'+49\r\n'-1\r\n'@SUM(A1)\r\n'\tx\r\nplain\r\n-5\r\n",
    )
  })

  it('is read back as it was written', () => {
    const cell = fc.string().filter((text) => text.trim() === text && text !== '' && !/^[=+\-@\t\r]/.test(text))
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1 })
    fc.assert(fc.property(table, (rows) => assert.deepEqual(readCsv(csvOf(['id', 'amount'], rows)).slice(1), rows)))
  })

  it('is read with the delimiter of its first line, quotes and empty cells', () => {
    assert.deepEqual(readCsv('\uFEFFa;b;c\n1;"x;""y""";\n\n2;;3'), [
      ['a', 'b', 'c'],
      ['1', 'x;"y"', ''],
      ['2', '', '3'],
    ])
  })
})
