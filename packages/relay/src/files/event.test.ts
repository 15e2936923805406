import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planColumns } from './column-plan.ts'
import { flatten } from './flatten.ts'
import { createMapper } from './mapper.ts'
import type { Mapping } from './mapping.ts'
import { parseMapping } from './mapping.ts'
import type { JsonObject } from './row.ts'

const NOON = Date.parse('2026-03-01T12:00:00Z')

function mapCells(cells: Readonly<Record<string, string>>, json?: unknown, timeZone?: string) {
  const mapping: Mapping | undefined = json === undefined ? undefined : parseMapping(json)
  const mapper = createMapper(planColumns(Object.keys(cells), { mapping, timeZone }))
  return mapper.map({ line: 2, cells: Object.values(cells) })
}

function mapObject(object: JsonObject, json?: unknown) {
  const mapping = json === undefined ? undefined : parseMapping(json)
  const mapper = createMapper(planColumns([...flatten(object).keys()], { mapping, isTyped: true }), {
    isMapped: mapping !== undefined,
  })
  return mapper.map({ line: 1, object })
}

const CELLS: readonly {
  name: string
  cells: Readonly<Record<string, string>>
  map?: unknown
  zone?: string
  input: unknown
}[] = [
  {
    name: 'what nobody sees at the ends of a cell is no part of it',
    cells: { id: '\u200b1001\ufeff', type: '\u200eorder_created \u2060', city: 'a\u200bb' },
    input: { id: '1001', type: 'order_created', user: { city: 'a\u200bb' }, data: {} },
  },
  {
    name: 'friendly columns',
    cells: {
      id: 'order_1',
      type: 'order_created',
      timestamp: '2026-03-01T13:00:00+01:00',
      action_source: 'web',
      source_url: 'https://a.example/x',
      oppref: ' keep me ',
      opt_out: 'No',
      email: ' Jane@Example.com',
      zip_code: '10115',
      amount: ' 25.99 ',
      currency: 'EUR',
      item_id: 'sku',
      item_name: 'Bundle',
      item_amount: '5.00',
      content_type: 'product',
      quantity: '2',
    },
    input: {
      id: 'order_1',
      type: 'order_created',
      timestamp: NOON,
      actionSource: 'web',
      sourceUrl: 'https://a.example/x',
      oppref: ' keep me ',
      optOut: false,
      user: { email: 'Jane@Example.com', postalCode: '10115' },
      data: {
        amount: '25.99',
        currency: 'EUR',
        contents: [{ id: 'sku', name: 'Bundle', amount: '5.00', contentType: 'product', quantity: 2 }],
      },
    },
  },
  {
    name: 'wire columns',
    cells: {
      id: 'a',
      type: 'custom',
      custom_event_name: 'quiz',
      timestamp_ms: String(NOON),
      'user.emails_sha256.0': 'aa',
      'user.emails_sha256.1': 'bb',
      'data.type': 'custom',
      'data.amount': '2599',
      'data.currency': 'USD',
      'data.loyalty.tier': 'gold',
      'data.contents.0.amount': '100',
      'data.contents.2.id': 'z',
      'contents.0.variant_dict.color': 'red',
    },
    input: {
      id: 'a',
      type: 'custom',
      customEventName: 'quiz',
      timestamp: NOON,
      user: { email: ['aa', 'bb'] },
      data: {
        type: 'custom',
        amount: { amount: 2599 },
        currency: 'USD',
        loyalty: { tier: 'gold' },
        contents: [{ amount: { amount: 100 }, variantDict: { color: 'red' } }, { id: 'z' }],
      },
    },
  },
  {
    name: 'empty cells, and one of spaces',
    cells: { id: 'a', email: '', amount: '  ', item_id: '', oppref: ' ' },
    input: { id: 'a', oppref: ' ', data: {} },
  },
  {
    name: 'a decimal among minor units',
    cells: { 'data.amount': '25.99' },
    input: { data: { amount: { amount: 25.99 } } },
  },
  {
    name: 'text that is no flag and no number',
    cells: { opt_out: 'maybe', quantity: 'two' },
    input: { optOut: 'maybe', data: { contents: [{ quantity: 'two' }] } },
  },
  {
    name: 'a mapping with a template, constants and settings',
    cells: { nr: '7', paid: '1772366400.25', total: '1299,50' },
    map: {
      id: 'order_{nr}',
      type: 'order_created',
      timestamp: 'paid',
      amount: 'total',
      currency: { value: 'EUR' },
      decimal: ',',
      timestampUnit: 's',
    },
    input: {
      id: 'order_7',
      type: 'order_created',
      timestamp: 1772366400250,
      data: { amount: '1299.50', currency: 'EUR' },
    },
  },
  {
    name: 'a template over an empty cell',
    cells: { nr: ' ', type: 'x' },
    map: { id: 'order_{nr}' },
    input: { type: 'x', data: {} },
  },
  {
    name: 'a zone of the mapping',
    cells: { timestamp: '2026-03-01 13:00' },
    map: { timeZone: 'Europe/Berlin' },
    input: { timestamp: NOON, data: {} },
  },
  {
    name: 'a zone of the command line before that of the mapping',
    cells: { timestamp: '2026-03-01 12:00' },
    map: { timeZone: 'Asia/Tokyo' },
    zone: 'UTC',
    input: { timestamp: NOON, data: {} },
  },
]

