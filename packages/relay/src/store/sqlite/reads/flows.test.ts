import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { order, startRelay } from '../../../service/service.helpers.ts'

async function flowsOf(context: TestContext): Promise<{ kinds: unknown; others: unknown; waiting: unknown }> {
  const relay = await startRelay(context)
  const delivered = relay.next('event:delivered', 2)
  await relay.bring([order('one'), order('two'), order('bad', { data: {} })])
  await delivered
  const range = { fromMs: Date.now() - 3_600_000, untilMs: Date.now() + 3_600_000 }
  const { flows, waiting } = await relay.store.reads.ask('flows', range)
  const kinds = flows.map(({ pixel, source, kind, code, events, timesMs }) => {
    assert.ok(timesMs.every((time) => time % (15 * 60_000) === 0))
    return [pixel, source, kind, code, events.reduce((sum, one) => sum + one, 0)]
  })
  const { flows: others } = await relay.store.reads.ask('flows', { ...range, pixels: ['another'] })
  return { kinds: kinds.sort(), others, waiting }
}

test('flows are counted by quarters of an hour, for each source of each pixel, refusals by code', async (context) => {
  const { kinds, others } = await flowsOf(context)
  assert.deepEqual(kinds, [
    ['px', 'loopback', 'accepted', undefined, 3],
    ['px', 'loopback', 'delivered', undefined, 2],
    ['px', 'loopback', 'refused', 'missing_event_data_type', 1],
  ])
  assert.deepEqual(others, [])
})
