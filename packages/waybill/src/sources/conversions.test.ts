import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AGES, BARRED, COUNTED, PLACES, TIMES } from './conversions.cases.ts'
import { createStripeSource, createWooCommerceSource } from './index.ts'
import { millisecondsOf } from './time.ts'

for (const { says, source, call, timestampMs } of TIMES) {
  test(`the time of ${says}`, () => {
    const [found] = source(call).events
    assert.equal(millisecondsOf(found?.event.timestamp as string | number), timestampMs)
  })
}

for (const { says, source, call, code, said = /./ } of BARRED) {
  test(`no conversion: ${says}`, () => {
    const { events, skipped } = source(call)
    assert.deepEqual([events.length, skipped.map((one) => one.code)], [0, [code]])
    assert.match(skipped[0]!.message, said)
  })
}

for (const [says, call, isOld] of AGES) {
  test(`an order that is touched: ${says}`, () => {
    const { events, skipped } = createWooCommerceSource()(call)
    assert.deepEqual([events.length, skipped.map(({ code }) => code)], isOld ? [0, ['too_old']] : [1, []])
  })
}

for (const [says, source, call, actionSource] of PLACES) {
  test(`where it was ordered: ${says}`, () => {
    const [found] = source(call).events
    assert.equal(found!.event.actionSource, actionSource)
    if (actionSource !== 'web') assert.equal(found!.event.sourceUrl, undefined)
  })
}

for (const [says, source, call, type, id] of COUNTED) {
  test(`a conversion: ${says}`, () => {
    const [found] = source(call).events
    assert.deepEqual([found?.event.type, found?.event.id], [type, id])
  })
}

test('a rule that gives no type lifts no bar: an amount of its own makes no conversion of a renewal', () => {
  const mapping = { events: { 'invoice.paid': { amount: 'metadata.amount' } } }
  const payload = {
    type: 'invoice.paid',
    livemode: true,
    data: { object: { id: 'in_1', billing_reason: 'subscription_cycle', subscription: 'sub_1' } },
  }
  const { skipped } = createStripeSource({ mapping })({ payload })
  assert.deepEqual(
    skipped.map(({ code }) => code),
    ['renewal'],
  )
})

test('what a mapping must never lift: test, unpaid, cancelled, refunded', () => {
  const mapping = { events: { 'order.updated': { type: { value: 'order_created' } } } }
  const source = createWooCommerceSource({ mapping })
  for (const status of ['pending', 'cancelled', 'refunded'])
    assert.equal(source({ topic: 'order.updated', payload: { id: 1, status } }).events.length, 0, status)
})
