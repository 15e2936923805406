import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ByteWriter, type ColumnSource, parquetWrite, parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer'
import { FileError } from './errors.ts'
import { drain, stdinOf, tempFile } from './files.helpers.ts'
import { openFile } from './open-file.ts'

function write(columnData: ColumnSource[], schema?: SchemaElement[], rowGroupSize?: number): Uint8Array {
  const writer = new ByteWriter()
  parquetWrite({ writer, columnData, ...(schema && { schema }), ...(rowGroupSize && { rowGroupSize }) })
  return new Uint8Array(writer.getBuffer())
}

const EXACT: SchemaElement[] = [
  { name: 'root', num_children: 6 },
  {
    name: 'timestamp',
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    repetition_type: 'OPTIONAL',
  },
  {
    name: 'local',
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' },
    repetition_type: 'OPTIONAL',
  },
  { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
  { name: 'big', type: 'INT64', repetition_type: 'OPTIONAL' },
  { name: 'amount', type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18, repetition_type: 'OPTIONAL' },
  { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
]

test('Parquet values come out exact: decimals, big integers, instants, local times, days, text', async (context) => {
  const at = new Date('2026-03-01T12:00:00.123Z')
  const bytes = write(
    [
      { name: 'timestamp', data: [at, null] },
      { name: 'local', data: [at, null] },
      { name: 'day', data: [new Date('2026-03-01'), null] },
      { name: 'big', data: [9007199254740993n, 5n] },
      { name: 'amount', data: [1e3 + 0.29, -0.05] },
      { name: 'name', data: ['Zoë', null] },
    ],
    EXACT,
  )
  const file = await openFile(tempFile(context, 'orders.parquet', bytes))
  const { rows } = await drain(file.rows)
  await file.close()
  assert.deepEqual(file.columns, ['timestamp', 'local', 'day', 'big', 'amount', 'name'])
  assert.equal(file.rowsTotal, 2)
  assert.deepEqual(rows[0], {
    line: 1,
    object: {
      timestamp: '2026-03-01T12:00:00.123Z',
      local: '2026-03-01T12:00:00.123',
      day: '2026-03-01',
      big: '9007199254740993',
      amount: '1000.29',
      name: 'Zoë',
    },
  })
  assert.deepEqual(rows[1]?.object, { timestamp: null, local: null, day: null, big: 5, amount: '-0.05', name: null })
})

test('all rows of a large row group come once and in order, although it is decoded in slices', async (context) => {
  const ids = Array.from({ length: 45_001 }, (_, at) => `order_${at}`)
  const bytes = write([{ name: 'id', data: ids, type: 'STRING' }], undefined, 30_000)
  const file = await openFile(tempFile(context, 'orders.parquet', bytes))
  const { rows } = await drain(file.rows)
  await file.close()
  assert.deepEqual(
    rows.map((row) => row.object?.['id']),
    ids,
  )
  assert.equal(rows.at(-1)?.line, 45_001)
  assert.ok(file.bytesRead() <= (file.bytesTotal ?? 0))
})

test('Parquet with structs has no columns, and its rows are whole events without the absent fields', async (context) => {
  const event = { id: 'a', data: { amount: 5, contents: [{ id: 'sku' }] } }
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ['a'] },
        { name: 'data', data: [event.data], type: 'JSON' },
      ],
    }),
  )
  const file = await openFile(tempFile(context, 'events.parquet', bytes))
  const { rows } = await drain(file.rows)
  await file.close()
  assert.deepEqual(rows[0]?.object, event)
})

test('Parquet is read from a gzipped file and from standard input, and nothing is left behind', async (context) => {
  const bytes = write([{ name: 'id', data: ['a', 'b'], type: 'STRING' }])
  const before = readdirSync(tmpdir()).filter(
    (name) => name.startsWith('waybill-') && !name.startsWith('waybill-test-'),
  )
  const gzipped = await openFile(tempFile(context, 'orders.parquet.gz', gzipSync(bytes)))
  const piped = await openFile('-', { stdin: stdinOf(bytes) })
  for (const file of [gzipped, piped]) {
    assert.equal(file.format, 'parquet')
    assert.deepEqual(
      (await drain(file.rows)).rows.map((row) => row.object),
      [{ id: 'a' }, { id: 'b' }],
    )
    await file.close()
  }
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith('waybill-') && !name.startsWith('waybill-test-'))
  assert.ok(after.every((name) => before.includes(name) || !existsSync(name)))
})

test('a damaged Parquet file is refused in one line', async (context) => {
  const bytes = write([{ name: 'id', data: ['a'], type: 'STRING' }])
  const path = tempFile(context, 'orders.parquet', bytes.subarray(0, bytes.length - 9))
  await assert.rejects(
    openFile(path),
    (error: Error) => error instanceof FileError && /cannot be read/.test(error.message),
  )
})
