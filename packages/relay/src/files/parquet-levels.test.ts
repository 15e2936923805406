import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileMetaData } from 'hyparquet'
import { drain, tempFile } from './files.helpers.ts'
import { openFile } from './open-file.ts'
import { HeaderReader } from './page-header.ts'
import { EMPTY_LISTS, HUNDRED_LISTS } from './parquet.cases.ts'
import { withCountedLevels } from './parquet-levels.ts'

test('data pages of version 2 with empty lists are read', async (context) => {
  const file = await openFile(tempFile(context, 'a.parquet', Buffer.from(EMPTY_LISTS, 'base64')))
  const { rows, error } = await drain(file.rows)
  assert.equal(error, undefined)
  const data = rows.map(({ object }) => object?.['data'])
  assert.deepEqual(data, [
    { amount: '25.99', currency: 'USD', contents: [] },
    { amount: '2', currency: 'USD', contents: [{ id: 'x', quantity: 1 }] },
    { amount: '3', currency: 'USD' },
  ])
  await file.close()
})

test('lists of every length keep their items', async (context) => {
  const file = await openFile(tempFile(context, 'a.parquet', Buffer.from(HUNDRED_LISTS, 'base64')))
  const { rows } = await drain(file.rows)
  assert.equal(rows.length, 100)
  for (const [at, { object }] of rows.entries()) {
    const { contents } = object!['data'] as { contents: readonly { id: string; quantity: number }[] }
    const items = Array.from({ length: at % 4 }, (_, item) => ({ id: `A-${at}-${item}`, quantity: item + 1 }))
    assert.deepEqual(contents, items)
  }
  await file.close()
})

/** Elements of a schema in which `items` is a list that may be missing. */
const SCHEMA = [
  { name: 'root', num_children: 1 },
  { name: 'items', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'OPTIONAL', type: 'INT32' },
]

const zigzag = (value: number): number[] => {
  const digits: number[] = []
  for (let rest = value * 2; ; rest = rest >> 7) {
    if (rest < 0x80) return [...digits, rest]
    digits.push((rest & 0x7f) | 0x80)
  }
}

/** One page of version 2 with so many empty lists; its header says that none is missing. */
function pageOf(lists: number, statistics: readonly number[]): Uint8Array {
  // One run of the level 1: the list is there, and empty.
  const run = [...zigzag(lists), 1]
  const levels = [...zigzag(lists), 0]
  const v2 = [
    0x15,
    ...zigzag(lists),
    0x15,
    0,
    0x15,
    ...zigzag(lists),
    0x15,
    0,
    0x15,
    ...zigzag(run.length),
    0x15,
    ...zigzag(levels.length),
    0x11,
  ]
  const size = zigzag(run.length + levels.length)
  const header = [0x15, 6, 0x15, ...size, 0x15, ...size, 0x5c, ...v2, ...statistics, 0, 0]
  return Uint8Array.from([...header, ...levels, ...run])
}

/** A field of statistics with a count of missing values and two texts. */
const STATISTICS = [0x1c, 0x36, 2, 0x18, 1, 0x41, 0x18, 1, 0x42, 0]

const metadataOf = (bytes: number): FileMetaData =>
  ({
    schema: SCHEMA,
    row_groups: [
      {
        columns: [
          {
            meta_data: {
              path_in_schema: ['items', 'list', 'element'],
              data_page_offset: 4n,
              total_compressed_size: BigInt(bytes),
            },
          },
        ],
      },
    ],
  }) as unknown as FileMetaData

for (const [lists, statistics, counted] of [
  [63, [], 63],
  [64, STATISTICS, 64],
  [8_191, STATISTICS, 8_191],
  [8_192, STATISTICS, 8_192],
  [64, [], 0],
] as const) {
  const how = statistics.length > 0 ? 'with' : 'without'
  test(`of ${lists} empty lists ${how} statistics ${counted} are counted as missing, in as many bytes`, async () => {
    const page = pageOf(lists, statistics)
    const whole = Uint8Array.from([...Buffer.from('PAR1'), ...page, ...page])
    const file = {
      byteLength: whole.length,
      slice: async (start: number, end: number = whole.length) => whole.slice(start, end).buffer as ArrayBuffer,
    }
    const read = withCountedLevels(file, metadataOf(page.length * 2))
    for (const [from, places] of [
      [0, [4, 4 + page.length]],
      [4, [0, page.length]],
      [4 + page.length, [0]],
    ] as const) {
      const bytes = new Uint8Array(await read.slice(from))
      for (const place of places) {
        const header = new HeaderReader(bytes, place).read()
        assert.equal(header?.nested?.nulls.value, counted)
        assert.equal(header?.end, place + page.length - header!.compressedBytes)
        assert.equal(header?.nested?.values, lists)
      }
    }
  })
}

test('a header that is cut off or none is left to the reader to complain of', () => {
  const page = pageOf(10, STATISTICS)
  for (let length = 0; length < 20; length++)
    assert.equal(new HeaderReader(page.subarray(0, length), 0).read(), undefined)
  assert.equal(new HeaderReader(Uint8Array.of(0x1e, 0xff, 0xff), 0).read(), undefined)
})
