import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WireEvent } from '../contract/event.ts'
import { shapeKey } from './shape.ts'

const event = (changes: object = {}): WireEvent =>
  ({
    id: 'o1',
    type: 'order_created',
    timestamp_ms: 1,
    data: { type: 'contents', amount: 1, currency: 'USD' },
    ...changes,
  }) as unknown as WireEvent
const custom = (data: object): WireEvent =>
  event({ type: 'custom', custom_event_name: 'quiz', data: { type: 'custom', ...data } })

describe('shapeKey', () => {
  const SAME: readonly (readonly [string, WireEvent, WireEvent])[] = [
    [
      'other values',
      event(),
      event({ id: 'o2', timestamp_ms: 9, data: { type: 'contents', amount: 7, currency: 'JPY' } }),
    ],
    ['another order of keys', event({ oppref: 'a', opt_out: false }), event({ opt_out: true, oppref: 'b' })],
    ['another free key of a custom event', custom({ score: 1 }), custom({ level: 'x', rank: 2 })],
    [
      'more items of the same keys',
      event({ data: { type: 'contents', contents: [{ id: 'a' }] } }),
      event({ data: { type: 'contents', contents: [{ id: 'b' }, { id: 'c' }] } }),
    ],
  ]
  for (const [title, one, other] of SAME) {
    it(`is the same for ${title}`, () => assert.equal(shapeKey(one), shapeKey(other)))
  }

  const OTHER: readonly (readonly [string, WireEvent])[] = [
    ['another event name', event({ type: 'page_viewed' })],
    ['one more key of the event', event({ oppref: 'x' })],
    ['one key of data fewer', event({ data: { type: 'contents' } })],
    ['a user', event({ user: { email_sha256: 'x' } })],
    ['items', event({ data: { type: 'contents', amount: 1, currency: 'USD', contents: [{ id: 'a' }] } })],
    ['another custom name', event({ type: 'custom', custom_event_name: 'poll', data: { type: 'custom' } })],
  ]
  for (const [title, other] of OTHER) {
    it(`differs for ${title}`, () => assert.notEqual(shapeKey(other), shapeKey(event())))
  }

  it('differs where a custom event has free keys and another has none', () => {
    assert.notEqual(shapeKey(custom({})), shapeKey(custom({ score: 1 })))
  })
})
