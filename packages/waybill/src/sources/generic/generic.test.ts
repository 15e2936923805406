import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '../../errors.ts'
import { refusalOf, testSkipCases, testWireCases } from '../harness.cases.ts'
import { createShopifySource } from '../shopify/index.ts'
import { REFUSED, SALE, SKIPPED, WIRE } from './generic.cases.ts'
import { createGenericSource } from './index.ts'

testWireCases(createGenericSource, WIRE)
testSkipCases(createGenericSource, SKIPPED)

for (const [index, [mapping, says]] of REFUSED.entries()) {
  test(`a mapping that is none is refused in one line, ${index + 1}: ${says.source}`, () => {
    assert.throws(
      () => createGenericSource({ mapping }),
      (error) => error instanceof ConfigError && says.test(error.message) && !error.message.includes('\n'),
    )
  })
}

test('all faults of a mapping are told at once', () => {
  const mapping = { id: 'id', type: 'kind', timestamp: 'at', amout: 'x', curency: 'y', when: 5 }
  assert.throws(() => createGenericSource({ mapping }), /amout is.*curency is.*when is/)
})

test('the mapping of another source has its rules in "events"', () => {
  assert.throws(() => createShopifySource({ mapping: { id: 'id' } }), /it has no object "events"/)
  assert.throws(
    () => createShopifySource({ mapping: { events: { 'order created': null, orderCreated: { id: 'id' } } } }),
    /events\["orderCreated"\] is the same call as another/,
  )
  assert.throws(() => createShopifySource({ mapping: { events: {}, id: 'id' } }), /"id" is no part of it/)
  assert.throws(
    () => createShopifySource({ mapping: { events: { 'orders/paid': { amout: 'x' } } } }),
    /events\["orders\/paid"\]\.amout/,
  )
  assert.throws(() => createShopifySource({ id: 'a{b' }), /id is no path and no template/)
  assert.throws(() => createShopifySource({ contract: '2026' as '2026-06' }), /contract/)
  assert.throws(() => createShopifySource({ testOrders: 'maybe' as 'skip' }), /testOrders/)
  assert.throws(() => createShopifySource({ sourceUrl: 'shop' }), /sourceUrl/)
})

test('a list of messages has an outcome for each', () => {
  const mapping = { id: 'id', type: { value: 'lead_created' }, timestamp: 'at' }
  const { events, skipped } = createGenericSource({ mapping })({ payload: [{ id: 1, at: 1 }, 'x', { id: 2, at: 2 }] })
  assert.deepEqual(
    events.map(({ index, event }) => [index, event.id]),
    [
      [0, '1'],
      [2, '2'],
    ],
  )
  assert.deepEqual(skipped, [
    { code: 'malformed', message: '[1] is missing or has no value that can be used.', path: '[1]', index: 1 },
  ])
})

test('with a decimal comma a point can only separate thousands, and is refused', () => {
  const mapping = {
    id: 'id',
    type: { value: 'lead_created' },
    timestamp: 'received_at',
    amount: 'v',
    currency: { value: 'EUR' },
    decimal: ',',
  }
  const source = createGenericSource({ mapping })
  const refused = ['1.234', '1.234,50'].map((v) =>
    refusalOf(source({ payload: { id: 1, v }, receivedAtMs: 1_773_892_800_000 })),
  )
  assert.deepEqual(refused, [['invalid_amount at data.amount'], ['invalid_amount at data.amount']])
})

test('the payload is read and never changed', () => {
  const before = JSON.stringify(SALE)
  createGenericSource({ mapping: WIRE[0]!.options!.mapping })({ payload: SALE })
  assert.equal(JSON.stringify(SALE), before)
})

test('what says yes or no, in every writing; what says neither stays, to be refused and never dropped', () => {
  const mapping = { id: 'id', type: { value: 'lead_created' }, timestamp: 'received_at', opt_out: 'no' }
  const source = createGenericSource({ mapping })
  const said = [true, 1, '1', 'YES', 'true', false, 0, '0', 'no', 'False', 'maybe', null].map(
    (no) => source({ payload: { id: 1, no }, receivedAtMs: 5 }).events[0]!.event.optOut,
  )
  assert.deepEqual(said, [true, true, true, true, true, false, false, false, false, false, 'maybe', undefined])
})

test('a click reference that is no text, or empty, is none', () => {
  const mapping = { id: 'id', type: { value: 'lead_created' }, timestamp: 'received_at', oppref: 'click' }
  for (const click of ['', 5, null, {}]) {
    const [found] = createGenericSource({ mapping })({ payload: { id: 1, click }, receivedAtMs: 5 }).events
    assert.equal(found!.event.oppref, undefined)
  }
})
