import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planColumns } from './column-plan.ts'
import { FileError, MappingError } from './errors.ts'
import { tempFile } from './files.helpers.ts'
import { loadMapping, parseMapping } from './mapping.ts'

const COLUMNS = ['order_number', 'paid_at', 'total', 'Item {x}']

const REFUSED: readonly [json: unknown, says: RegExp][] = [
  [[], /A mapping is a JSON object such as/],
  [null, /A mapping is a JSON object/],
  [
    { amout: 'total', timestampunit: 's', foo: 'x' },
    /"amout" \(did you mean "amount"\?\); "timestampunit" \(did you mean "timestampUnit"\?\); "foo" is no field/,
  ],
  [{ order_number: 'id' }, /"order_number" is no field but "id" is: swap them, "id": "order_number"/],
  [{ columns: { amout: 'total' } }, /did you mean "amount"/],
  [{ constants: { typo: 'order_created' } }, /"typo" \(did you mean "type"\?\)/],
  [{ columns: 'total' }, /"columns" is a JSON object/],
  [{ id: 5 }, /"id" needs a column, a template/],
  [{ id: { column: 'x' } }, /"id" needs a column, a template/],
  [{ id: '' }, /"id" needs a column/],
  [{ type: { value: null } }, /The constant of "type" has to be/],
  [{ id: 'order_{number' }, /"id" has a brace without its partner/],
  [{ timestamp: 'a', timestamp_ms: 'b' }, /says twice where "timestamp" comes from/],
  [{ columns: { type: 'x' }, constants: { type: 'order_created' } }, /says twice where "type"/],
  [{ decimal: ';' }, /"decimal" has to be "\." or ","/],
  [{ timestampUnit: 'ns' }, /"timestampUnit" has to be "ms" or "s" or "us"/],
  [{ thousands: '_' }, /"thousands" has to be/],
  [{ decimal: ',', thousands: ',' }, /are two signs/],
  [{ amountUnit: 'cents' }, /"amountUnit" has to be "major" or "minor"/],
  [{ dateFormat: 'd/m' }, /"dateFormat" has to be "day-first" or "month-first", a pattern/],
  [{ timeOfDay: '25:00' }, /"timeOfDay" is the time/],
  [{ where: { Status: null } }, /"where" says of "Status" what cannot be read/],
  [{ where: { Status: { before: 'soon' } } }, /"where" says of "Status"/],
  [{ values: { type: {} } }, /The values of "type" are an object/],
  [{ values: { Type: { a: [] } } }, /say of "a" what is no text/],
  [{ values: { typ: { a: 'b' } } }, /"values" has "typ", which is no field/],
  [{ type: { column: 'a', values: { b: 'c' } }, values: { type: { b: 'c' } } }, /says twice what the values of "type"/],
  [{ email: { sum: 'x' } }, /only "amount" can be/],
  [{ groupBy: 5 }, /"groupBy" is a column/],
  [{ contents: { id: 'sku' } }, /"contents" is \{ "each"/],
  [{ contents: { each: 'items', colour: 'x' } }, /"contents" has "colour"/],
  [{ timeZone: 'Atlantis' }, /Unknown time zone "Atlantis"/],
]

for (const [json, says] of REFUSED) {
  test(`the mapping ${JSON.stringify(json)} is refused in one line`, () => {
    assert.throws(
      () => parseMapping(json),
      (error: Error) => error instanceof MappingError && says.test(error.message) && !error.message.includes('\n'),
    )
  })
}

test('both spellings of a mapping give the same plan', () => {
  const flat = { id: 'order_{order_number}', type: { value: 'order_created' }, timestamp: 'paid_at', amount: 'total' }
  const nested = {
    columns: { id: 'order_{order_number}', timestamp: 'paid_at', amount: 'total' },
    constants: { type: 'order_created' },
  }
  const plans = [flat, nested].map((json) => planColumns(COLUMNS, { mapping: parseMapping(json) }))
  assert.deepEqual(plans[0]?.used, plans[1]?.used)
  assert.deepEqual(plans[0]?.constants, plans[1]?.constants)
})

test('settings are read, and what is not said stays open', () => {
  const { entries, values, where, ...rest } = parseMapping({})
  assert.deepEqual([entries, [...values], where, rest], [[], [], [], { ignore: [], groupBy: [] }])
  const settings = {
    timestampUnit: 's',
    decimal: ',',
    timeZone: 'Europe/Berlin',
    amountUnit: 'minor',
    timeOfDay: '12:00',
  }
  const read = parseMapping({ ...settings, dateFormat: ['day-first', 'yyyy.MM.dd'] })
  assert.deepEqual(
    { ...read, entries: [], values: [] },
    {
      entries: [],
      values: [],
      where: [],
      ignore: [],
      groupBy: [],
      ...settings,
      dateOrder: 'day-first',
      datePatterns: ['yyyy.MM.dd'],
    },
  )
})

test('a mapping file is named in its errors', async (context) => {
  await assert.rejects(loadMapping(tempFile(context, 'map.json', '{')), /map\.json: The mapping is not valid JSON/)
  await assert.rejects(
    loadMapping(tempFile(context, 'map.json', '{"x":"y"}')),
    /map\.json: Unknown in the mapping: "x"/,
  )
  await assert.rejects(loadMapping('/nowhere/map.json'), (error: Error) => error instanceof FileError)
  assert.equal((await loadMapping(tempFile(context, 'map.json', '\ufeff{"id":"nr"}'))).entries.length, 1)
})
