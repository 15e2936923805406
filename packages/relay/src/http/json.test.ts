import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from './json.ts'

const MEGABYTE = 1_000_000

const REFUSED: readonly (readonly [name: string, body: string | Uint8Array, code: string])[] = [
  ['nothing', '', 'invalid_json'],
  ['half of it', '{"events":[', 'invalid_json'],
  ['an unfinished text', '"abc', 'invalid_json'],
  ['more ends than beginnings', ']]]]{}', 'invalid_json'],
  ['lists 65 deep', '['.repeat(65) + ']'.repeat(65), 'nested_too_deep'],
  ['10 MB of open lists', '['.repeat(10 * MEGABYTE), 'nested_too_deep'],
  ['10 MB of open objects', '{"a":'.repeat(2 * MEGABYTE), 'nested_too_deep'],
  ['3 million empty objects', `[${'{},'.repeat(3 * MEGABYTE)}{}]`, 'too_many_values'],
  ['a text of 10 MB', `{"id":"${'x'.repeat(10 * MEGABYTE)}"}`, 'string_too_long'],
  ['a key of 10 MB', `{"${'x'.repeat(10 * MEGABYTE)}":1}`, 'string_too_long'],
  ['a million keys', `{${Array.from({ length: MEGABYTE }, (_, at) => `"k${at}":0`).join()}}`, 'too_many_keys'],
  ['a key twice', '{"id":"a","id":"b"}', 'duplicate_key'],
  ['a key twice, once escaped', '{"id":"a","\\u0069d":"b"}', 'duplicate_key'],
  ['a key twice deep inside', '{"events":[{"data":{"amount":1,"amount":2}}]}', 'duplicate_key'],
  ['__proto__', '{"__proto__":{"admin":true}}', 'forbidden_key'],
  ['__proto__ deep inside, escaped', '{"a":[{"\\u005f_proto__":1}]}', 'forbidden_key'],
  ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0xfe, 0x22), 'invalid_utf8'],
  ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'invalid_utf8'],
]

for (const [name, body, code] of REFUSED) {
  test(`JSON that is refused: ${name}`, () => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const before = process.memoryUsage().heapUsed
    const startedMs = performance.now()
    const read = readJson(bytes)
    assert.equal(read.ok ? 'taken' : read.code, code)
    assert.ok(performance.now() - startedMs < 2_000)
    assert.ok(process.memoryUsage().heapUsed - before < 200 * MEGABYTE)
  })
}

const TAKEN: readonly string[] = [
  '{}',
  ' [1, "a", null, true, {"b": [{}]}] ',
  '{"a":"{\\"b\\":1,\\"b\\":2}"}',
  '{"a":"x\\\\","b":"\\\\\\""}',
  '{"a":{"id":1},"b":{"id":2}}',
  '{"ü":"😀:\\ud83d\\ude00"}',
  '['.repeat(64) + ']'.repeat(64),
  `{"a":"${'x'.repeat(MEGABYTE - 1)}"}`,
  `{${Array.from({ length: 1_000 }, (_, at) => `"k${at}":0`).join()}}`,
]

for (const text of TAKEN) {
  test(`JSON is read as JSON.parse reads it: ${text.slice(0, 40)}`, () => {
    assert.deepEqual(readJson(Buffer.from(text)), { ok: true, value: JSON.parse(text) })
  })
}

test('a byte order mark is passed over', () => {
  assert.deepEqual(readJson(Buffer.from('\uFEFF{}')), { ok: true, value: {} })
})

/** What stands in a text, as somebody may write it: with or without white space, escapes, odd numbers, keys in any order. */
const writtenValue: fc.Arbitrary<string> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('0', '7', '-1', '-0', '1.0', '2.50', '1e3', '123456789012345', '1234567890123456', '00', '1E400'),
    fc.constantFrom(
      'true',
      'null',
      '""',
      '"a\\u0062"',
      '"\\/"',
      '"ü😀"',
      '"\\ud800"',
      '"12"',
      '"{\\"a\\":1}"',
      '"a b"',
    ),
    tie('object'),
    fc.array(tie('value') as fc.Arbitrary<string>, { maxLength: 3 }).map((items) => `[${items.join()}]`),
  ),
  object: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '1', '10', '2', 'é', '\\u0063', ' '), tie('value')), {
      maxLength: 4,
      selector: ([key]) => key,
    })
    .chain((members) =>
      fc.constantFrom('', ' ', '\n').map((gap) => `{${members.map(([k, v]) => `"${k}":${gap}${v as string}`).join()}}`),
    ),
})).object as fc.Arbitrary<string>

test('the text that is given for an event is what JSON.stringify would write for it', () => {
  let given = 0
  fc.assert(
    fc.property(fc.array(writtenValue, { minLength: 1, maxLength: 4 }), (written) => {
      const read = readJson(Buffer.from(`{"events":[${written.join()}],"validate_only":false}`))
      if (!read.ok) return
      const { events } = read.value as { events: unknown[] }
      assert.equal(read.texts?.length, events.length)
      for (const [index, text] of read.texts!.entries()) {
        if (text === undefined) continue
        given++
        assert.equal(text, JSON.stringify(events[index]))
      }
    }),
    { numRuns: 2_000 },
  )
  assert.ok(given > 500, `only ${given} texts were given`)
})

test('where not all of a list are objects, there are fewer texts than elements', () => {
  const read = readJson(Buffer.from('{"events":[{"id":"a"},5,[{"id":"b"}]]}'))
  assert.deepEqual(read.ok && read.texts, ['{"id":"a"}'])
})
