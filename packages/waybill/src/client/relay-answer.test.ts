import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orders, setUp, tally } from './scenario.cases.ts'

/** By this a relay says that it is one. */
const HEADERS = { 'waybill-relay': '0.2.0; clock=confirmed' }

const relay =
  (answer: object, status: number = 200) =>
  () =>
    (async (_input, init) => {
      const { validate_only, events } = JSON.parse(String(init?.body)) as { validate_only: boolean; events: unknown[] }
      return new Response(JSON.stringify(validate_only ? { accepted_events: events.length } : answer), {
        status: validate_only ? 200 : status,
        headers: HEADERS,
      })
    }) as typeof fetch

describe('the answer of a relay', () => {
  it('settles each event: taken over, known, in conflict, refused', async () => {
    const issues = [{ code: 'missing_field', path: 'data', message: 'data is missing.', severity: 'error' }]
    const results = [
      { index: 1, id: 'order_1', status: 'refused', issues },
      { index: 2, id: 'order_2', status: 'duplicate' },
      { index: 3, id: 'order_3', status: 'conflict' },
    ]
    for (const preflight of ['novel', 'always', 'never'] as const) {
      const { client } = setUp({ between: relay({ accepted_events: 4, results }), client: { preflight } })
      const outcomes = await client.send(orders(5))
      assert.deepEqual(tally(outcomes), { queued: 3, 'refused missing_field': 1, 'refused conflicting_repeat': 1 })
      assert.deepEqual(outcomes[1]?.issues, issues)
      assert.equal(outcomes[0]?.attempts, 1)
    }
  })

  it('calls a repeat of what ended undelivered refused, and a repeat of any other queued', async () => {
    const why = { code: 'event_rejected', path: '', message: 'The first arrival ended refused.', severity: 'error' }
    const warning = { code: 'currency_uppercased', path: 'data.currency', message: 'x', severity: 'warning' }
    const results = [
      { index: 0, status: 'duplicate', first: { state: 'refused', code: 'event_rejected' }, issues: [why, warning] },
      { index: 1, status: 'duplicate', first: { state: 'delivered' }, issues: [] },
      { index: 2, status: 'duplicate', first: { state: 'held', code: 'unauthorized' }, issues: [warning] },
    ]
    const { client } = setUp({ between: relay({ accepted_events: 3, results }), client: { preflight: 'never' } })
    const outcomes = await client.send(orders(3))
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['refused', 'queued', 'queued'],
    )
    assert.deepEqual(outcomes[0]?.issues[0], why)
  })

  it('that refuses all settles all', async () => {
    const results = [0, 1].map((index) => ({ index, status: 'refused', issues: [{ code: 'x', message: 'x' }] }))
    const { client, requests } = setUp({
      between: relay({ accepted_events: 0, results }, 422),
      client: { preflight: 'never' },
    })
    assert.deepEqual(tally(await client.send(orders(2))), { 'refused x': 2 })
    assert.equal(requests.length, 1)
  })

  it('that leaves an event out is no answer', async () => {
    const { client } = setUp({
      between: relay({ accepted_events: 1, results: [] }),
      client: { preflight: 'never', maxAttempts: 2 },
    })
    assert.deepEqual(tally(await client.send(orders(2))), { 'failed gave_up': 2 })
  })

  it('is believed only from an endpoint that says that it is a relay, or is set to be one', async () => {
    const results = [{ index: 0, status: 'refused', issues: [{ code: 'x', message: 'x' }] }]
    const between = () => (async () => Response.json({ accepted_events: 0, results })) as typeof fetch
    const send = async (endpointIsRelay: boolean): Promise<Record<string, number>> => {
      const client = { preflight: 'never', maxAttempts: 2, endpointIsRelay } as const
      return tally(await setUp({ between, client }).client.send(orders(1)))
    }
    assert.deepEqual(await send(false), { 'failed gave_up': 1 })
    assert.deepEqual(await send(true), { 'refused x': 1 })
  })

  it('to a validation calls nothing queued', async () => {
    const results = [{ index: 1, status: 'refused', issues: [{ code: 'x', message: 'x' }] }]
    const between = () =>
      (async () => new Response(JSON.stringify({ accepted_events: 1, results }), { headers: HEADERS })) as typeof fetch
    const outcomes = await setUp({ between }).client.send(orders(2), { validateOnly: true })
    assert.deepEqual(tally(outcomes), { validated: 1, 'refused x': 1 })
  })

  it('with issues of any form leaves outcomes of ours', async () => {
    const issues = [
      null,
      7,
      'text',
      {},
      { code: 1, message: 2 },
      { code: 'a', message: 'b', path: 7, severity: 'fatal' },
    ]
    const results = [{ index: 0, status: 'refused', issues }, null, { index: 'x' }]
    const { client } = setUp({ between: relay({ accepted_events: 0, results }), client: { preflight: 'never' } })
    const [outcome] = await client.send(orders(1))
    assert.deepEqual(outcome?.issues, [{ code: 'a', path: '', message: 'b', severity: 'error' }])
  })
})
