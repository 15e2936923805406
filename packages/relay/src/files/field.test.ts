import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGenericSource, FIELD_TABLE } from 'waybill/sources'
import { findField, slotOf } from './field.ts'

/** The name under which a field is demanded, of its other name. */
const plain = (name: string): string => name.replace(/_ms$/, '')

const NAMED = FIELD_TABLE.flatMap((field) => [field.name, ...field.others].map((name) => [name, field] as const))

test('every name of the one table is a column of files, in any case', () => {
  for (const [name, { part, key, kind }] of NAMED) {
    for (const written of [name, name.toUpperCase()]) {
      const found = findField(written)
      assert.deepEqual([found?.part, found?.key, found?.kind, found?.index], [part, key, kind, 0], written)
    }
  }
})

test('every name of the one table that is of no item is a field of a mapping of calls, and no other is', () => {
  const needed = { id: 'a', type: { value: 'lead_created' }, timestamp: 'b' }
  const mappingOf = (name: string) => () => {
    const { [plain(name)]: _, ...rest } = needed as Record<string, unknown>
    createGenericSource({ mapping: { ...rest, [name]: 'some.path' } })
  }
  for (const [name, { part }] of NAMED) {
    if (part !== 'item') assert.doesNotThrow(mappingOf(name), name)
    else if (!name.startsWith('item_')) assert.throws(mappingOf(name), name)
  }
  assert.throws(mappingOf('emial'), /emial is no field/)
})

test('no two lines of the table have a name in common, and two of one place read it differently', () => {
  const names = NAMED.map(([name]) => name)
  assert.equal(new Set(names).size, names.length)
  const slots = FIELD_TABLE.map(({ name }) => slotOf(findField(name)!))
  const twice = FIELD_TABLE.filter((_, at) => slots.indexOf(slots[at]!) !== at).map(({ name }) => name)
  assert.deepEqual(twice, ['data.amount'])
})

test('an item on the wire has its amounts in minor units', () => {
  const kinds = ['contents.0.amount', 'data.contents.2.amount', 'item_amount'].map((name) => findField(name)?.kind)
  assert.deepEqual(kinds, ['minorUnits', 'minorUnits', 'decimal'])
  assert.deepEqual(
    ['contents.1.groupid', 'contents.1.group_id', 'contents.1.sku'].map((name) => findField(name)?.key),
    ['groupId', 'groupId', undefined],
  )
})
