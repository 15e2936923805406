import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { chunk, utf8Bytes } from './chunk.ts'

const ENVELOPE = '{"validate_only":false,"events":['
const envelopeBytes = ENVELOPE.length + 2
const item = (json: string): { json: string; bytes: number } => ({ json, bytes: utf8Bytes(json) })
const bodyOf = (items: readonly { json: string }[]): string => `${ENVELOPE}${items.map(({ json }) => json).join()}]}`
const bodyBytes = (items: readonly { json: string }[]): number => new TextEncoder().encode(bodyOf(items)).length

describe('chunk', () => {
  it('covers the input exactly, in order, and keeps both limits unless one item alone is too large', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '😀', 'żółć', 'a'.repeat(300)))
    fc.assert(
      fc.property(
        fc.array(
          text.map((value) => item(JSON.stringify(value))),
          { maxLength: 60 },
        ),
        fc.integer({ min: 40, max: 600 }),
        fc.integer({ min: 1, max: 20 }),
        (items, maxBodyBytes, maxEvents) => {
          const chunks = chunk(items, { maxBodyBytes, envelopeBytes, maxEvents })
          assert.deepEqual(chunks.flat(), items)
          for (const part of chunks) {
            assert.ok(part.length >= 1 && part.length <= maxEvents)
            assert.ok(part.length === 1 || bodyBytes(part) <= maxBodyBytes)
          }
        },
      ),
    )
  })

  it('fills each chunk: the first item of the next one would not have fitted', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().map((value) => item(JSON.stringify(value))),
          { maxLength: 60 },
        ),
        fc.integer({ min: 40, max: 400 }),
        (items, maxBodyBytes) => {
          const chunks = chunk(items, { maxBodyBytes, envelopeBytes, maxEvents: 10 })
          for (const [position, part] of chunks.slice(0, -1).entries()) {
            const more = [...part, chunks[position + 1]![0]!]
            assert.ok(more.length > 10 || bodyBytes(more) > maxBodyBytes)
          }
        },
      ),
    )
  })

  for (const [count, expected] of [
    [0, []],
    [1, [1]],
    [999, [999]],
    [1_000, [1_000]],
    [1_001, [1_000, 1]],
    [2_000, [1_000, 1_000]],
    [2_001, [1_000, 1_000, 1]],
  ] as const) {
    it(`cuts ${count} items into ${JSON.stringify(expected)}`, () => {
      const items = Array.from({ length: count }, () => item('{}'))
      const sizes = chunk(items, { maxBodyBytes: 4_000_000, envelopeBytes }).map((part) => part.length)
      assert.deepEqual(sizes, expected)
    })
  }

  it('counts the bytes of the real body: one below the limit and at it fit, one above does not', () => {
    const pair = [item('{"id":"😀"}'), item('{"id":"żółć"}')]
    const exact = bodyBytes(pair)
    assert.ok(exact > bodyOf(pair).length, 'the pair has more bytes than characters')
    for (const [maxBodyBytes, chunks] of [
      [exact + 1, 1],
      [exact, 1],
      [exact - 1, 2],
    ] as const) {
      assert.equal(chunk(pair, { maxBodyBytes, envelopeBytes }).length, chunks)
    }
  })
})

describe('utf8Bytes', () => {
  it('counts as an encoder does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(utf8Bytes(text), new TextEncoder().encode(text).length)
      }),
    )
  })
})
