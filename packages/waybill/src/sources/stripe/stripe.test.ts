import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, testSkipCases, testWireCases } from '../harness.cases.ts'
import type { SourceCall, SourceEvent } from '../source.ts'
import { createStripeSource, stripeCall } from './index.ts'
import { completed, enrolled, invoiced, SKIPPED, subscribed, TRIAL, WIRE } from './stripe.cases.ts'

testWireCases(createStripeSource, WIRE)
testSkipCases(createStripeSource, SKIPPED)

/** A store that does with `repeats` and `sameAs` what their documentation says. */
function arrivals(events: readonly SourceEvent[]): string[] {
  const kept = new Set<string>()
  return events.map(({ event: { type, id }, sameAs, repeats }) => {
    const isKnown = [{ type, id }, ...sameAs].some((key) => kept.has(`${key.type} ${key.id}`))
    kept.add(`${type} ${id}`)
    return isKnown ? (repeats === 'first_wins' ? 'duplicate' : 'conflict') : `accepted ${type} ${id}`
  })
}

function orders<Element>(list: readonly Element[]): Element[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((one, at) => orders(list.toSpliced(at, 1)).map((rest) => [one, ...rest]))
}

const PAID = [enrolled(), invoiced(), subscribed()]
const ON_TRIAL = [enrolled(TRIAL.session), invoiced(TRIAL.invoice), subscribed(TRIAL.subscription)]
const eventsOf = (calls: readonly SourceCall[]): SourceEvent[] =>
  calls.flatMap((call) => createStripeSource()(call).events)

test('the three calls of a subscription are one conversion, in whichever order they come', () => {
  for (const [calls, type] of [
    [PAID, 'subscription_created'],
    [ON_TRIAL, 'trial_started'],
  ] as const) {
    const seen = orders(calls).map((order) => arrivals(eventsOf(order)))
    assert.equal(seen.length, 6)
    for (const each of seen) assert.deepEqual(each, [`accepted ${type} sub_1`, 'duplicate', 'duplicate'])
  }
})

test('they are one conversion also where they name it differently: a trial with a set-up fee, of which a session says nothing', () => {
  const withFee = [
    enrolled({ amount_total: 500 }),
    invoiced({ ...TRIAL.invoice, total: 500, 'lines.data[1]': { amount: 500, parent: null } }),
    subscribed(TRIAL.subscription),
  ]
  for (const order of orders(withFee)) {
    const [first, ...rest] = arrivals(eventsOf(order))
    assert.match(first!, /^accepted (?:subscription_created|trial_started) sub_1$/)
    assert.deepEqual(rest, ['duplicate', 'duplicate'])
  }
})

test('a call that comes again is the same event to the last byte', () => {
  for (const call of [completed(), ...PAID, ...ON_TRIAL]) {
    assert.equal(
      JSON.stringify(createStripeSource()(call)),
      JSON.stringify(createStripeSource()(structuredClone(call))),
    )
  }
})

test('a part of a króna is refused in words and not rounded', () => {
  const call = completed({ amount_total: 550, currency: 'isk' })
  assert.deepEqual(refusalOf(createStripeSource()(call)), ['too_many_decimals at data.amount'])
})

test('an amount that is no integer is refused in words: as a decimal text it would mean something else', () => {
  for (const amount of ['2599', 25.99, {}]) {
    assert.deepEqual(refusalOf(createStripeSource()(completed({ amount_total: amount }))), [
      'invalid_amount at data.amount',
    ])
  }
})

test('a call is made of the body alone', () => {
  const { payload } = completed()
  assert.deepEqual(createStripeSource()(stripeCall(payload)), createStripeSource()(completed()))
})
