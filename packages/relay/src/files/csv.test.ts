import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { readCsv, recordBatches } from './csv.ts'
import { isBlank } from './csv-record.ts'
import { csvHeader, csvLine } from './csv-text.ts'
import { FileError } from './errors.ts'
import { codesOf, drain, inPieces } from './files.helpers.ts'

async function read(text: string, delimiter = ',', sizes: readonly number[] = [1 << 20]) {
  const table = await readCsv('orders.csv', inPieces(text, sizes), delimiter)
  return { columns: table.columns, ...(await drain(table.rows)) }
}

const GOOD: readonly { name: string; text: string; rows: readonly [line: number, ...cells: string[]][] }[] = [
  {
    name: 'LF',
    text: 'a,b\n1,2\n3,4\n',
    rows: [
      [2, '1', '2'],
      [3, '3', '4'],
    ],
  },
  {
    name: 'CRLF',
    text: 'a,b\r\n1,2\r\n3,4\r\n',
    rows: [
      [2, '1', '2'],
      [3, '3', '4'],
    ],
  },
  {
    name: 'CR alone',
    text: 'a,b\r1,2\r3,4',
    rows: [
      [2, '1', '2'],
      [3, '3', '4'],
    ],
  },
  {
    name: 'mixed line breaks',
    text: 'a,b\r\n1,2\n3,4\r5,6',
    rows: [
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
    ],
  },
  { name: 'no line break at the end', text: 'a,b\n1,2', rows: [[2, '1', '2']] },
  {
    name: 'line breaks in quotes',
    text: 'a,b\r\n"x\r\ny\nz",2\r\n3,4',
    rows: [
      [2, 'x\r\ny\nz', '2'],
      [5, '3', '4'],
    ],
  },
  { name: 'a line that declares the delimiter', text: 'sep=,\r\na,b\r\n1,2\r\n', rows: [[3, '1', '2']] },
  { name: 'such a line again, which is a row then', text: 'a,b\nsep=,\n', rows: [[2, 'sep=', '']] },
  { name: 'doubled quotes', text: 'a,b\n"say ""hi""",""\n', rows: [[2, 'say "hi"', '']] },
  { name: 'delimiters in quotes', text: 'a,b\n"1,5",2\n', rows: [[2, '1,5', '2']] },
  {
    name: 'blank lines',
    text: '\n\na,b\n\n1,2\n\n  \n,\n3,4\n\n',
    rows: [
      [5, '1', '2'],
      [9, '3', '4'],
    ],
  },
  { name: 'spaces are kept', text: 'a,b\n 1 , "q"\n'.replace(', "q"', ',q '), rows: [[2, ' 1 ', 'q ']] },
]

for (const { name, text, rows } of GOOD) {
  test(`CSV with ${name} gives its rows with the lines on which they start, at any chunking`, async () => {
    for (const sizes of [[1 << 20], [1], [2, 3], [7]]) {
      const result = await read(text, ',', sizes)
      assert.equal(result.error, undefined)
      assert.deepEqual(result.columns, ['a', 'b'])
      assert.deepEqual(
        result.rows.map((row) => [row.line, ...(row.cells ?? [])]),
        rows,
      )
    }
  })
}

test('a row with more cells than the header is refused alone and keeps its cells', async () => {
  const { rows } = await read('a,b\n1,2,3\n4,5\n')
  assert.deepEqual(rows.map(codesOf), [['malformed_row'], []])
  assert.deepEqual(rows[0]?.cells, ['1', '2', '3'])
  assert.match(rows[0]?.issues?.[0]?.message ?? '', /3 cells, the header 2/)
})

