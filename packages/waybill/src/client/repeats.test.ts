import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WireEvent } from '../contract/event.ts'
import type { Outcome } from './outcome.ts'
import { order, poison, type Setup, setUp } from './scenario.cases.ts'

const FIRST = order(1)
const { id, type, timestamp_ms, data } = FIRST
const CUSTOM = { type: 'custom', custom_event_name: 'sample', data: { type: 'custom' } }

const REPEATS: readonly (readonly [
  title: string,
  events: readonly unknown[],
  told: readonly string[],
  sent: number,
])[] = [
  ['the same object', [FIRST, FIRST], ['delivered', 'delivered'], 1],
  ['the same content', [FIRST, order(1), order(1)], ['delivered', 'delivered', 'delivered'], 1],
  ['the same in another order of keys', [FIRST, { data, timestamp_ms, type, id }], ['delivered', 'delivered'], 1],
  [
    'the same in the friendly form',
    [
      FIRST,
      { id, type, timestamp: new Date(timestamp_ms), data: { type: 'contents', amount: '1.01', currency: 'USD' } },
    ],
    ['delivered', 'delivered'],
    1,
  ],
  [
    'another amount',
    [FIRST, order(1, { data: { ...data, amount: 1 } })],
    ['delivered', 'refused conflicting_repeat'],
    1,
  ],
  [
    'another time',
    [FIRST, order(1, { timestamp_ms: timestamp_ms + 1 })],
    ['delivered', 'refused conflicting_repeat'],
    1,
  ],
  ['another user', [FIRST, order(1, { opt_out: true })], ['delivered', 'refused conflicting_repeat'], 1],
  [
    'each other one, and again the first',
    [FIRST, order(1, { opt_out: true }), order(2), order(1, { opt_out: false }), order(1)],
    ['delivered', 'refused conflicting_repeat', 'delivered', 'refused conflicting_repeat', 'delivered'],
    2,
  ],
  ['another name', [FIRST, order(1, { type: 'checkout_started' })], ['delivered', 'delivered'], 2],
  [
    'another custom name',
    [order(1, CUSTOM), order(1, { ...CUSTOM, custom_event_name: 'other' })],
    ['delivered', 'delivered'],
    2,
  ],
  [
    'after one that the local check refused',
    [order(1, { timestamp_ms: 'yesterday' }), order(1)],
    ['refused invalid_type', 'delivered'],
    1,
  ],
]

const tell = ({ status, issues }: Outcome): string => [status, issues[0]?.code].filter(Boolean).join(' ')
const scenario = (setup: Setup = {}) => setUp({ ...setup, client: { preflight: 'never', ...setup.client } })

describe('events with one id in one send', () => {
  for (const [title, events, told, sent] of REPEATS) {
    it(title, async () => {
      const { client, requests, emulator } = scenario()
      const outcomes = await client.send(events as WireEvent[])
      assert.deepEqual(outcomes.map(tell), told)
      assert.deepEqual(
        outcomes.map(({ index }) => index),
        events.map((_, index) => index),
      )
      assert.equal(requests.flatMap((request) => request.events).length, sent)
      assert.equal(emulator.summary().stored, sent)
      for (const outcome of outcomes) assert.equal(outcome.attempts, outcome.status === 'delivered' ? 1 : 0)
    })
  }

  it('have the first sent as it is', async () => {
    const { client, emulator } = scenario()
    await client.send([FIRST, order(1, { data: { ...data, amount: 1 } })])
    assert.deepEqual(
      emulator.events().map(({ event }) => event.data),
      [data],
    )
  })

  it('share what the API says of them, each with warnings of its own', async () => {
    const lower = order(1, { data: { ...data, currency: 'usd' } })
    for (const [bad, status] of [
      [[], 'delivered'],
      [[1], 'refused'],
    ] as const) {
      const { client } = scenario({ emulator: { poison: poison(bad) } })
      const outcomes = await client.send([FIRST, lower, order(2), FIRST])
      const codes = outcomes.map(({ issues }) =>
        issues.map(({ code }) => code).filter((code) => code !== 'event_rejected'),
      )
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        [status, status, 'delivered', status],
      )
      assert.deepEqual(codes, [[], ['currency_uppercased'], [], []])
    }
  })

  it('have failed, both of them, where the API stays away', async () => {
    const { client } = scenario({ emulator: { fault: { 500: 1 } } })
    const outcomes = await client.send([FIRST, order(1), order(1, { opt_out: true })])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['failed', 'failed', 'refused'],
    )
    assert.equal(outcomes[1]!.attempts, outcomes[0]!.attempts)
  })

  it('are judged alike when only validated', async () => {
    const { client } = scenario()
    const outcomes = await client.send([FIRST, order(1), order(1, { opt_out: true })], { validateOnly: true })
    assert.deepEqual(outcomes.map(tell), ['validated', 'validated', 'refused conflicting_repeat'])
  })

  it('are known among thousands, and in a later send the API tells them', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => order(index % 2_400))
    const { client, emulator } = scenario()
    assert.ok((await client.send(many)).every(({ status }) => status === 'delivered'))
    assert.deepEqual((await client.send([order(7, { opt_out: true })])).map(tell), ['delivered'])
    assert.equal(emulator.summary().stored, 2_400)
  })

  it('are told to onOutcome each with its own event where they were tracked', async () => {
    const told: string[] = []
    const { client } = scenario({
      client: { onOutcome: (outcome, event) => void told.push(`${tell(outcome)} ${(event as WireEvent).opt_out}`) },
    })
    for (const event of [FIRST, order(1, { opt_out: true }), order(1)]) client.track(event)
    await client.flush()
    assert.deepEqual(told, ['delivered undefined', 'refused conflicting_repeat true', 'delivered undefined'])
  })
})
