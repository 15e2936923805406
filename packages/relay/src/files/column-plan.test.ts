import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ColumnPlan, planColumns } from './column-plan.ts'
import { MappingError } from './errors.ts'
import { FIELD_NAMES, findField } from './field.ts'
import { parseMapping } from './mapping.ts'

function summary({ used, ignored }: ColumnPlan): { used: string[]; ignored: readonly string[] } {
  return { used: used.map(({ column, field, by }) => `${column}${by === 'guess' ? ' ~> ' : ' -> '}${field}`), ignored }
}

const ISSUE_COLUMNS =
  'id type custom_event_name timestamp action_source source_url oppref opt_out email external_id phone country city zip_code ip_address user_agent amount currency plan_id item_id item_name item_amount content_type quantity'

test('every friendly column is found by its name, in any case, and is not a guess', () => {
  for (const name of ISSUE_COLUMNS.split(' ')) {
    for (const column of [name, name.toUpperCase(), ` ${name} `]) {
      assert.deepEqual(summary(planColumns([column])), { used: [`${column} -> ${name}`], ignored: [] })
    }
  }
})

const WIRE: readonly [column: string, field: string][] = [
  ['timestamp_ms', 'timestamp'],
  ['user.email_sha256', 'email'],
  ['user.external_id_sha256', 'external_id'],
  ['user.emails_sha256.0', 'email'],
  ['user.emails_sha256.1', 'user.emails_sha256.1'],
  ['user.zip_code', 'zip_code'],
  ['data.amount', 'data.amount'],
  ['data.currency', 'currency'],
  ['data.type', 'data.type'],
  ['data.contents.0.id', 'contents.0.id'],
  ['contents.0.id', 'contents.0.id'],
  ['contents.11.Content_Type', 'contents.11.content_type'],
  ['contents.0.variant_dict.Color', 'contents.0.variant_dict.Color'],
  ['data.Loyalty', 'data.Loyalty'],
  ['sourceUrl', 'source_url'],
]

for (const [column, field] of WIRE) {
  test(`the column ${column} is the field ${field}, not a guess`, () => {
    assert.deepEqual(summary(planColumns([column])), { used: [`${column} -> ${field}`], ignored: [] })
  })
}

const GUESSES: readonly [column: string, field: string][] = [
  ['Order ID', 'id'],
  ['order-id', 'id'],
  ['E-Mail', 'email'],
  ['email address', 'email'],
  ['created_at', 'timestamp'],
  ['Paid at', 'timestamp'],
  ['Total', 'amount'],
  ['Currency Code', 'currency'],
  ['SKU', 'item_id'],
  ['Lineitem name', 'item_name'],
  ['Lineitem price', 'item_amount'],
  ['Lineitem quantity', 'quantity'],
  ['Währung', 'currency'],
  ['Bestell-Nr.', 'id'],
  ['Datum', 'timestamp'],
  ['E-Mail-Adresse', 'email'],
  ['Kunden-Nr.', 'external_id'],
  ['Telefon', 'phone'],
  ['Land', 'country'],
  ['Ort', 'city'],
  ['Gesamtbetrag', 'amount'],
  ['Artikelnummer', 'item_id'],
  ['Anzahl', 'quantity'],
  ['Source URL', 'source_url'],
  ['Zip/Postal Code', 'zip_code'],
  ['event_name', 'type'],
]

for (const [column, field] of GUESSES) {
  test(`the column ${column} is guessed to be the field ${field}`, () => {
    assert.deepEqual(summary(planColumns([column], { contract: '2026-11' })), {
      used: [`${column} ~> ${field}`],
      ignored: [],
    })
  })
}

test('two columns never fill one field: the exact name wins, then the first', () => {
  const plan = planColumns(['Order Number', 'Order ID', 'id', 'Created at', 'Paid at', 'email', 'user.email_sha256'])
  assert.deepEqual(summary(plan), {
    used: ['id -> id', 'Created at ~> timestamp', 'email -> email'],
    ignored: ['Order Number', 'Order ID', 'Paid at', 'user.email_sha256'],
  })
})

test('line, codes and reasons are ignored and listed, whatever their case', () => {
  assert.deepEqual(summary(planColumns(['id', 'Line', 'codes', 'REASONS', 'note'])), {
    used: ['id -> id'],
    ignored: ['Line', 'codes', 'REASONS', 'note'],
  })
})

test('a mapping goes before names, its columns are not guessed again, and null leaves a field out', () => {
  const mapping = parseMapping({
    external_id: 'id',
    id: 'order_{Order ID}',
    type: 'order_created',
    currency: 'eur',
    phone: null,
  })
  const plan = planColumns(['id', 'Order ID', 'Total', 'phone'], { mapping })
  assert.deepEqual(summary(plan), {
    used: ['id -> external_id', 'Order ID -> id', 'Total ~> amount'],
    ignored: ['phone'],
  })
  assert.deepEqual(plan.constants, [
    { field: 'type', value: 'order_created' },
    { field: 'currency', value: 'eur' },
  ])
})

test('a column goes before a constant of the same text, and a column with braces before a template', () => {
  const mapping = parseMapping({ type: 'custom', item_name: 'Item {x}' })
  const plan = planColumns(['Custom', 'Item {x}'], { mapping })
  assert.deepEqual(summary(plan).used, ['Custom -> type', 'Item {x} -> item_name'])
})

const MISSING: readonly [json: unknown, says: RegExp][] = [
  [{ amount: 'totl' }, /a column "totl" that the file does not have\. Did you mean "total"\? Its columns: total, nr\./],
  [{ id: 'order_{number}' }, /a column "number"/],
  [{ type: 'order_craeted' }, /a column "order_craeted"/],
  [{ currency: 'EURO' }, /a column "EURO"/],
]

for (const [json, says] of MISSING) {
  test(`the mapping ${JSON.stringify(json)} names a missing column and is refused with the columns there are`, () => {
    const plan = (): ColumnPlan => planColumns(['total', 'nr'], { mapping: parseMapping(json) })
    assert.throws(plan, (error: Error) => error instanceof MappingError && says.test(error.message))
  })
}

test('names that would reach into an object are no fields', () => {
  for (const name of [
    '__proto__',
    'data.__proto__',
    'data.a.constructor',
    'contents.0.__proto__',
    'contents.0.variant_dict.__proto__',
    'toString',
  ]) {
    assert.equal(findField(name), undefined)
  }
})

test('every known name is found as itself', () => {
  for (const name of FIELD_NAMES) assert.ok(findField(name))
})
