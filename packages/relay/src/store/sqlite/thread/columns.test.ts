import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Columns, fromColumns, toColumns } from './columns.ts'

const value = fc.oneof(
  fc.constant('same'),
  fc.string(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(fc.string(), { maxLength: 2 }),
)
const item = fc.dictionary(fc.constantFrom('id', 'wire', 'row', 'hash', 'issues'), value)

test('objects come back from their columns as they were, also when those were copied to another thread', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 6 }), (items) => {
      const columns = structuredClone(toColumns(items)) as Columns
      assert.deepEqual(
        fromColumns(columns),
        items.map((one) => ({ ...one })),
      )
    }),
  )
})

test('bytes are copied, not what they are a part of', () => {
  const pool = Buffer.alloc(8_192, 7)
  const columns = toColumns([{ hash: pool.subarray(0, 16) }, { hash: pool.subarray(16, 24) }])
  const { bytes } = columns.columns['hash'] as { bytes: Uint8Array }
  assert.equal(bytes.buffer.byteLength, 24)
  assert.deepEqual(
    fromColumns<{ hash: Uint8Array }>(columns).map(({ hash }) => hash.length),
    [16, 8],
  )
})

test('a value that is undefined is absent', () => {
  assert.deepEqual(fromColumns(toColumns([{ a: undefined, b: 1 }, { b: 2 }])), [{ b: 1 }, { b: 2 }])
})
