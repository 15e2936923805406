import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, testSkipCases, testWireCases } from '../harness.cases.ts'
import { notices, SKIPPED, WIRE } from './hubspot.cases.ts'
import { createHubspotSource, hubspotCall } from './index.ts'

const STAGES = { closedwon: 'order_created' } as const

testWireCases(createHubspotSource, WIRE)
testSkipCases(createHubspotSource, SKIPPED)

test('every notice of a list has its own outcome, with its place', () => {
  const call = notices({}, { propertyValue: 'contractsent' }, { objectId: 4_501 })
  const { events, skipped } = createHubspotSource({ stages: STAGES })(call)
  assert.deepEqual(
    events.map(({ index, event }) => [index, event.id]),
    [
      [0, '4500'],
      [2, '4501'],
    ],
  )
  assert.deepEqual(
    skipped.map(({ index, code }) => [index, code]),
    [[1, 'no_conversion']],
  )
})

test('an amount without any currency is refused in words', () => {
  const call = hubspotCall({ id: '1', properties: { dealstage: 'closedwon', amount: '5' } }, 1_773_892_800_000)
  assert.deepEqual(refusalOf(createHubspotSource({ stages: STAGES })(call)), ['missing_currency at data.currency'])
})

test('stages are standard events: an event of one’s own needs a mapping, and its name', () => {
  for (const stages of [{ a: 'custom' }, { a: 'sale' }, [], undefined]) {
    assert.throws(() => createHubspotSource({ stages: stages as never }), /stages names for each deal stage/)
  }
})
