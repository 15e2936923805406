import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv } from './csv.ts'
import { detectDelimiter } from './delimiter.ts'
import { codesOf, drain, inPieces } from './files.helpers.ts'
import type { Row } from './row.ts'
import { TABLES } from './table.cases.ts'

const shown = (row: Row): string[] => [
  ...codesOf(row).map((code) => `!${code}`),
  ...(row.aside === undefined ? [] : [`~${row.aside}`]),
  ...(row.cells ?? [row.raw ?? '']),
]

for (const { what, text, columns, rows, notes = [], timeZone, delimiter = ',' } of TABLES) {
  test(`a table with ${what} is read, at any chunking`, async () => {
    assert.equal(detectDelimiter(text), delimiter)
    for (const sizes of [[1 << 20], [1], [7, 3]]) {
      const table = await readCsv('orders.csv', inPieces(text, sizes), delimiter)
      const read = await drain(table.rows)
      assert.equal(read.error, undefined)
      assert.deepEqual(table.columns, columns)
      assert.deepEqual(read.rows.map(shown), rows)
      assert.equal(table.timeZone, timeZone)
      const said = table.notes().join('\n')
      for (const note of notes) assert.match(said, note)
      if (notes.length === 0 && rows.every((row) => !/^[!~]/.test(row[0]!))) assert.ok(!/header/.test(said), said)
    }
  })
}

const LIMIT = 1_000_000
const SHORT = '2,short\n'

for (const [what, extra, isRefused] of [
  ['of one character less than the limit', -1, false],
  ['of the limit', 0, false],
  ['of one character more', 1, true],
  ['of twice as many', LIMIT, true],
] as const) {
  test(`a row ${what} ${isRefused ? 'is refused alone' : 'is read'}, with and without quotation marks`, async () => {
    for (const mark of ['', '"']) {
      const note = 'x'.repeat(LIMIT + extra - 2 - mark.length * 2)
      const text = `id,note\n1,${mark}${note}${mark}\n${SHORT}`
      for (const size of [32_768, 5_000_000]) {
        const { rows, error } = await drain((await readCsv('a.csv', inPieces(text, [size]), ',')).rows)
        assert.equal(error, undefined)
        assert.deepEqual(rows.map(codesOf), [isRefused ? ['malformed_row'] : [], []])
        assert.deepEqual(rows[1], { line: 3, cells: ['2', 'short'] })
        if (!isRefused) assert.equal(rows[0]?.cells?.[1]?.length, note.length)
        else assert.match(rows[0]?.issues?.[0]?.message ?? '', /^The row is longer than 1,000,000 characters/)
      }
    }
  })
}

test('a long cell with line breaks is one row, and the next is on its own line', async () => {
  const text = `id,note\n1,"${'ab ""cd""\r\n'.repeat(150_000)}"\r\n${SHORT}`
  const { rows, error } = await drain((await readCsv('a.csv', inPieces(text, [32_768]), ',')).rows)
  assert.equal(error, undefined)
  assert.deepEqual(
    rows.map(({ line, cells }) => [line, cells?.[1]]),
    [
      [2, undefined],
      [150_003, 'short'],
    ],
  )
})

test('a mark that is never closed is named, also where another closes it by mistake far below', async () => {
  const filler = '5,plain text of a row\n'.repeat(60_000)
  for (const text of [
    `id,note\n1,ok\n2,"open\n${filler}`,
    `id,note\n1,ok\n2,"open\n${filler}6,"quoted, well"\n${filler}`,
  ]) {
    const { rows, error } = await drain((await readCsv('a.csv', inPieces(text, [32_768]), ',')).rows)
    assert.deepEqual(
      rows.map(({ line }) => line),
      [2],
    )
    assert.match(error?.message ?? '', /line 3: the quotation mark that opens a cell here is never closed/)
  }
})
