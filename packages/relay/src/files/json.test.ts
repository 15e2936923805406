import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileError } from './errors.ts'
import { codesOf, drain, inPieces } from './files.helpers.ts'
import { detectFormat } from './format.ts'
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
    const { rows } = await drain(ndjsonRows(inPieces(text, sizes)))
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
  const { rows } = await drain(ndjsonRows(inPieces('{"email": jane@example.com}', [1 << 20])))
  assert.doesNotMatch(JSON.stringify(rows[0]?.issues), /jane/)
})

const LONG = `{"id":"long","note":"${'x'.repeat(11 * 1024 * 1024)}"}`

for (const [what, pieces] of [
  ['large', 1 << 20],
  ['small', 70_000],
] as const) {
  test(`a line of more than 10 MiB is a row that says so, and the others are read (${what} pieces)`, async () => {
    const text = `{"id":"a"}\n${LONG}\n\n{"id":"b"}\n${LONG}\n{"id":"c"}`
    const { rows, error } = await drain(ndjsonRows(inPieces(text, [pieces])))
    assert.equal(error, undefined)
    assert.deepEqual(
      rows.map((row) => [row.line, row.object?.['id'] ?? codesOf(row).join(), row.raw?.length ?? 0]),
      [
        [1, 'a', 0],
        [2, 'malformed_row', 1_001],
        [4, 'b', 0],
        [5, 'malformed_row', 1_001],
        [6, 'c', 0],
      ],
    )
  })

  test(`an element of more than 10 MiB is a row that says so, and the others are read (${what} pieces)`, async () => {
    const text = `[{"id":"a"},\n${LONG},{"id":"b"},${LONG}]`
    const { rows, error } = await drain(jsonRows('a.json', inPieces(text, [pieces])))
    assert.equal(error, undefined)
    assert.deepEqual(
      rows.map((row) => [row.line, row.object?.['id'] ?? codesOf(row).join()]),
      [
        [1, 'a'],
        [2, 'malformed_row'],
        [3, 'b'],
        [4, 'malformed_row'],
      ],
    )
  })
}

test('line, codes and reasons of a refused file are dropped, and only at the top', async () => {
  const text = '{"line":3,"codes":["x"],"reasons":["y"],"id":"a","data":{"line":1}}'
  const { rows } = await drain(ndjsonRows(inPieces(text, [1 << 20])))
  assert.deepEqual(rows[0]?.object, { id: 'a', data: { line: 1 } })
})

test('pages of a list, one a line, are rows of their elements', async () => {
  const text =
    '{"data":[{"id":"a"},{"id":"b"}],"page":1}\n{"data":[],"page":2}\n{"data":[{"id":"c"}],"page":3}\n{"broken\n'
  assert.equal(detectFormat('pages.ndjson', Buffer.from(text)), 'ndjson')
  const { rows } = await drain(ndjsonRows(inPieces(text, [1 << 20])))
  assert.deepEqual(
    rows.map(({ line, object, issues }) => [line, object?.['id'] ?? issues?.[0]?.code]),
    [
      [1, 'a'],
      [1, 'b'],
      [3, 'c'],
      [4, 'malformed_row'],
    ],
  )
})

test('numbers that a double cannot hold keep their digits in flat objects', async () => {
  const text = '{"id":12345678901234567890,"amount":25.90,"quantity":2,"big":0.1234567890123456789}'
  const { rows } = await drain(ndjsonRows(inPieces(text, [1 << 20])))
  assert.deepEqual(rows[0]?.object, {
    id: '12345678901234567890',
    amount: 25.9,
    quantity: 2,
    big: '0.1234567890123456789',
  })
})

const WRAPPED: readonly (readonly [text: string, list: string | undefined, ids: readonly unknown[]])[] = [
  ['{"orders":[{"id":1},{"id":2}]}', 'orders', [1, 2]],
  ['{"object":"list","has_more":false,"data":[{"id":"a"}]}', 'data', ['a']],
  ['{"events":[{"id":"a"}],"page":1}', 'events', ['a']],
  ['{"count":2,"invoices":[{"id":1},{"id":2}]}', 'invoices', [1, 2]],
  ['{"data":{"orders":[{"id":1}]},"errors":null}', 'data.orders', [1]],
  ['{"orders":[{"id":1}],"links":["a"]}', 'orders', [1]],
  ['{"orders":[]}', 'orders', []],
  ['{"total":1,"hits":{"total":1,"hits":[{"_id":"x","id":7}]}}', 'hits.hits', [7]],
  ['{"id":"o1","line_items":[{"id":1},{"id":2}]}', undefined, ['o1']],
  ['{"order_id":"o1","id":"o1","data":[{"id":1}]}', undefined, ['o1']],
  ['{"line_items":[{"sku":1}],"id":"o1"}', undefined, ['o1']],
  ['{"event_name":"purchase","event_params":[{"key":"id","value":{"string_value":"a"}}]}', undefined, [undefined]],
  ['{"name":"purchase","params":[{"key":"id","value":1}]}', undefined, [undefined]],
  ['{"invoices":[{"id":1}],"refunds":[{"id":2}]}', undefined, [undefined]],
  ['{"list":[{"id":12345678901234567890}]}', 'list', ['12345678901234567890']],
]

for (const [text, list, ids] of WRAPPED) {
  test(`${text} is ${list === undefined ? 'one record' : `the list "${list}"`}, at any chunking`, async () => {
    for (const size of [1, 7, 1 << 20]) {
      const notes: string[] = []
      const { rows, error } = await drain(jsonRows('a.json', inPieces(text, [size]), (note) => notes.push(note)))
      assert.equal(error, undefined)
      assert.deepEqual(
        rows.map((row) => row.object?.['id']),
        ids,
      )
      assert.deepEqual(notes, list === undefined ? [] : [`the list "${list}"`])
    }
    assert.equal(detectFormat('a.json', Buffer.from(text)), list === undefined ? 'ndjson' : 'json')
  })
}

test('two lists that are known by their names are none for certain, and it is said which', async () => {
  const { error } = await drain(jsonRows('a.json', inPieces('{"orders":[{"id":1}],"payments":[{"id":2}]}', [99])))
  assert.match(error?.message ?? '', /beside "orders" a second list begins/)
})

test('numbers keep what JavaScript would lose: long ones their end, 25.00 its fraction, also below other keys', async () => {
  const text =
    '[{"id":12345678901234567890,"total":25.00,"tax":1.50,"items":[{"id":98765432109876543210,"price":5.0}],"n":5}]'
  const { rows } = await drain(jsonRows('a.json', inPieces(text, [1 << 20])))
  assert.deepEqual(rows[0]?.object, {
    id: '12345678901234567890',
    total: '25.00',
    tax: 1.5,
    items: [{ id: '98765432109876543210', price: '5.0' }],
    n: 5,
  })
})

test('an event in the form of the API keeps its numbers as numbers', async () => {
  const event =
    '{"id":"a","timestamp_ms":1772366400000,"data":{"type":"custom","ratio":1.0,"long":0.12345678901234567}}'
  const { rows } = await drain(jsonRows('a.json', inPieces(`[${event}]`, [1 << 20])))
  assert.deepEqual(rows[0]?.object, JSON.parse(event))
})