for (const { name, cells, map, zone, input } of CELLS) {
  test(`cells with ${name} become the friendly event`, () => {
    const mapped = mapCells(cells, map, zone)
    assert.deepEqual(mapped.input, input)
    assert.deepEqual(mapped.issues, [])
  })
}

test('every faulty cell of a row is reported, by its column and without its value', () => {
  const { issues } = mapCells(
    { Paid: '1772366400', total: '$5 for jane@example.com', 'data.contents.0.amount': 'n.a.' },
    { timestamp: 'Paid' },
  )
  assert.deepEqual(
    issues.map(({ code, path }) => [code, path]),
    [
      ['timestamp_in_seconds', 'Paid'],
      ['invalid_amount', 'total'],
      ['invalid_amount', 'data.contents.0.amount'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(issues), /jane|n\.a/)
})

test('a row that could not be read has no event', () => {
  const issue = { code: 'malformed_row', path: '', message: 'x', severity: 'error' } as const
  const mapped = createMapper(planColumns(['id'])).map({ line: 2, raw: 'x', issues: [issue] })
  assert.deepEqual([mapped.input, mapped.issues], [undefined, [issue]])
})

test('a nested object passes as it is, in either form', () => {
  for (const object of [
    { id: 'a', timestamp_ms: 5, data: { type: 'contents' } },
    { id: 'a', timestamp: 'x', user: { email: 'y' } },
  ]) {
    const mapped = mapObject(object)
    assert.equal(mapped.input, object)
    assert.equal(mapped.isWhole, true)
  }
})

test('a flat object is read like a line of a table, numbers and booleans by their exact text, null as absent', () => {
  const object = {
    'Order ID': 12345,
    timestamp_ms: NOON,
    amount: 25.9,
    opt_out: true,
    email: null,
    quantity: 2,
    note: 'x',
  }
  const mapped = mapObject(object)
  assert.deepEqual(mapped.input, {
    id: '12345',
    timestamp: NOON,
    optOut: true,
    data: { amount: '25.9', contents: [{ quantity: 2 }] },
  })
  assert.equal(mapped.isWhole, false)
})

test('with a mapping a nested object is flattened, and a key that a row lacks is absent', () => {
  const map = { id: 'order.number', amount: 'order.total', email: 'customer.email', type: 'order_created' }
  const mapped = mapObject(
    { order: { number: 7, total: '5.00' }, data: { currency: 'USD', contents: [{ id: 's' }] } },
    map,
  )
  assert.deepEqual(mapped.input, {
    id: '7',
    type: 'order_created',
    data: { amount: '5.00', currency: 'USD', contents: [{ id: 's' }] },
  })
  assert.deepEqual(mapped.issues, [])
})

const ITEMS: readonly (readonly [says: string, lines: unknown, told: readonly string[], contents: unknown])[] = [
  ['items as they are', [{ sku: 'a', title: 'Tea', count: 2 }], [], [{ id: 'a', name: 'Tea', quantity: 2 }]],
  ['no items', [], [], undefined],
  ['what is not there', [{ sku: 'a', title: null }, { sku: 'b', title: ' ' }, null], [], [{ id: 'a' }, { id: 'b' }]],
  ['a word for nothing', [{ sku: 'a', title: 'N/A' }], ['means_nothing at lines.title'], [{ id: 'a' }]],
  ['a value that is no text', [{ sku: 'a', title: { en: 'Tea' } }], ['unused_field at lines.title'], [{ id: 'a' }]],
  ['a list for a value', [{ sku: ['a', 'b'], count: 1 }], ['unused_field at lines.sku'], [{ quantity: 1 }]],
  ['a line that is no item', [{ sku: 'a' }, 'b'], ['unused_field at lines'], [{ id: 'a' }]],
  ['items that are no list', { sku: 'a' }, ['unused_field at lines'], undefined],
]

for (const [says, lines, told, contents] of ITEMS) {
  test(`of a list of items: ${says}`, () => {
    const map = { id: 'number', contents: { each: 'lines', id: 'sku', name: 'title', quantity: 'count' } }
    const { input, issues } = mapObject({ number: 7, lines } as JsonObject, map)
    assert.deepEqual(
      issues.map(({ code, path }) => `${code} at ${path}`),
      told,
    )
    assert.deepEqual((input as { data: { contents?: unknown } }).data.contents, contents)
    assert.ok(issues.every(({ severity }) => severity === 'warning'))
  })
}
