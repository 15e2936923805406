import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { WireEvent } from 'waybill'
import { shapeKey } from 'waybill/delivery'
import { createShapeMemo } from './shape-memo.ts'

const someKeys = (...keys: string[]): fc.Arbitrary<object> =>
  fc.shuffledSubarray(keys).map((chosen) => Object.fromEntries(chosen.map((key) => [key, 1] as const)))

/** Events whose keys stand in any order; their values say nothing of their shape. */
const events: fc.Arbitrary<WireEvent> = fc
  .record({
    type: fc.constantFrom('order_created', 'custom'),
    name: fc.constantFrom('a', 'b'),
    others: someKeys('oppref', 'source_url', 'opt_out'),
    dataType: fc.constantFrom('contents', 'custom'),
    data: someKeys('amount', 'currency', 'plan_id', 'free', 'other', ''),
    user: fc.option(someKeys('country', 'city', 'id'), { nil: undefined }),
    contents: fc.option(fc.array(someKeys('id', 'name', 'quantity'), { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ type, name, others, dataType, data, user, contents }) => {
    const named = type === 'custom' ? { custom_event_name: name } : {}
    const inside = { ...data, type: dataType, ...(contents && { contents }) }
    return { ...others, type, ...named, data: inside, ...(user && { user }) } as unknown as WireEvent
  })

describe('the shape memo', () => {
  it('gives the shape key of every event, whatever came before', () => {
    const shapeOf = createShapeMemo()
    fc.assert(
      fc.property(events, (event) => assert.equal(shapeOf(event), shapeKey(event))),
      { numRuns: 2_000 },
    )
  })

  it('keeps that up when it has to forget', () => {
    const shapeOf = createShapeMemo(10)
    fc.assert(fc.property(events, (event) => assert.equal(shapeOf(event), shapeKey(event))))
  })
})
