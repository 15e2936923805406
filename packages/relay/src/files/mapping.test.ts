import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planColumns } from './column-plan.ts'
import { FileError, MappingError } from './errors.ts'
import { tempFile } from './files.helpers.ts'
import { loadMapping, parseMapping } from './mapping.ts'
import { parseTemplate } from './template.ts'

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
  [{ timestampUnit: 'us' }, /"timestampUnit" has to be "ms" or "s"/],
  [{ timeZone: 'Berlin' }, /Unknown time zone "Berlin"/],
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
  const plans = [flat, nested].map((json) => planColumns(COLUMNS, parseMapping(json)))
  assert.deepEqual(plans[0]?.used, plans[1]?.used)
  assert.deepEqual(plans[0]?.constants, plans[1]?.constants)
})

test('settings are read, with milliseconds and a point as their defaults', () => {
  assert.deepEqual(parseMapping({}), { entries: [], timestampUnit: 'ms', decimal: '.' })
  const settings = { timestampUnit: 's', decimal: ',', timeZone: 'Europe/Berlin' }
  assert.deepEqual(parseMapping(settings), { entries: [], ...settings })
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

test('templates hold columns, text and doubled braces', () => {
  assert.deepEqual(parseTemplate('a_{b}{ c }'), [{ text: 'a_' }, { column: 'b' }, { column: 'c' }])
  assert.deepEqual(parseTemplate('{{{a}}}'), [{ text: '{' }, { column: 'a' }, { text: '}' }])
  for (const broken of ['{', '}', '{}', 'a}b', '{a{b}}']) assert.equal(parseTemplate(broken), undefined)
})