test('a quotation mark out of place costs its own line and no other, at any chunking', async () => {
  const text = 'a,b\n1,2\n\nbar 5" wide,x\n3,4\n"open,5\n6,"q"\n"q"z,8\n9,10\n'
  for (const sizes of [[1 << 20], [1], [5], [11, 2]]) {
    const { rows, error } = await read(text, ',', sizes)
    assert.equal(error, undefined)
    assert.deepEqual(
      rows.map((row) => [row.line, codesOf(row).join(), row.raw ?? row.cells?.join('|')]),
      [
        [2, '', '1|2'],
        [4, 'malformed_row', 'bar 5" wide,x'],
        [5, '', '3|4'],
        [6, 'malformed_row', '"open,5'],
        [7, '', '6|q'],
        [8, 'malformed_row', '"q"z,8'],
        [9, '', '9|10'],
      ],
    )
  }
})

test('a quotation mark that is never closed ends the reading, names its line, and the rows before it were read', async () => {
  const { rows, error } = await read('a,b\n1,2\n"x\ny","never\nclosed,2\n3,4\n')
  assert.deepEqual(
    rows.map((row) => row.line),
    [2],
  )
  assert.ok(error instanceof FileError)
  assert.match(error.message, /^orders\.csv, line 4: the quotation mark/)
})

test('an unclosed quotation mark in a large file is named without holding the rest of the file', async () => {
  const { rows, error } = await read(`a,b\n1,2\n"3,4\n${'5,6\n'.repeat(400_000)}`, ',', [65_536])
  assert.equal(rows.length, 1)
  assert.match(error?.message ?? '', /line 3: the quotation mark/)
})

test('a column without a name, as spreadsheets leave them, is called by its place and costs the others nothing', async () => {
  const { columns, rows } = await read(',a, ,b,\n0,1,2,3,\n')
  assert.deepEqual(columns, ['column 1', 'a', 'column 3', 'b', 'column 5'])
  assert.deepEqual(
    rows.map(({ cells, issues }) => [cells, issues]),
    [[['0', '1', '2', '3', ''], undefined]],
  )
})

const BAD_HEADERS: readonly [text: string, says: RegExp][] = [
  ['\n\na,"b"x\n', /line 3: a quotation mark in the header is out of place/],
  ['\n\n', /no header line/],
]

for (const [text, says] of BAD_HEADERS) {
  test(`the header of ${JSON.stringify(text)} is refused with a clear line`, async () => {
    await assert.rejects(read(text), (error: Error) => error instanceof FileError && says.test(error.message))
  })
}

test('whatever the writer of CSV writes, the reader reads back, at any delimiter and chunking', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', '|', '\n', '\r', ' ', '=', '\ufeff'),
  })
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 })
  const property = fc.asyncProperty(
    rows,
    fc.constantFrom(',', ';', '\t', '|'),
    fc.integer({ min: 1, max: 9 }),
    async (cells, delimiter, size) => {
      // The first cell is never blank, so that no row is a blank line.
      const given = cells.map(([a, b]) => [`x${a}`, b])
      const text = csvHeader(['one', 'two'], delimiter) + given.map((row) => csvLine(row, delimiter)).join('')
      const { rows: back } = await read(text, delimiter, [size])
      assert.deepEqual(
        back.map((row) => row.cells),
        given,
      )
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

test('what a strict parser takes is taken apart in the same way, at any chunking', async () => {
  const unit = fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', ' ', '"b"', 'é')
  const property = fc.asyncProperty(
    fc.string({ unit, maxLength: 30 }),
    fc.integer({ min: 1, max: 9 }),
    async (text, size) => {
      const expected = strictly(text)
      if (expected === undefined) return
      const { rows } = await drain(recordBatches('a.csv', inPieces(text, [size]), ','))
      assert.deepEqual(
        rows.map((row) => row.cells),
        expected,
      )
    },
  )
  await fc.assert(property, { numRuns: 500 })
})

/** The records as another parser reads them, without blank ones; `undefined` for a text that it refuses. */
function strictly(text: string): string[][] | undefined {
  try {
    const records = parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] }) as string[][]
    return records.filter((cells) => !isBlank(cells))
  } catch {
    return undefined
  }
}
