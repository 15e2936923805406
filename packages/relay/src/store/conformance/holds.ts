import assert from 'node:assert/strict'
import { idsOf, leaseAll, MINUTE, NOW, newEvent, newEvents, PIXEL, type StoreCase } from './harness.ts'

const query = { pixel: PIXEL, limit: 10, nowMs: NOW, leaseMs: MINUTE }
const hold = { code: 'unauthorized', message: 'The key is not accepted.', atMs: NOW, by: 'relay' }
const by = { by: 'ann', nowMs: NOW + 1 }

export const HOLDS: readonly StoreCase[] = [
  {
    name: 'nothing of a held pixel is leased, also what arrives later, until it is resumed',
    async run(store) {
      await store.accept(newEvents(['a']), NOW)
      await store.holdPixel(PIXEL, hold)
      await store.accept([newEvent('b'), newEvent('c', { pixel: 'px_2' })], NOW)
      assert.equal(await store.lease(query), undefined)
      assert.deepEqual((await store.ready(NOW)).pixels, ['px_2'])
      const { held, queued } = await store.counts()
      assert.deepEqual({ held, queued }, { held: 2, queued: 1 })
      const [account] = await store.show('b')
      assert.deepEqual([account?.state, account?.code, account?.message], ['held', hold.code, hold.message])
      assert.equal(await store.resumePixel(PIXEL, by), true)
      assert.equal(await store.resumePixel(PIXEL, by), false)
      assert.deepEqual(idsOf(await store.lease(query)), ['a', 'b'])
    },
  },
  {
    name: 'a probe leases from a held pixel, and what it leases is sending',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      await store.holdPixel(PIXEL, hold)
      const probe = await store.lease({ ...query, limit: 1, probe: {} })
      assert.deepEqual(idsOf(probe), ['a'])
      const { held, sending } = await store.counts()
      assert.deepEqual({ held, sending }, { held: 1, sending: 1 })
      await store.release(probe?.token ?? 0)
      assert.equal((await store.counts()).held, 2)
    },
  },
  {
    name: 'a held shape waits while the other shapes of its pixel go on',
    async run(store) {
      await store.accept([newEvent('a', { shape: 'x' }), newEvent('b', { shape: 'y' })], NOW)
      await store.holdShape(PIXEL, 'x', { ...hold, code: 'unexplained_rejection' })
      await store.accept([newEvent('c', { shape: 'x' }), newEvent('d', { shape: 'x', pixel: 'px_2' })], NOW)
      assert.deepEqual(idsOf(await store.lease(query)), ['b'])
      assert.deepEqual(idsOf(await store.lease({ ...query, pixel: 'px_2' })), ['d'])
      assert.equal((await store.show('c'))[0]?.code, 'unexplained_rejection')
      assert.deepEqual((await store.ready(NOW)).pixels, [])
      const probe = await leaseAll(store, { shapes: ['x'], limit: 1, probe: {} })
      assert.deepEqual(idsOf(probe), ['a'])
      await store.release(probe.token)
      assert.equal(await store.resumeShape(PIXEL, 'x', by), true)
      assert.deepEqual(idsOf(await store.lease(query)), ['a', 'c'])
    },
  },
  {
    name: 'resuming a pixel leaves its held shapes on hold',
    async run(store) {
      await store.accept([newEvent('a', { shape: 'x' }), newEvent('b', { shape: 'y' })], NOW)
      await store.holdShape(PIXEL, 'x', hold)
      await store.holdPixel(PIXEL, hold)
      await store.resumePixel(PIXEL, by)
      assert.deepEqual(idsOf(await store.lease(query)), ['b'])
      assert.deepEqual(await store.holds(), [{ ...hold, pixel: PIXEL, shape: 'x' }])
    },
  },
  {
    name: 'what is in flight when its pixel is held can still be settled',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      const { token, events } = await leaseAll(store)
      const [a = 0, b = 0] = events.map(({ row }) => row)
      await store.holdPixel(PIXEL, hold)
      const settlements = [
        { to: 'delivered', rows: [a] },
        { to: 'queued', rows: [b], dueMs: NOW + MINUTE },
      ] as const
      assert.equal(await store.settle({ token, settlements, nowMs: NOW }), 2)
      const { delivered, held } = await store.counts()
      assert.deepEqual({ delivered, held }, { delivered: 1, held: 1 })
    },
  },
  {
    name: 'holds outlive a restart, and each pixel tells what it holds',
    async run(store, harness) {
      await store.accept(
        [newEvent('a', { shape: 'x', timestampMs: 7 }), newEvent('b', { shape: 'x', pixel: 'px_2' })],
        NOW,
      )
      await store.holdShape(PIXEL, 'x', hold)
      await store.holdPixel('px_2', hold)
      await store.holdPixel('px_2', { ...hold, code: 'forbidden' })
      await store.close()
      const again = await harness.open()
      const pixels = await again.pixels()
      const [first, second] = [PIXEL, 'px_2'].map((wanted) => pixels.find(({ pixel }) => pixel === wanted))
      assert.deepEqual(first?.heldShapes, [{ shape: 'x', events: 1, hold }])
      assert.equal(first.hold, undefined)
      assert.equal(first.oldestTimestampMs, 7)
      assert.equal(first.counts.held, 1)
      assert.equal(second?.hold?.code, 'forbidden')
      assert.deepEqual(await again.shapes(PIXEL), [{ shape: 'x', events: 1, hold }])
      await again.close()
    },
  },
  {
    name: 'a pixel can be held before its first event',
    async run(store) {
      await store.holdPixel(PIXEL, hold)
      await store.accept([newEvent('a')], NOW)
      assert.equal(await store.lease(query), undefined)
      assert.equal((await store.counts()).held, 1)
    },
  },
]
