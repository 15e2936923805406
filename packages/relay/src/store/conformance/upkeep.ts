import assert from 'node:assert/strict'
import { StoreClosedError } from '../errors.ts'
import { endAs, leaseAll, NOW, newEvent, newEvents, requestOf, type StoreCase } from './harness.ts'

export const UPKEEP: readonly StoreCase[] = [
  {
    name: 'pruning forgets what ended before a time, in bounded batches, and keeps the totals',
    async run(store) {
      const old = await endAs(store, 'refused', ['a', 'b', 'c'], { nowMs: NOW - 100 })
      await store.recordRequest(requestOf(old))
      await store.replay({ rows: [old[1] ?? 0] }, { by: 'ann', nowMs: NOW })
      await endAs(store, 'delivered', ['d'], { nowMs: NOW })
      assert.equal(await store.prune({ endedBeforeMs: NOW - 100, limit: 1 }), 0)
      assert.equal(await store.prune({ endedBeforeMs: NOW, limit: 1 }), 1)
      assert.equal(await store.prune({ endedBeforeMs: NOW, limit: 9 }), 1)
      assert.equal(await store.prune({ endedBeforeMs: NOW, limit: 9 }), 0)
      assert.deepEqual(await store.show('a'), [])
      assert.equal((await store.show('b'))[0]?.requests.length, 1)
      const { accepted, refused, unaccounted } = await store.counts()
      assert.deepEqual({ accepted, refused, unaccounted }, { accepted: 4, refused: 2, unaccounted: 0 })
      assert.deepEqual(await store.check(), [])
      const [again] = await store.accept([newEvent('a')], NOW)
      assert.equal(again?.status, 'accepted', 'the key is forgotten with its account')
    },
  },
  {
    name: 'a row is never given twice, also after everything was pruned',
    async run(store, harness) {
      const rows = await endAs(store, 'delivered', ['a', 'b'], { nowMs: NOW - 10 })
      assert.equal(await store.prune({ endedBeforeMs: NOW, limit: 9 }), 2)
      await store.close()
      const again = await harness.open()
      const [next] = await again.accept([newEvent('c')], NOW)
      assert.ok((next?.row ?? 0) > Math.max(...rows))
      await again.close()
    },
  },
  {
    name: 'meta values are kept, replaced, and there after a restart',
    async run(store, harness) {
      assert.equal(await store.getMeta('endpoint'), undefined)
      await store.setMeta('endpoint', 'http://127.0.0.1:1')
      await store.setMeta('endpoint', 'http://127.0.0.1:2')
      await store.close()
      const again = await harness.open()
      assert.equal(await again.getMeta('endpoint'), 'http://127.0.0.1:2')
      await again.close()
    },
  },
  {
    name: 'what was asked for before closing is done, and nothing is taken afterwards',
    async run(store, harness) {
      const before = store.accept(newEvents(['a', 'b']), NOW)
      const closed = store.close()
      assert.deepEqual(
        (await before).map(({ status }) => status),
        ['accepted', 'accepted'],
      )
      await closed
      await store.close()
      await assert.rejects(store.accept([newEvent('c')], NOW), StoreClosedError)
      await assert.rejects(store.counts(), StoreClosedError)
      const again = await harness.open()
      assert.equal((await leaseAll(again)).events.length, 2)
      await again.close()
    },
  },
]
