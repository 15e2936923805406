import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pageTypes, typeOf } from '../scripts/page-types.ts'

test('the types of the page are what the OpenAPI document of a relay says', async () => {
  const committed = readFileSync(new URL('../packages/page/src/api/answers.ts', import.meta.url), 'utf8')
  assert.equal(await pageTypes(), committed.replaceAll('\r\n', '\n'), 'stale: run scripts/page-types.ts')
})

test('each form of a schema has its type', () => {
  const cases: readonly (readonly [Parameters<typeof typeOf>[0], string])[] = [
    [{ type: 'integer' }, 'number'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1] }, "'a' | 1"],
    [{ const: true }, 'true'],
    [{ type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'null' }] } }, 'readonly (number | null)[]'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Readonly<Record<string, number>>'],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      "{ readonly a: string; readonly 'b-c'?: unknown }",
    ],
    [{ $ref: '#/$defs/Mark' }, 'Mark'],
  ]
  for (const [schema, type] of cases) assert.equal(typeOf(schema), type)
})
