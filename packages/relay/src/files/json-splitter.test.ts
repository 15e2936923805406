import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonSplitter, JsonStructureError } from './json-splitter.ts'

function split(text: string, size: number): string[] {
  const splitter = new JsonSplitter()
  for (let at = 0; at < text.length; at += size) splitter.push(text.slice(at, at + size))
  splitter.end()
  return splitter.take().map(String)
}

const json = fc.jsonValue({ maxDepth: 4 })
const space = fc.constantFrom('', ' ', '\n\t')

test('the elements of a list are those that JSON.parse finds, at any chunking', () => {
  const property = fc.property(
    fc.array(json),
    fc.constantFrom(0, 2),
    fc.integer({ min: 1, max: 7 }),
    (list, indent, size) => {
      const elements = split(JSON.stringify(list, null, indent), size).map((element) => JSON.parse(element) as unknown)
      assert.deepEqual(elements, JSON.parse(JSON.stringify(list)))
    },
  )
  fc.assert(property, { numRuns: 500 })
})

test('the elements of a wrapped list are found wherever the list stands among other keys', () => {
  const others = fc.dictionary(
    fc.string().filter((key) => key !== 'events'),
    json,
  )
  const property = fc.property(
    others,
    fc.array(json),
    others,
    fc.integer({ min: 1, max: 7 }),
    (before, events, after, size) => {
      const members = [...Object.entries(before), ['events', events] as const, ...Object.entries(after)]
      const text = `{${members.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(' , ')}}`
      assert.deepEqual(
        split(text, size).map((element) => JSON.parse(element) as unknown),
        JSON.parse(JSON.stringify(events)),
      )
    },
  )
  fc.assert(property, { numRuns: 300 })
})

test('an object without a list of events is itself the one element', () => {
  const property = fc.property(
    fc.dictionary(fc.string(), json),
    space,
    fc.integer({ min: 1, max: 5 }),
    (object, gap, size) => {
      fc.pre(!Array.isArray(object['events']))
      const text = `${gap}${JSON.stringify(object)}${gap}`
      assert.deepEqual(
        split(text, size).map((element) => JSON.parse(element) as unknown),
        [JSON.parse(text)],
      )
    },
  )
  fc.assert(property, { numRuns: 300 })
})

test('a text that JSON.parse refuses is refused too, in its structure or in an element', () => {
  const property = fc.property(
    fc.array(json, { minLength: 1 }),
    fc.nat(),
    fc.constantFrom(',', ']', '}', '{', '"', ':', 'x', '['),
    (list, at, character) => {
      const good = JSON.stringify(list)
      const place = at % (good.length + 1)
      const text = good.slice(0, place) + character + good.slice(place)
      if (isJson(text)) return
      assert.throws(() => split(text, 3).map((element) => JSON.parse(element) as unknown))
    },
  )
  fc.assert(property, { numRuns: 500 })
})

const BROKEN: readonly [text: string, line: number, character: number, says: RegExp][] = [
  ['', 1, 0, /ends in the middle/],
  ['[{"a":1}', 1, 8, /ends in the middle/],
  ['[{"a":1}\n {"b":2}]', 2, 2, /a comma or \] is expected/],
  ['[1,]', 1, 4, /an element is expected/],
  ['[1] x', 1, 5, /nothing more is expected/],
  ['{"events":[1] "x":2}', 1, 15, /a comma or } is expected/],
  ['{"events":[1],"events":[2]}', 1, 24, /a second list/],
  ['{events:[]}', 1, 2, /a key is expected/],
  ['"text"', 1, 1, /a list or an object is expected/],
]

for (const [text, line, character, says] of BROKEN) {
  test(`the broken text ${JSON.stringify(text)} is refused with its place`, () => {
    for (const size of [1, 100]) {
      assert.throws(
        () => split(text, size),
        (error: unknown) =>
          error instanceof JsonStructureError &&
          says.test(error.message) &&
          error.line === line &&
          error.character === character,
      )
    }
  })
}

test('elements before a fault in the structure can still be taken', () => {
  const splitter = new JsonSplitter()
  assert.throws(() => splitter.push('[{"a":1},{"b":2},}'))
  assert.deepEqual(splitter.take(), ['{"a":1}', '{"b":2}'])
})

function isJson(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    return false
  }
}
