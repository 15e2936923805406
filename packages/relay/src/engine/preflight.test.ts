import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireEvent } from 'waybill'
import {
  after,
  errorResponse,
  MINUTE_MS,
  SECOND_MS,
  startVirtual,
  virtualOrder,
  virtualOrders,
} from './virtual-engine.helpers.ts'

const SHAPES = 8_000
/** What a shape that is known brings while the new ones are validated. */
const KNOWN_EACH = 50
/** Of one lane whose answers take a second: one round of examples, which are validated and sent, and its own request. */
const LAG_S = 6

for (const concurrency of [1, 4]) {
  /**
   * - orders are known to pass; then 8,000 custom events come, each of another name, and orders go on coming in every second
   * - no order waits long behind the examples, what was validated is sent before more is validated, and all 8,000 get through
   */
  test(`8,000 new shapes get through, and the known-good flow runs beside them: concurrency ${concurrency}`, async (context) => {
    const virtual = await startVirtual(context, {
      pixels: [{ preflight: 'novel', maxRequestsPerSecond: 10, concurrency }],
      async answer(sent, judge) {
        await after(SECOND_MS, virtual, sent)
        return judge()
      },
    })
    await virtual.bring(virtualOrders(10, 'first'))
    await virtual.run(10 * SECOND_MS)
    await virtual.bring(custom(SHAPES))
    for (let second = 0; second < 30; second++) {
      await virtual.bring(virtualOrders(KNOWN_EACH, `known_${second}`))
      await virtual.run(SECOND_MS)
      const orders = virtual.emulator.events('px').filter(({ event }) => event.type === 'order_created').length
      assert.ok(orders >= 10 + (second - LAG_S) * KNOWN_EACH, `${orders} orders after ${second + 1} seconds`)
    }
    await virtual.run(3 * MINUTE_MS)
    const { stored, duplicates } = virtual.emulator.summary()
    assert.deepEqual([stored, duplicates], [10 + SHAPES + 30 * KNOWN_EACH, 0])
    assert.equal((await virtual.store.counts()).unaccounted, 0)
    assert.ok(mostValidatedInARow(virtual.sent) <= 2 * 1_000, 'what was just validated is sent first')
  })
}

function custom(count: number): WireEvent[] {
  return Array.from({ length: count }, (_, at) =>
    virtualOrder(`custom_${at}`, { type: 'custom', custom_event_name: `quiz_${at}`, data: { type: 'custom' } }),
  )
}

/** The most custom events that were validated before any of them was sent. */
function mostValidatedInARow(
  sent: readonly { readonly validateOnly: boolean; readonly events: readonly WireEvent[] }[],
): number {
  let [row, most] = [0, 0]
  for (const { validateOnly, events } of sent) {
    const count = events.filter(({ type }) => type === 'custom').length
    if (count > 0) row = validateOnly ? row + count : 0
    most = Math.max(most, row)
  }
  return most
}

/**
 * - of a new shape the oldest 12 of 100 are bad, and more at the end: a run of one broken source
 * - the examples are spread over what waits: one of the middle passes, the shape is not held, and the good ones are delivered at once
 */
test('a run of bad events at the beginning of a new shape does not stand for the shape', async (context) => {
  const bad = new Set([...Array.from({ length: 20 }, (_, at) => `order_${at + 1}`), 'order_99', 'order_100'])
  const virtual = await startVirtual(context, {
    pixels: [{ preflight: 'novel' }],
    answer: ({ events }, judge) =>
      events.some(({ id }) => bad.has(id)) ? errorResponse(400, 'The event is not right.') : judge(),
  })
  const held: string[] = []
  virtual.engine.events.on('shape:held', ({ shape }) => void held.push(shape))
  await virtual.bring(virtualOrders(100).map((order, at) => ({ ...order, timestamp_ms: order.timestamp_ms + at })))
  await virtual.run(20 * SECOND_MS)
  assert.deepEqual(held, [])
  assert.equal(virtual.emulator.summary().stored, 78)
  await virtual.run(5 * MINUTE_MS)
  assert.deepEqual([(await virtual.store.counts()).refused, virtual.emulator.summary().stored], [22, 78])
})
