import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireEvent } from 'waybill'
import {
  after,
  errorResponse,
  MINUTE_MS,
  SECOND_MS,
  type Sent,
  START_MS,
  startVirtual,
  virtualOrder,
  virtualOrders,
} from './virtual-engine.helpers.ts'

/** Ages that come again and again, and in no order. */
const AGES_MINUTES = [50, 3, 50, 7, 3, 90, 7, 3, 50, 12]

function shuffled(count: number): WireEvent[] {
  return Array.from({ length: count }, (_, at) =>
    virtualOrder(`order_${at}`, {
      timestamp_ms: START_MS - AGES_MINUTES[(at * 7) % AGES_MINUTES.length]! * MINUTE_MS,
      // Three shapes, each a queue of its own in the store.
      ...(at % 3 > 0 && { oppref: 'ref' }),
      ...(at % 3 > 1 && { opt_out: false }),
    }),
  )
}

/** Soonest to expire first, and what expires together in the order of its arrival. */
function inOrder(events: readonly WireEvent[]): string[] {
  const arrivals = new Map(events.map(({ id }, at) => [id, at]))
  return [...events]
    .sort((a, b) => a.timestamp_ms - b.timestamp_ms || arrivals.get(a.id)! - arrivals.get(b.id)!)
    .map(({ id }) => id)
}

const idsOf = ({ events }: Sent): string[] => events.map(({ id }) => id)

test('a batch leaves with what expires soonest first, ties in the order of arrival, over shapes and requests of intake', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ concurrency: 1 }] })
  const events = shuffled(600)
  await Promise.all(
    [events.slice(0, 200), events.slice(200, 201), events.slice(201)].map((part) => virtual.bring(part)),
  )
  await virtual.run(SECOND_MS)
  assert.deepEqual(virtual.sent.flatMap(idsOf), inOrder(events))
})

test('batches leave one after the other in that order too, and what comes later but expires sooner goes first', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ concurrency: 1 }],
    async answer(sent, judge) {
      await after(SECOND_MS, virtual, sent)
      return judge()
    },
  })
  const events = shuffled(2_500)
  await virtual.bring(events)
  await virtual.run(100)
  const urgent = virtualOrders(5, 'urgent', { timestamp_ms: START_MS - 200 * MINUTE_MS })
  await virtual.bring(urgent)
  await virtual.run(MINUTE_MS)
  const [first, second, ...rest] = virtual.sent.map(idsOf)
  const expected = inOrder(events)
  assert.deepEqual(first, expected.slice(0, 1_000))
  assert.deepEqual(second, [...urgent.map(({ id }) => id), ...expected.slice(1_000, 1_995)])
  assert.deepEqual(rest.flat(), expected.slice(1_995))
})

test('a batch that has to go again goes byte for byte as before', async (context) => {
  let answers = 0
  const virtual = await startVirtual(context, {
    answer: (_sent, judge) => (++answers < 4 ? errorResponse(503, 'busy') : judge()),
  })
  const events = shuffled(300)
  await virtual.bring(events)
  await virtual.run(5 * MINUTE_MS)
  assert.equal(virtual.sent.length, 4)
  assert.equal(new Set(virtual.sent.map(({ text }) => text)).size, 1)
  assert.deepEqual(idsOf(virtual.sent[0]!), inOrder(events))
})

test('a batch that timed out goes in the same order again', async (context) => {
  const virtual = await startVirtual(context, {
    pixels: [{ concurrency: 1 }],
    answer: (_sent, judge) => (virtual.time.elapsedMs < MINUTE_MS ? new Promise<never>(() => {}) : judge()),
  })
  const events = shuffled(300)
  await virtual.bring(events)
  await virtual.run(10 * MINUTE_MS)
  for (const sent of virtual.sent) assert.deepEqual(idsOf(sent), inOrder(events))
  assert.equal(virtual.emulator.summary().stored, 300)
})
