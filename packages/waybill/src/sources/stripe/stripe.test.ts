import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, testSkipCases, testWireCases } from '../harness.cases.ts'
import type { SourceCall, SourceEvent } from '../source.ts'
import { createStripeSource, stripeCall } from './index.ts'
import { completed, enrolled, invoiced, SKIPPED, subscribed, TRIAL, WIRE } from './stripe.cases.ts'

testWireCases(createStripeSource, WIRE)
testSkipCases(createStripeSource, SKIPPED)

/** A store that does with `repeats`, `sameAs`, `replaces` and `isWaiting` what their documentation says: what it has in the end. */
function kept(events: readonly SourceEvent[]): string[] {
  const store = new Map<string, SourceEvent>()
  const nameOf = ({ type, id }: { readonly type: string; readonly id: string }): string => `${type} ${id}`
  for (const one of events) {
    const names = [one.event, ...one.sameAs].map(nameOf)
    const waiting = [...names, ...one.replaces.map(nameOf)].filter((name) => store.get(name)?.isWaiting === true)
    if (waiting.length > 0 && !one.isWaiting) for (const name of waiting) store.delete(name)
    if (!names.some((name) => store.has(name))) store.set(names[0]!, one)
  }
  return [...store].map(([name, { event }]) =>
    [name, event.data?.amount ?? '-', event.user === undefined ? 'nobody' : 'known'].join(' '),
  )
}

function orders<Element>(list: readonly Element[]): Element[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((one, at) => orders(list.toSpliced(at, 1)).map((rest) => [one, ...rest]))
}

const PAID = [enrolled(), invoiced(), subscribed()]
const ON_TRIAL = [enrolled(TRIAL.session), invoiced(TRIAL.invoice), subscribed(TRIAL.subscription)]
const eventsOf = (calls: readonly SourceCall[]): SourceEvent[] =>
  calls.flatMap((call) => createStripeSource()(call).events)

test('the calls of a subscription are one conversion, and it knows its buyer and its money, in whichever order they come', () => {
  const fee = { amount: 500, parent: null }
  const withFee = [
    enrolled({ amount_total: 500 }),
    invoiced({ ...TRIAL.invoice, total: 500, 'lines.data[1]': fee }),
    subscribed(TRIAL.subscription),
  ]
  for (const [calls, conversion] of [
    [PAID, /^subscription_created sub_1 2\d\.00 known$/],
    [ON_TRIAL, /^trial_started sub_1 - known$/],
    [withFee, /^subscription_created sub_1 5\.00 known$/],
    [[subscribed()], /^subscription_created sub_1 20\.00 nobody$/],
  ] as const) {
    for (const order of orders(calls)) {
      const [first, ...others] = kept(eventsOf(order))
      assert.match(first!, conversion)
      assert.deepEqual(others, [])
    }
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

test('a part of a króna is rounded with a warning, or refused in words by the option', () => {
  const call = completed({ amount_total: 550, currency: 'isk' })
  const [found] = createStripeSource()(call).events
  assert.deepEqual([found!.event.data?.amount, found!.notes.map(({ code }) => code)], ['6', ['amount_rounded']])
  const exact = createStripeSource({ excessDecimals: 'refuse' })
  assert.deepEqual(refusalOf(exact(call)), ['too_many_decimals at data.amount'])
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
