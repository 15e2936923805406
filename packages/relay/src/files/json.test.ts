import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileError } from './errors.ts'
import { codesOf, drain, inPieces } from './files.helpers.ts'
import { jsonRows } from './json.ts'
import { ndjsonRows } from './ndjson.ts'

const EVENT = { id: 'a', type: 'order_created', data: { amount: 1 } }

test('the elements of a JSON list become rows numbered from 1; one that is no valid object is refused alone', async () => {
  const text = `[${JSON.stringify(EVENT)}, {"id": tru}, 5, ["x"], {"id":"b"}]`
  const { rows } = await drain(jsonRows('a.json', inPieces(text, [9])))
  assert.deepEqual(
    rows.map((row) => [row.line, codesOf(row).join()]),
    [
      [1, ''],
      [2, 'malformed_row'],
      [3, 'malformed_row'],
      [4, 'malformed_row'],
      [5, ''],
    ],
  )
  assert.deepEqual(rows[0]?.object, EVENT)
  assert.equal(rows[1]?.raw, '{"id": tru}')
})

test('a broken structure ends the reading with its place; the rows before it were read', async () => {
  const { rows, error } = await drain(jsonRows('a.json', inPieces('[{"id":"a"},\n{"id":"b"} {"id":"c"}]', [1 << 20])))
  assert.equal(rows.length, 2)
  assert.ok(error instanceof FileError)
  assert.match(error.message, /^a\.json, line 2, character 12: the JSON is broken: a comma or \] is expected/)
})

test('lines of NDJSON become rows with their line; blank ones are skipped, a broken one is refused alone', async () => {
  const text = `${JSON.stringify(EVENT)}\r\n\n{"id": "b"\n42\n\n{"id":"é😀"}`
  for (const sizes of [[1 << 20], [1], [13]]) {
    const { rows } = await drain(ndjsonRows('a.ndjson', inPieces(text, sizes)))
    assert.deepEqual(
      rows.map((row) => [row.line, codesOf(row).join()]),
      [
        [1, ''],
        [3, 'malformed_row'],
        [4, 'malformed_row'],
        [6, ''],
      ],
    )
    assert.deepEqual(rows[3]?.object, { id: 'é😀' })
  }
})

test('an issue of a broken line does not repeat what the line holds', async () => {
  const { rows } = await drain(ndjsonRows('a.ndjson', inPieces('{"email": jane@example.com}', [1 << 20])))
  assert.doesNotMatch(JSON.stringify(rows[0]?.issues), /jane/)
})

test('a line of more than 10 MiB ends the reading with its number', async () => {
  const { error } = await drain(ndjsonRows('a.ndjson', inPieces(`{}\n${' '.repeat(11 * 1024 * 1024)}`, [1 << 20])))
  assert.match(error?.message ?? '', /line 2: the line is longer than 10 MiB/)
})

test('line, codes and reasons of a refused file are dropped, and only at the top', async () => {
  const text = '{"line":3,"codes":["x"],"reasons":["y"],"id":"a","data":{"line":1}}'
  const { rows } = await drain(ndjsonRows('a.ndjson', inPieces(text, [1 << 20])))
  assert.deepEqual(rows[0]?.object, { id: 'a', data: { line: 1 } })
})

test('numbers that a double cannot hold keep their digits in flat objects', async () => {
  const text = '{"id":12345678901234567890,"amount":25.90,"quantity":2,"big":0.1234567890123456789}'
  const { rows } = await drain(ndjsonRows('a.ndjson', inPieces(text, [1 << 20])))
  assert.deepEqual(rows[0]?.object, {
    id: '12345678901234567890',
    amount: 25.9,
    quantity: 2,
    big: '0.1234567890123456789',
  })
})
