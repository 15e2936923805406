import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgeEvents } from '../engine/accept.ts'
import { order } from '../service/service.helpers.ts'
import { isHeld, lostNumberIn } from './exact-number.ts'
import { readJson, readJsonExactly } from './json.ts'

const NUMBERS: readonly (readonly [source: string, isHeld: boolean])[] = [
  ['0', true],
  ['-0', true],
  ['0.1', true],
  ['1.10', true],
  ['1e2', true],
  ['1E-7', true],
  ['100000000000000000000', true],
  ['9007199254740991', true],
  ['9007199254740992', true],
  ['9007199254740993', false],
  ['-9007199254740993', false],
  ['12345678901234567890', false],
  ['90071992547409930', false],
  ['0.10000000000000001', true],
  ['19.989999999999998', true],
  ['0.1234567890123456789', false],
  ['123456789.123456789', false],
  ['1e400', false],
  ['-1e400', false],
  ['1e-400', false],
  ['0e999999999999', true],
  ['1.7976931348623157e308', true],
  ['9007199254740993.0', false],
  [`1e-${'9'.repeat(500)}`, false],
  [`0.${'0'.repeat(500)}1`, false],
]

for (const [source, held] of NUMBERS)
  test(`${source} is ${held ? '' : 'not '}a number that JavaScript holds`, () => assert.equal(isHeld(source), held))

const custom = (value: string): string =>
  `{"events":[${JSON.stringify(order('first'))},{"id":"x","type":"custom","custom_event_name":"spun","timestamp_ms":${Date.now()},"action_source":"other","data":{"type":"custom","deep":[{"order_no":${value}}]}}]}`

function judged(
  body: string,
): readonly (readonly [state: string | undefined, code: string | undefined, wire: string])[] {
  const read = readJson(Buffer.from(body))
  assert.ok(read.ok)
  const { events } = read.value as { events: unknown[] }
  const { texts, lostNumbers } = read
  const arrival = { pixel: 'px', contract: '2026-06', source: 'shop', events, texts, lostNumbers } as const
  return judgeEvents(arrival, Date.now()).map(({ state, issues, wire }) => [state, issues[0]?.code, wire])
}

for (const [source, held] of NUMBERS)
  test(`under a free key ${source} is ${held ? 'sent as the same number' : 'refused where it stands'}`, () => {
    const [first, second] = judged(custom(source))
    assert.equal(first?.[0], undefined, 'its neighbour is good')
    if (!held) {
      // What is beyond all doubles the rules of the event refuse already.
      const code = Number.isFinite(Number(source)) ? 'inexact_number' : 'not_json'
      return assert.deepEqual(second?.slice(0, 2), ['refused', code])
    }
    assert.equal(second?.[0], undefined)
    const sent = JSON.parse(second?.[2] ?? '') as { data: { deep: { order_no: number }[] } }
    assert.equal(sent.data.deep[0]?.order_no, Number(source) + 0)
  })

test('whatever number is written, what is sent of it is the same number, or the event is refused', () => {
  const digits = fc.stringMatching(/^(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,3})?$/)
  fc.assert(
    fc.property(digits, fc.boolean(), (source, isNegative) => {
      const text = (isNegative ? '-' : '') + source
      const [, [state, , wire = ''] = []] = judged(custom(text))
      if (state === 'refused') return assert.equal(isHeld(text), false)
      const sent = /"order_no":([^}]*)\}/.exec(wire)?.[1] ?? ''
      assert.ok(isHeld(text) && Number(sent) === Number(text) + 0, `${text} as ${sent}`)
    }),
  )
})

test('the place of such a number is told, and no key that may be anything', () => {
  assert.equal(lostNumberIn('{"a":[1,{"b c":{"d":9007199254740993}}]}'), 'a[1].[key].d')
})

test('in the body of another system a long whole number is the text of its digits; in one of ours it is refused', () => {
  const body = Buffer.from('{"order":{"id":12345678901234567890,"total":19.990000000000000213,"n":5}}')
  assert.deepEqual(readJsonExactly(body, 'as_text'), {
    ok: true,
    value: { order: { id: '12345678901234567890', total: 19.99, n: 5 } },
  })
  const refused = readJsonExactly(body, 'refuse')
  assert.equal(refused.ok ? undefined : refused.code, 'inexact_number')
})

/** Ids at the limit, in bytes of UTF-8. */
const IDS: readonly (readonly [name: string, id: string, isTaken: boolean])[] = [
  ['1,023 bytes', 'x'.repeat(1_023), true],
  ['1,024 bytes', 'x'.repeat(1_024), true],
  ['1,025 bytes', 'x'.repeat(1_025), false],
  ['1,024 bytes in characters of two', 'ü'.repeat(512), true],
  ['1,025 bytes in characters of two and one', `${'ü'.repeat(512)}x`, false],
  ['1,024 bytes in characters of four', '😀'.repeat(256), true],
  ['1,028 bytes in characters of four', '😀'.repeat(257), false],
  ['a megabyte', 'x'.repeat(1_000_000), false],
]

for (const [name, id, isTaken] of IDS)
  test(`an id of ${name} is ${isTaken ? 'taken' : 'refused, and kept without a key'}`, () => {
    const arrival = { pixel: 'px', contract: '2026-06', source: 'shop', events: [order(id)] } as const
    const [event] = judgeEvents(arrival, Date.now())
    if (isTaken) return assert.deepEqual([event?.state, event?.id], [undefined, id])
    assert.deepEqual([event?.state, event?.id, event?.issues[0]?.code], ['refused', undefined, 'id_too_long'])
  })
