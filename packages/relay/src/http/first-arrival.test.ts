import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from 'waybill'
import { order, PIXEL, startRelay, withJson } from '../service/service.helpers.ts'
import { resultsSchema } from './envelope.ts'

/**
 * - events that stand in every state come a second time, unchanged
 * - each is a duplicate, and the answer says how the first one stands
 */
test('the answer to a repeat says how the first arrival stands', async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '^bad' } })
  const events = { delivered: order('good'), refused: order('bad'), discarded: order('bad_2'), held: order('held') }
  const ended = [relay.next('event:delivered'), relay.next('event:refused', 2)]
  await relay.bring([events.delivered, events.refused, events.discarded])
  await Promise.all(ended)
  const [discarded] = await relay.store.show('bad_2')
  const selection = { rows: [discarded?.row] }
  await relay.ask('/api/refused/discard', withJson('POST', { selection, reason: 'a test' }))
  await relay.ask(`/api/pixels/${PIXEL}/hold`, withJson('POST', { reason: 'a test' }))
  await relay.bring([events.held])
  const { json } = await relay.bring(Object.values(events))
  assert.deepEqual(
    json.results.map(({ status, first }: { status: string; first: object }) => [status, first]),
    [
      ['duplicate', { state: 'delivered' }],
      ['duplicate', { state: 'refused', code: 'event_rejected' }],
      ['duplicate', { state: 'discarded', code: 'discarded' }],
      ['duplicate', { state: 'held', code: 'held_by_operator' }],
    ],
  )
  assert.match(json.results[1].issues[0].message, /^The first arrival ended refused: /)
  const conflict = await relay.bring([{ ...events.delivered, opt_out: true }, { id: 'new' }])
  assert.deepEqual(
    conflict.json.results.map(({ status, first }: { status: string; first?: object }) => [status, first?.toString()]),
    [
      ['conflict', '[object Object]'],
      ['refused', undefined],
    ],
  )
  for (const answer of [json, conflict.json]) assert.deepEqual(resultsSchema.parse(answer), answer)
})

test('our client calls a repeat of what ended refused refused, and of what waits or was delivered queued', async (context) => {
  const relay = await startRelay(context, { emulator: { poison: '^bad' } })
  const client = createClient({ pixelId: PIXEL, apiKey: 'k', endpoint: relay.url, preflight: 'never' })
  const events = [order('good'), order('bad')]
  const ended = [relay.next('event:delivered'), relay.next('event:refused')]
  const first = await client.send(events)
  await Promise.all(ended)
  const second = await client.send(events)
  const told = [first, second].map((outcomes) => outcomes.map(({ status, issues }) => [status, issues[0]?.code]))
  assert.deepEqual(told, [
    [
      ['queued', undefined],
      ['queued', undefined],
    ],
    [
      ['queued', undefined],
      ['refused', 'event_rejected'],
    ],
  ])
})

test('the document says what a result holds, the first arrival included', async (context) => {
  const relay = await startRelay(context)
  const { json } = await relay.ask('/openapi.json')
  for (const status of ['200', '422']) {
    const { schema } = json.paths['/v1/events'].post.responses[status].content['application/json']
    const { first, status: word } = schema.properties.results.items.properties
    assert.deepEqual(word.enum, ['duplicate', 'conflict', 'refused'])
    assert.ok(first.properties.state.enum.includes('discarded') && first.description.length > 10)
  }
})
