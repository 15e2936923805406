import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS } from 'waybill/delivery'
import {
  MINUTE_MS,
  SECOND_MS,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrder,
  virtualOrders,
} from './virtual-engine.helpers.ts'

const WAIT_MS = 30 * SECOND_MS
const requests = ({ sent }: Virtual): (readonly [number, number])[] =>
  sent.map(({ atMs, events }) => [atMs, events.length] as const)

test('a pixel that may wait sends what comes within that time in one request', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ maxWaitMs: WAIT_MS }] })
  for (let at = 0; at < 10; at++) {
    await virtual.bring([virtualOrder(`order ${at}`)])
    await virtual.run(2 * SECOND_MS)
  }
  assert.deepEqual(requests(virtual), [])
  await virtual.run(WAIT_MS)
  assert.deepEqual(requests(virtual), [[WAIT_MS, 10]])
  await virtual.run(10 * MINUTE_MS)
  await virtual.bring([virtualOrder('much later')])
  const broughtMs = virtual.time.elapsedMs
  await virtual.run(MINUTE_MS)
  assert.deepEqual(requests(virtual)[1], [broughtMs + WAIT_MS, 1])
})

test('without the setting nothing waits', async (context) => {
  const virtual = await startVirtual(context)
  await virtual.bring([virtualOrder('1')])
  await virtual.run(SECOND_MS)
  assert.equal(virtual.sent.length, 1)
})

test('a request that is full waits for nothing, and what is left over does', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ maxWaitMs: 10 * MINUTE_MS }] })
  await virtual.bring(virtualOrders(1_200))
  await virtual.run(MINUTE_MS)
  assert.deepEqual(
    requests(virtual).map(([, events]) => events),
    [1_000],
  )
  await virtual.run(10 * MINUTE_MS)
  assert.deepEqual(
    requests(virtual).map(([, events]) => events),
    [1_000, 200],
  )
})

test('a body that is full in bytes waits for nothing', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ maxWaitMs: 10 * MINUTE_MS, maxBodyBytes: 5_000 }] })
  await virtual.bring(virtualOrders(100))
  await virtual.run(MINUTE_MS)
  const sent = requests(virtual).reduce((sum, [, events]) => sum + events, 0)
  assert.ok(sent > 50 && sent < 100, `${sent} sent`)
})

test('what is near its end does not wait', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ maxWaitMs: 10 * MINUTE_MS }] })
  await virtual.bring([
    virtualOrder('young'),
    virtualOrder('near its end', { timestamp_ms: START_MS - 7 * DAY_MS + 5 * MINUTE_MS }),
  ])
  await virtual.run(SECOND_MS)
  assert.deepEqual(
    virtual.sent.map(({ events }) => events.map(({ id }) => id)),
    [['near its end']],
  )
})

test('a pixel that waits delays no other', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ maxWaitMs: 10 * MINUTE_MS }, { pixelId: 'other' }] })
  await virtual.bring([virtualOrder('1')])
  await virtual.bring([virtualOrder('2')], 'other')
  await virtual.run(SECOND_MS)
  assert.deepEqual(
    virtual.sent.map(({ pixel }) => pixel),
    ['other'],
  )
})
