import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempFile } from '../files.helpers.ts'
import { flatten } from '../flatten.ts'
import { openFile } from '../open-file.ts'
import type { JsonObject } from '../row.ts'
import { SAMPLES } from './exports.cases.ts'
import { KNOWN_EXPORTS, knownExport } from './index.ts'

for (const { name, file, text } of SAMPLES) {
  test(`${file} is told by its header as ${name}`, async (context) => {
    const opened = await openFile(tempFile(context, file, text))
    const columns = new Set(opened.columns)
    for await (const rows of opened.rows) {
      for (const { object } of rows) for (const key of flatten(object ?? ({} as JsonObject)).keys()) columns.add(key)
    }
    await opened.close()
    assert.equal(knownExport([...columns])?.name, name)
  })
}

test('each known export has its sample, a name of its own, and names its columns once', () => {
  const names = KNOWN_EXPORTS.map(({ name }) => name)
  assert.deepEqual(names.toSorted(), SAMPLES.map(({ name }) => name).toSorted())
  assert.equal(new Set(names).size, names.length)
  for (const { columns, without = [] } of KNOWN_EXPORTS) {
    assert.equal(new Set([...columns, ...without]).size, columns.length + without.length)
  }
})

test('a header is compared in any case and trimmed, and one column less is no known export', () => {
  for (const { name, columns } of KNOWN_EXPORTS) {
    assert.equal(knownExport(columns.map((column) => ` ${column.toUpperCase()} `))?.name, name)
    for (const missing of columns) {
      assert.notEqual(knownExport(columns.filter((column) => column !== missing))?.name, name)
    }
  }
})

test('a table of nobody is none', () => {
  assert.equal(knownExport(['order_id', 'created_at', 'email', 'total', 'currency']), undefined)
  assert.equal(knownExport([]), undefined)
})
