import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, testSkipCases, testWireCases } from '../harness.cases.ts'
import { AT, collected, SKIPPED, WIRE } from './ga4.cases.ts'
import { createGa4Source } from './index.ts'

testWireCases(createGa4Source, WIRE)
testSkipCases(createGa4Source, SKIPPED)

const source = createGa4Source()
const hits = (...events: readonly object[]) => source(collected({ events }))

test('every event of a body has its own outcome', () => {
  const { events, skipped } = hits(
    { name: 'sign_up', params: {} },
    { name: 'login' },
    { name: 'generate_lead', params: {} },
  )
  assert.deepEqual(
    events.map(({ index, event }) => [index, event.type]),
    [
      [0, 'registration_completed'],
      [2, 'lead_created'],
    ],
  )
  assert.deepEqual(
    skipped.map(({ index }) => index),
    [1],
  )
})

test('a hit that is sent again has its id; another client, moment, name or parameter has another', () => {
  const idOf = (change: object, event: object = { name: 'sign_up', params: { method: 'a' } }): string =>
    source(collected({ events: [event], ...change })).events[0]!.event.id
  assert.equal(idOf({}), idOf({}))
  const others = [
    idOf({}),
    idOf({ client_id: 'another' }),
    idOf({ timestamp_micros: '1773892800001000' }),
    idOf({}, { name: 'generate_lead', params: { method: 'a' } }),
    idOf({}, { name: 'sign_up', params: { method: 'b' } }),
  ]
  assert.equal(new Set(others).size, others.length)
})

test('a time that is no number is refused in words', () => {
  assert.deepEqual(refusalOf(source(collected({ timestamp_micros: 'soon' }))), ['invalid_timestamp at timestamp'])
})

test('milliseconds are cut and not rounded', () => {
  assert.equal(source(collected()).events[0]!.event.timestamp, AT)
})

test('what looks like money or an order and was not used is told by its name', () => {
  const event = {
    name: 'purchase',
    params: { order_number: 'A-7', revenue: 12.5, session_id: '1', engagement_time_msec: '5' },
  }
  const [found] = createGa4Source()({ payload: { client_id: 'c', events: [event] }, receivedAtMs: 1 }).events
  assert.deepEqual(
    found!.notes.map(({ code, path }) => `${code} ${path}`),
    ['unused_field events[0].params.revenue', 'unused_field events[0].params.order_number'],
  )
})

test('a currency that is there and no text gets the event refused, also where an option names another', () => {
  const mapped = createGa4Source({ currency: 'EUR' })(collected({ 'events[0].params.currency': 840 }))
  assert.deepEqual(refusalOf(mapped), ['invalid_currency at data.currency'])
})
