import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  countsNone,
  HOUR_MS,
  MINUTE_MS,
  refusesAll,
  SECOND_MS,
  type Sent,
  START_MS,
  startVirtual,
  type Virtual,
  virtualOrders,
} from './virtual-engine.helpers.ts'

/** How long after it is healthy again an API that was away for less than two hours has everything. */
const SOON_MS = MINUTE_MS + SECOND_MS

/**
 * - the account counts none for two hours and more, in which all that waited was sent; nothing waits, so that nothing can show that it is over
 * - what comes then is delivered in seconds: it is the probe that there was nothing for
 */
const FAULT_OVER_MS = 2 * HOUR_MS + 5 * MINUTE_MS
test('a pixel whose account counted none is probed by what comes next, where nothing waits', async (context) => {
  let isCounting = false
  const virtual = await startVirtual(context, {
    answer: async (sent, judge) => (isCounting || sent.validateOnly ? judge() : countsNone(sent)),
  })
  await virtual.bring(virtualOrders(2))
  await virtual.run(FAULT_OVER_MS)
  assert.equal((await virtual.store.counts()).queued, 0)
  assert.equal((await virtual.store.holds())[0]?.code, 'counts_none')
  isCounting = true
  const before = virtual.sent.length
  await virtual.run(10 * MINUTE_MS)
  assert.equal(virtual.sent.length, before)
  const later = { timestamp_ms: START_MS + FAULT_OVER_MS }
  await virtual.bring(virtualOrders(5, 'later', later))
  await virtual.run(10 * SECOND_MS)
  assert.equal(virtual.emulator.summary().stored, 5)
})

/**
 * - the account counts none for two hours and more; what waits is one event that the API refuses for itself, which shows nothing of counts
 * - a good one that comes when the account counts again is not left waiting for the turn that a bad one had
 */
test('a pixel whose account counted none is probed soon by what comes beside a bad event', async (context) => {
  let isCounting = false
  const isBad = ({ events }: Sent): boolean => events.some(({ id }) => id.startsWith('bad'))
  const virtual = await startVirtual(context, {
    answer: async (sent, judge) => {
      if (isBad(sent)) return refusesAll()
      return isCounting || sent.validateOnly ? judge() : countsNone(sent)
    },
  })
  await virtual.bring(virtualOrders(1))
  await virtual.run(MINUTE_MS)
  await virtual.bring(virtualOrders(1, 'bad'))
  await virtual.run(FAULT_OVER_MS + MINUTE_MS * 30)
  assert.equal((await virtual.store.holds())[0]?.code, 'counts_none')
  isCounting = true
  const later = { timestamp_ms: virtual.time.trueMs }
  await virtual.bring(virtualOrders(3, 'later', later))
  await virtual.run(5 * MINUTE_MS + 5 * SECOND_MS)
  assert.equal(virtual.emulator.summary().stored, 3)
})

/**
 * - the account counts none for two minutes, and all that waits then is an event on which the API fails
 * - that shows as well as any that it counts again: the hold is lifted soon after health
 */
test('a pixel whose account counted none is probed by what is suspected, where nothing else waits', async (context) => {
  const isHealthy = ({ atMs }: Sent): boolean => atMs > 2 * MINUTE_MS
  const virtual = await startVirtual(context, {
    answer: async (sent, judge) => {
      if (isHealthy(sent) || sent.validateOnly) return judge()
      return sent.events[0]!.id.startsWith('odd') ? new Response('down', { status: 500 }) : countsNone(sent)
    },
  })
  await virtual.bring(virtualOrders(1, 'odd'))
  await virtual.run(30 * SECOND_MS)
  await virtual.bring(virtualOrders(3))
  await virtual.run(MINUTE_MS)
  assert.equal((await virtual.store.holds())[0]?.code, 'counts_none')
  await virtual.run(2 * MINUTE_MS)
  assert.deepEqual(await virtual.store.holds(), [])
  assert.equal(virtual.emulator.summary().stored, 1)
})

/**
 * - the machine's clock is an hour ahead, and events come that are 40 minutes ahead: by that clock they may leave; the account counts none
 * - once the right time is confirmed, none of them leaves, and none takes a turn from those that may
 */
test('a pixel whose account counted none is not kept waiting by what may not leave', async (context) => {
  let time: Virtual['time']
  const virtual = await startVirtual(context, {
    answer: async (sent, judge) => {
      const response = sent.atMs > 2 * MINUTE_MS || sent.validateOnly ? await judge() : countsNone(sent)
      response.headers.set('date', new Date(time.trueMs).toUTCString())
      return response
    },
    store(store, virtualTime) {
      time = virtualTime
      time.shiftWall(HOUR_MS)
      return store
    },
  })
  await virtual.bring(virtualOrders(2, 'first'))
  await virtual.run(10 * SECOND_MS)
  await virtual.bring(virtualOrders(12, 'ahead', { timestamp_ms: START_MS + 40 * MINUTE_MS }))
  await virtual.bring(virtualOrders(20))
  await virtual.run(4 * MINUTE_MS)
  assert.deepEqual(await virtual.store.holds(), [])
})

/** What comes last is asked first, and all of it is refused. */
const REFUSED_BESIDE: readonly (readonly [title: string, changes: object, refused: number])[] = [
  ['20 of a shape that the account does not read', { type: 'lead_created', data: { type: 'customer_action' } }, 20],
  ['7 bad ones of the same shape', {}, 7],
]

for (const [title, changes, refused] of REFUSED_BESIDE) {
  /**
   * - the account counts none for ten minutes, in which good events come, and then such as the API refuses
   * - what is refused shows nothing of counts, and takes no turn from the good ones: they are delivered within a minute of health
   */
  test(`a pixel whose account counted none is not kept waiting by ${title}`, async (context) => {
    const isBad = ({ events }: Sent): boolean => events.some(({ id }) => id.startsWith('bad'))
    const virtual = await startVirtual(context, {
      answer: async (sent, judge) => {
        if (isBad(sent)) return refusesAll()
        return sent.atMs > 10 * MINUTE_MS || sent.validateOnly ? judge() : countsNone(sent)
      },
    })
    await virtual.bring(virtualOrders(3, 'first'))
    await virtual.run(MINUTE_MS)
    await virtual.bring(virtualOrders(100, 'good'))
    await virtual.run(8 * MINUTE_MS + 45 * SECOND_MS)
    const newer = { ...changes, timestamp_ms: virtual.time.trueMs }
    await virtual.bring(virtualOrders(refused, 'bad', newer))
    await virtual.run(15 * SECOND_MS + SOON_MS)
    const stored = virtual.emulator.summary().stored
    assert.ok(stored >= 90, `${stored} are stored`)
  })
}
