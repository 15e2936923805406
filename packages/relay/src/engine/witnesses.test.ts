import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqliteStore } from '../store/sqlite/index.ts'
import {
  after,
  errorResponse,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  START_MS,
  startVirtual,
  virtualOrders,
} from './virtual-engine.helpers.ts'

/** How far the wall clock jumps while a request is under way; the monotonic clock knows nothing of it. */
const JUMPS: readonly (readonly [title: string, jumpMs: number])[] = [
  ['an hour ahead', HOUR_MS],
  ['an hour back', -HOUR_MS],
  ['eight days ahead', 8 * 24 * HOUR_MS],
  ['eight days back', -8 * 24 * HOUR_MS],
]

for (const [title, jumpMs] of JUMPS) {
  /**
   * - a request is under way for 25 s when the wall clock jumps, so that the time is in doubt
   * - the lease stays with its holder: nothing of it is sent a second time, and all of it is delivered by the one answer
   */
  test(`a lease stays where it is while the time is in doubt: the clock jumps ${title}`, async (context) => {
    const virtual = await startVirtual(context, {
      async answer(sent, judge) {
        await after(25 * SECOND_MS, virtual, sent)
        return judge()
      },
    })
    await virtual.bring(virtualOrders(20))
    await virtual.run(5 * SECOND_MS)
    const under = virtual.sent.filter(({ validateOnly }) => !validateOnly).length
    virtual.time.shiftWall(jumpMs)
    await virtual.run(15 * SECOND_MS)
    assert.equal(virtual.sent.filter(({ validateOnly }) => !validateOnly).length, under, 'sent again')
    virtual.time.shiftWall(0)
    await virtual.run(5 * MINUTE_MS)
    const { stored, duplicates } = virtual.emulator.summary()
    assert.deepEqual([stored, duplicates], [20, 0])
    const { delivered, unaccounted, expired } = await virtual.store.counts()
    assert.deepEqual([delivered, unaccounted, expired], [20, 0, 0])
    assert.deepEqual(virtual.failures, [])
  })
}

/** Longer than any hold goes without a probe. */
const LONG_MS = 6 * HOUR_MS

/**
 * - an operator holds a pixel; events come in and wait
 * - for six hours nothing of it goes out, no probe and no canary either; when it is resumed everything is delivered, once
 */
test('what an operator holds is not probed', async (context) => {
  const virtual = await startVirtual(context)
  await virtual.run(MINUTE_MS)
  await virtual.engine.operator.hold('px', { reason: 'a look at the orders', by: 'test' })
  const before = virtual.sent.length
  await virtual.bring(virtualOrders(3))
  await virtual.run(LONG_MS)
  assert.deepEqual(virtual.sent.slice(before), [])
  assert.equal((await virtual.store.holds()).length, 1)
  assert.equal(await virtual.engine.operator.resume('px', 'test'), true)
  await virtual.run(MINUTE_MS)
  const { stored, duplicates } = virtual.emulator.summary()
  assert.deepEqual([stored, duplicates], [3, 0])
})

/**
 * - an operator held the pixel in an earlier life of the relay, and events wait; the relay starts
 * - nothing goes out until somebody resumes it
 */
test('what an operator held before the start is not probed either', async (context) => {
  const virtual = await startVirtual(context, {
    async open(folder, monotonicMs) {
      const store = await openSqliteStore({ path: join(folder, 'waybill.db'), monotonicMs })
      const why = { code: 'held_by_operator', message: 'a look at the orders', by: 'anna', atMs: START_MS }
      await store.holdPixel('px', why)
      return store
    },
  })
  await virtual.bring(virtualOrders(3))
  await virtual.run(LONG_MS)
  assert.deepEqual(virtual.sent, [])
  assert.deepEqual(
    (await virtual.store.holds()).map(({ pixel, by }) => [pixel, by]),
    [['px', 'anna']],
  )
  await virtual.engine.operator.resume('px', 'test')
  await virtual.run(MINUTE_MS)
  assert.equal(virtual.emulator.summary().stored, 3)
})

/**
 * - the API refuses the key, then the operator holds the pixel too, and the key is good again
 * - the hold of the operator outlives that: nothing goes out until somebody resumes it
 */
test('a hold of the API that an operator took over is not probed any more', async (context) => {
  let isRefusing = true
  const virtual = await startVirtual(context, {
    answer: (_sent, judge) => (isRefusing ? errorResponse(401, 'Unauthorized') : judge()),
  })
  await virtual.bring(virtualOrders(3))
  await virtual.run(MINUTE_MS)
  await virtual.engine.operator.hold('px', { reason: 'the key is being changed', by: 'test' })
  isRefusing = false
  const before = virtual.sent.length
  await virtual.run(LONG_MS)
  assert.deepEqual(virtual.sent.slice(before), [])
  await virtual.engine.operator.resume('px', 'test')
  await virtual.run(MINUTE_MS)
  assert.equal(virtual.emulator.summary().stored, 3)
})
