import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MINUTE_MS, SECOND_MS } from 'waybill/delivery'
import type { Store } from '../store/index.ts'
import { after, errorResponse, startVirtual, virtualOrders } from './virtual-engine.helpers.ts'

const SLOW_MS = 20 * SECOND_MS
const TIMEOUT_MS = 70 * SECOND_MS

function replaced(store: Store, changes: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(changes, name) ?? Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/**
 * - requests may take 70 s, longer than a lease lasts when it is given, and every answer comes at the last moment
 * - whenever one leaves its lease lasts for what it may take and half a minute more, in which the answer is read and kept
 */
test('a lease outlasts its request by half a minute', async (context) => {
  let leasedUntilMs = 0
  const left: number[] = []
  const virtual = await startVirtual(context, {
    pixels: [{ timeoutMs: TIMEOUT_MS, concurrency: 1 }],
    store: (store, time) => {
      const lasts = (forMs: number): void => {
        leasedUntilMs = Math.max(leasedUntilMs, time.elapsedMs + forMs)
      }
      return replaced(store, {
        lease(query) {
          leasedUntilMs = 0
          lasts(query.leaseMs)
          return store.lease(query)
        },
        extend(token, forMs) {
          lasts(forMs)
          return store.extend(token, forMs)
        },
      })
    },
    async answer(sent, judge) {
      if (sent.events.some(({ id }) => id.startsWith('order'))) left.push(leasedUntilMs - sent.atMs)
      await after(TIMEOUT_MS - 1, virtual, sent)
      return left.length < 3 ? errorResponse(500, 'broken') : judge()
    },
  })
  await virtual.bring(virtualOrders(5))
  await virtual.run(10 * MINUTE_MS)
  assert.equal((await virtual.store.counts()).delivered, 5)
  assert.ok(left.length >= 3)
  assert.ok(
    left.every((forMs) => forMs >= TIMEOUT_MS + 30 * SECOND_MS),
    left.join(),
  )
})

/**
 * - the first answer is a 500, after which nobody knows whether the events are stored; the disk takes 20 s to keep that
 * - nothing goes out before it is kept: a crash in between would forget that they may be stored
 */
test('what an ambiguous answer says is kept before the next request goes out', async (context) => {
  let answers = 0
  const virtual = await startVirtual(context, {
    store: (store, time) =>
      replaced(store, {
        async recordRequest(request) {
          await new Promise<void>((resolve) => time.at(time.elapsedMs + SLOW_MS, () => resolve()))
          return store.recordRequest(request)
        },
      }),
    answer: (_sent, judge) => (++answers === 1 ? errorResponse(500, 'broken') : judge()),
  })
  await virtual.bring(virtualOrders(5))
  await virtual.run(2 * MINUTE_MS)
  const [first, second] = virtual.sent
  assert.ok(second!.atMs - first!.atMs >= SLOW_MS, `${second!.atMs - first!.atMs} ms`)
  assert.equal((await virtual.store.counts()).delivered, 5)
})

/**
 * - everything is validated first, in two requests; the disk takes 50 s to keep the first, and the second fails
 * - by the time that it is to be repeated the lease is lost: somebody else has its events, so that nothing of it is sent for real
 */
test('nothing is sent of a lease that is lost', async (context) => {
  const timeoutMs = 100
  let isLost = false
  let recorded = 0
  const virtual = await startVirtual(context, {
    pixels: [{ preflight: 'always', concurrency: 1, timeoutMs, maxBodyBytes: 1_000 }],
    store: (store, time) =>
      replaced(store, {
        lease: async (query) => (isLost ? undefined : store.lease({ ...query, maxBytes: 1_000_000 })),
        async recordRequest(request) {
          const slowMs = ++recorded === 1 ? 50 * SECOND_MS : 0
          await new Promise<void>((resolve) => time.at(time.elapsedMs + slowMs, () => resolve()))
          return store.recordRequest(request)
        },
        async extend(token, forMs) {
          // What a request needs is given, a pause is not.
          isLost ||= forMs > 30 * SECOND_MS + timeoutMs
          return !isLost && store.extend(token, forMs)
        },
      }),
    answer: (_sent, judge) => (virtual.sent.length === 2 ? errorResponse(500, 'broken') : judge()),
  })
  await virtual.bring(virtualOrders(8))
  await virtual.run(10 * MINUTE_MS)
  assert.ok(isLost)
  assert.deepEqual(
    virtual.sent.map(({ validateOnly }) => validateOnly),
    [true, true],
  )
})
