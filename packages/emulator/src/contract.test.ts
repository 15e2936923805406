import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { LEAD } from './sample.cases.ts'

interface EventSchema {
  readonly $id: string
  readonly title: string
  readonly description: string
  readonly $defs: {
    readonly currency: { readonly anyOf: readonly [{ readonly enum: string[] }, { readonly pattern: string }] }
    readonly country?: { readonly enum: string[] }
  }
}

function schemaOf(name: string): EventSchema {
  return JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8')) as EventSchema
}

for (const name of ['2026-06', '2026-11']) {
  test(`the schema ${name} says what it is and works with a validator that knows no formats`, () => {
    const schema = schemaOf(name)
    assert.equal(schema.$id, `urn:waybill:schema:conversion-event:${name}`)
    assert.ok(schema.title.includes(name) && schema.description.length > 0)
    const validate = new Ajv2020({ validateFormats: false }).compile(schema)
    assert.equal(validate(LEAD), true)
    assert.equal(validate({ ...LEAD, id: '' }), false)
  })

  test(`the currencies of ${name} are the same as a list and as a pattern`, () => {
    const [{ enum: list }, { pattern }] = schemaOf(name).$defs.currency.anyOf
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
    const matching = codes.filter((code) => new RegExp(pattern, 'u').test(code))
    assert.deepEqual(matching, list)
    assert.ok(list.every((code) => new RegExp(pattern, 'u').test(code.toLowerCase())))
  })
}

test('both schemas know the same currencies: those that are active, funds and special codes included', () => {
  const [{ enum: list }] = schemaOf('2026-06').$defs.currency.anyOf
  assert.deepEqual(schemaOf('2026-11').$defs.currency.anyOf[0].enum, list)
  assert.equal(list.length, 178)
  for (const code of ['XCG', 'ZWG', 'SLE', 'VED', 'XAD', 'CLF', 'UYW', 'XXX', 'XTS'])
    assert.ok(list.includes(code), code)
  for (const code of ['ANG', 'ZWL', 'SLL', 'CUC', 'HRK', 'BGN', 'DEM']) assert.ok(!list.includes(code), code)
})

test('the first schema knows the 249 countries that are officially assigned', () => {
  const countries = new Set(schemaOf('2026-06').$defs.country?.enum)
  assert.equal(countries.size, 249)
  for (const code of ['EU', 'UK', 'XK', 'AN', 'SU']) assert.ok(!countries.has(code), code)
})
