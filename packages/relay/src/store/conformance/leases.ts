import assert from 'node:assert/strict'
import { idsOf, leaseAll, MINUTE, NOW, newEvent, newEvents, PIXEL, rowsOf, type StoreCase } from './harness.ts'

/** How long a lease lasts. */
export const LEASES: readonly StoreCase[] = [
  {
    name: 'a lease that ran out gives its events to the next, and its holder settles nothing any more',
    async run(store, { clock }) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const late = await leaseAll(store)
      clock.nowMs += MINUTE - 1
      assert.equal(await store.reclaim(), 0)
      clock.nowMs += 1
      assert.equal(await store.reclaim(), 2)
      const settlements = [{ to: 'delivered', rows: rowsOf(late) } as const]
      assert.equal(await store.settle({ token: late.token, settlements, nowMs: NOW }), 0)
      const next = await leaseAll(store)
      assert.ok(next.token > late.token)
      assert.equal(await store.settle({ token: late.token, settlements, nowMs: NOW }), 0)
      assert.equal(await store.extend(late.token, MINUTE), false)
      assert.equal(await store.release(late.token), 0)
      assert.equal(await store.settle({ token: next.token, settlements, nowMs: NOW }), 2)
    },
  },
  {
    name: 'a lease that is extended lasts as long from then on, and is never shortened',
    async run(store, { clock }) {
      await store.accept([newEvent('a')], NOW)
      const { token } = await leaseAll(store)
      clock.nowMs += MINUTE / 2
      assert.equal(await store.extend(token, 5 * MINUTE), true)
      assert.equal(await store.extend(token, 1), true)
      clock.nowMs += 5 * MINUTE - 1
      assert.equal(await store.reclaim(), 0)
      clock.nowMs += 1
      assert.equal(await store.reclaim(), 1)
    },
  },
  {
    name: 'a lease lasts by the monotonic clock, whatever times come in with the calls',
    async run(store, { clock }) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const { token, events } = await leaseAll(store, { limit: 1 })
      const later = await leaseAll(store, { nowMs: NOW + 365 * 24 * 60 * MINUTE, leaseMs: 2 * MINUTE })
      await store.ready(NOW + 365 * 24 * 60 * MINUTE)
      clock.nowMs += MINUTE - 1
      assert.equal(await store.reclaim(), 0)
      clock.nowMs += 1
      assert.equal(await store.reclaim(), 1)
      const rows = events.map(({ row }) => row)
      assert.equal(await store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: 0 }), 0)
      assert.equal(await store.extend(later.token, MINUTE), true)
    },
  },
  {
    name: 'a lease that may wait until it is full takes nothing before, unless one of its events has waited for long',
    async run(store) {
      await store.accept(newEvents(['1', '2']), NOW)
      const wire = newEvent('1').wire.length
      const query = { pixel: PIXEL, nowMs: NOW, leaseMs: MINUTE, unlessFullAcceptedByMs: NOW - 1 }
      assert.equal(await store.lease({ ...query, limit: 3 }), undefined)
      assert.equal(await store.lease({ ...query, limit: 3, maxBytes: 2 * wire + 1 }), undefined)
      for (const full of [
        { ...query, limit: 2 },
        { ...query, limit: 3, maxBytes: 2 * wire },
        { ...query, limit: 3, unlessFullAcceptedByMs: NOW },
      ]) {
        const lease = await store.lease(full)
        assert.deepEqual(idsOf(lease), ['1', '2'])
        await store.release(lease!.token)
      }
      assert.equal((await store.counts()).queued, 2)
    },
  },
]
