import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type CellValue, type WriteOptions, writeXlsx, writeXlsxStream } from 'hucre/xlsx'
import { FileError } from './errors.ts'
import { drain, stdinOf, tempFile } from './files.helpers.ts'
import { type OpenFileOptions, openFile } from './open-file.ts'

type Rows = readonly (readonly CellValue[])[]

async function workbook(sheets: WriteOptions['sheets']): Promise<Uint8Array> {
  return writeXlsx({ sheets })
}

async function read(context: TestContext, bytes: Uint8Array, options: OpenFileOptions = {}) {
  const file = await openFile(tempFile(context, 'orders.xlsx', bytes), options)
  const { rows, error } = await drain(file.rows)
  assert.equal(error, undefined)
  const read = {
    columns: file.columns,
    rows: rows.map(({ line, cells }) => [line, ...(cells ?? [])]),
    notes: file.notes(),
  }
  assert.equal(file.bytesRead(), file.bytesTotal)
  await file.close()
  return read
}

const at = (text: string): Date => new Date(text)

/** What a cell holds, and its text. */
const CELLS: readonly (readonly [value: CellValue, text: string])[] = [
  ['Zoë & “Co”', 'Zoë & “Co”'],
  [1001, '1001'],
  [5550000001041, '5550000001041'],
  [25.99, '25.99'],
  [0.1 + 0.2, '0.3'],
  [25.990000000000002, '25.99'],
  [-12.5, '-12.5'],
  [0.0000001, '0.0000001'],
  [1e15, '1e+15'],
  [123456789012345680, '1.23456789012346e+17'],
  [true, 'true'],
  [null, ''],
  [at('2026-11-28T15:04:00Z'), '2026-11-28T15:04:00'],
  [at('2026-11-28T15:04:05.250Z'), '2026-11-28T15:04:05.250'],
  [at('2026-11-28T00:00:00Z'), '2026-11-28'],
]

test('cells of a workbook are texts as a CSV would have them', async (context) => {
  const rows: Rows = [['name', 'value'], ...CELLS.map(([value], index) => [`n${index}`, value])]
  const { columns, rows: found } = await read(
    context,
    await workbook([{ name: 'Orders', rows: rows as CellValue[][] }]),
  )
  assert.deepEqual(columns, ['name', 'value'])
  assert.deepEqual(
    found,
    CELLS.map(([, text], index) => [index + 2, `n${index}`, text]),
  )
})

const TWO = [
  { name: 'Notes', hidden: true, rows: [['secret'], ['x']] },
  {
    name: 'Orders',
    rows: [
      ['id', 'total'],
      ['1', 5],
    ],
  },
  { name: 'Refunds & more', rows: [['id'], ['2']] },
] as unknown as WriteOptions['sheets']

for (const [sheet, columns] of [
  [undefined, ['id', 'total']],
  ['Orders', ['id', 'total']],
  ['orders ', ['id', 'total']],
  ['Refunds & more', ['id']],
  ['3', ['id']],
] as const) {
  test(`the sheet ${sheet ?? 'that is first and not hidden'} is read, and all are named`, async (context) => {
    const options = sheet === undefined ? {} : { sheet }
    const { columns: found, notes } = await read(context, await workbook(TWO), options)
    assert.deepEqual(found, columns)
    assert.match(
      notes[0]!,
      /^sheet "(?:Orders|Refunds & more)", of 3: "Notes", "Orders", "Refunds & more"; --sheet names another$/,
    )
  })
}

test('a sheet that is not there is refused with the names of those that are', async (context) => {
  const path = tempFile(context, 'a.xlsx', await workbook(TWO))
  await assert.rejects(
    openFile(path, { sheet: 'Nov' }),
    /no sheet "Nov"\. Its sheets: "Notes", "Orders", "Refunds & more"/,
  )
})

test('a title above the header, gaps, totals and the foot of a report are no rows of the table', async (context) => {
  const rows = [
    ['Orders of November'],
    [],
    ['id', 'total', 'currency'],
    ['1', 5, 'USD'],
    [],
    ['2', 6, 'USD'],
    ['Total', 11, null],
    [],
    ['Made by Pat Roe'],
  ] as CellValue[][]
  const file = await openFile(tempFile(context, 'a.xlsx', await workbook([{ name: 'A', rows }])))
  const { rows: found } = await drain(file.rows)
  assert.deepEqual(file.columns, ['id', 'total', 'currency'])
  assert.deepEqual(
    found.map(({ line, cells, aside }) => [line, aside, cells?.join('|')]),
    [
      [4, undefined, '1|5|USD'],
      [6, undefined, '2|6|USD'],
      [7, 'totals', 'Total|11|'],
      [9, 'footer', 'Made by Pat Roe||'],
    ],
  )
  await file.close()
})

test('a workbook is read packed, from standard input, and as written by a stream, whatever its name says', async (context) => {
  const bytes = await workbook([{ name: 'A', rows: [['id'], ['1']] }])
  const streamed = await buffer(writeXlsxStream([['1']], { name: 'A', columns: [{ header: 'id' }] }) as never)
  const files = [
    await openFile(tempFile(context, 'orders.csv', bytes)),
    await openFile(tempFile(context, 'orders.xlsx.gz', gzipSync(bytes))),
    await openFile('-', { stdin: stdinOf(bytes) }),
    await openFile(tempFile(context, 'streamed.xlsx', streamed)),
  ]
  for (const file of files) {
    assert.deepEqual((await drain(file.rows)).rows, [{ line: 2, cells: ['1'] }])
    await file.close()
  }
})

test('a damaged workbook is refused in one line', async (context) => {
  const bytes = Buffer.from(await workbook([{ name: 'A', rows: [['id'], ['1']] }]))
  const damaged = Buffer.from(bytes)
  damaged.fill(0xff, 60, 300)
  for (const content of [bytes.subarray(0, bytes.length - 30), damaged]) {
    const opened = openFile(tempFile(context, 'a.xlsx', content)).then((file) => drain(file.rows))
    const error = await opened.then(({ error }) => error).catch((fault: Error) => fault)
    assert.ok(error instanceof FileError, String(error))
    assert.match(error.message, /damaged|cannot be read/)
  }
})

test('a first sheet without a row is not taken for the table, and the others are named', async (context) => {
  const cover = { name: 'Cover', rows: [['Report of orders'], ['made by', 'Jane']] }
  const orders = {
    name: 'Orders',
    rows: [
      ['id', 'total'],
      ['1', 5],
    ],
  }
  const bytes = await workbook([cover, orders])
  const file = await openFile(tempFile(context, 'orders.xlsx', bytes))
  const { error } = await drain(file.rows)
  await file.close()
  assert.match(String(error), /the sheet "Cover" has no rows\. Name another one with --sheet "Orders"/)
  assert.equal((await read(context, bytes, { sheet: 'Orders' })).rows.length, 1)
})
