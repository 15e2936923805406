import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MAX_AGE_MS } from 'waybill'
import { MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import {
  errorResponse,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrder,
  virtualOrders,
} from './virtual-engine.helpers.ts'

/** An order whose window closes so long after the start. */
const withLeft = (id: string, leftMs: number): ReturnType<typeof virtualOrder> =>
  virtualOrder(id, { timestamp_ms: START_MS - MAX_AGE_MS + leftMs })

/**
 * - some events have ten minutes and less of their window left, others more
 * - those leave first and in a request of their own, so that an answer about their age concerns no other
 */
test('what ends soon travels apart from what does not', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{ concurrency: 1 }] })
  const [first, second, third] = [
    withLeft('first', 9 * MINUTE_MS),
    withLeft('second', 10 * MINUTE_MS - SECOND_MS),
    withLeft('third', 12 * MINUTE_MS),
  ]
  await virtual.bring([...virtualOrders(3), third, second, first])
  await virtual.run(2 * SECOND_MS)
  const ids = virtual.sent.map(({ events }) => events.map(({ id }) => id))
  assert.deepEqual(ids, [
    ['first', 'second'],
    ['third', 'order_1', 'order_2', 'order_3'],
  ])
})

/** At the end of a window: what an answer takes, and how far a confirmed clock may be off. The store is looked through every 5 s. */
const MARGIN_MS = 7 * SECOND_MS
const PULSE_MS = 5 * SECOND_MS

/**
 * - a pixel is held, so that nothing but its age ends its event; another tells the time
 * - the event ends within a look of the margin, before its window closes, and not sooner
 */
test('what is held ends a margin before its window closes, and not sooner', async (context) => {
  const virtual = await startVirtual(context, { pixels: [{}, { pixelId: 'other' }] })
  const leftMs = 2 * MINUTE_MS
  await virtual.engine.operator.hold('px', { reason: 'a look', by: 'test' })
  await virtual.bring([withLeft('held', leftMs)])
  const stateAt = async (atMs: number): Promise<string | undefined> => {
    await virtual.run(atMs - virtual.time.elapsedMs)
    return (await virtual.store.show('held'))[0]?.state
  }
  assert.equal(await stateAt(leftMs - MARGIN_MS - 1), 'held')
  assert.equal(await stateAt(leftMs - MARGIN_MS + PULSE_MS + 1), 'expired')
})

/**
 * - the API fails on one event, which waits by itself, longer each time; its window closes twelve minutes after it came
 * - the API is well again 90 s before that: the event is asked once more in time, and not left to end by its window
 */
test('an event on which the API failed is asked again before its window closes', async (context) => {
  const [leftMs, wellMs] = [12 * MINUTE_MS, 90 * SECOND_MS]
  const virtual = await startVirtual(context, {
    answer: ({ atMs, events }, judge) =>
      atMs < leftMs - wellMs && events.some(({ id }) => id === 'poison') ? errorResponse(500, 'broken') : judge(),
  })
  await virtual.bring([withLeft('poison', leftMs), ...virtualOrders(3)])
  await virtual.run(leftMs)
  assert.equal((await virtual.store.show('poison'))[0]?.state, 'delivered')
})

/** `Date` counts whole seconds. */
const DATE_MS = SECOND_MS
/** How far the machine's clock is off, so little that two answers confirm it, and how long before the API's window closes its events end. */
const A_LITTLE_OFF: readonly (readonly [offMs: number, marginMs: number])[] = [
  [-50 * SECOND_MS, MARGIN_MS],
  [-5 * SECOND_MS, MARGIN_MS],
  [0, MARGIN_MS],
  [5 * SECOND_MS, MARGIN_MS + 5 * SECOND_MS],
]

for (const [offMs, marginMs] of A_LITTLE_OFF) {
  const clock = `a clock ${offMs / SECOND_MS} s off`
  const start = (context: TestContext): Promise<Virtual> =>
    startVirtual(context, {
      pixels: [{}, { pixelId: 'other' }],
      store(store, time) {
        time.shiftWall(offMs)
        return store
      },
    })

  /**
   * - the machine's clock is a little off, and two answers confirmed it
   * - the API's window closes by the API's clock: what is held ends a margin before that
   */
  test(`${clock}: what is held ends a margin before the API's window closes`, async (context) => {
    const virtual = await start(context)
    const leftMs = 5 * MINUTE_MS
    await virtual.engine.operator.hold('px', { reason: 'a look', by: 'test' })
    await virtual.bring([withLeft('held', leftMs)])
    const stateAt = async (atMs: number): Promise<string | undefined> => {
      await virtual.run(atMs - virtual.time.elapsedMs)
      return (await virtual.store.show('held'))[0]?.state
    }
    assert.equal(await stateAt(leftMs - marginMs - DATE_MS), 'held')
    assert.equal(await stateAt(leftMs - marginMs + PULSE_MS + DATE_MS), 'expired')
  })

  /**
   * - the same, and two events arrive a second behind the margin and a second before it, between two looks through the store
   * - the former never leaves, the latter does
   */
  test(`${clock}: what arrives within the margin does not leave any more`, async (context) => {
    const virtual = await start(context)
    const arriveMs = MINUTE_MS + 1
    await virtual.run(arriveMs)
    const ends = arriveMs + marginMs
    await virtual.bring([withLeft('late', ends - DATE_MS), withLeft('soon', ends + DATE_MS)])
    await virtual.run(SECOND_MS / 2)
    assert.deepEqual(
      virtual.sent.flatMap(({ events }) => events.map(({ id }) => id)),
      ['soon'],
    )
  })
}
