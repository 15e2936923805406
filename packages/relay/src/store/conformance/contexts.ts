import assert from 'node:assert/strict'
import { DAY, leaseAll, NOW, newEvent, PIXEL, refusedEvent, type StoreCase } from './harness.ts'

export const CONTEXTS: readonly StoreCase[] = [
  {
    name: 'a context is kept under its pixel and key, replaced, forgotten, and there after a restart',
    async run(store, harness) {
      await store.putContext(PIXEL, 'order/1 ä', '{"a":1}', NOW)
      await store.putContext(PIXEL, 'order/1 ä', '{"a":2}', NOW)
      await store.putContext('px_2', 'order/1 ä', '{"a":3}', NOW)
      await store.close()
      const again = await harness.open()
      assert.deepEqual([...(await again.getContexts(PIXEL, ['order/1 ä', 'none']))], [['order/1 ä', '{"a":2}']])
      assert.deepEqual(
        [await again.dropContext(PIXEL, 'order/1 ä'), await again.dropContext(PIXEL, 'order/1 ä')],
        [true, false],
      )
      assert.equal((await again.getContexts(PIXEL, ['order/1 ä'])).size, 0)
      assert.equal((await again.getContexts('px_2', ['order/1 ä'])).size, 1)
      assert.equal((await again.getContexts('never seen', ['order/1 ä'])).size, 0)
      assert.equal(await again.dropContext('never seen', 'x'), false)
      await again.close()
    },
  },
  {
    name: 'old contexts are forgotten in bounded batches, and what was put again is young',
    async run(store) {
      for (const key of ['a', 'b', 'c', 'd']) await store.putContext(PIXEL, key, '{}', NOW - DAY)
      await store.putContext(PIXEL, 'd', '{}', NOW)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 2)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 1)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 0)
      assert.deepEqual([...(await store.getContexts(PIXEL, ['a', 'b', 'c', 'd'])).keys()], ['d'])
    },
  },
  {
    name: 'a leased event says which context it is sent with; those without say none, also after a restart',
    async run(store, harness) {
      await store.accept([newEvent('a', { contexts: ['order:a', 'cart:a'] }), newEvent('b')], NOW)
      await store.close()
      const again = await harness.open()
      const { events } = await leaseAll(again)
      assert.deepEqual(events.map(({ id, contexts }) => [id, contexts]).sort(), [
        ['a', ['order:a', 'cart:a']],
        ['b', undefined],
      ])
      await again.close()
    },
  },
  {
    name: 'an account that goes on with other content is sent with the context of that',
    async run(store) {
      await store.accept([refusedEvent('a')], NOW)
      await store.accept([newEvent('a', { content: 'two', contexts: ['order:a'] })], NOW)
      assert.deepEqual((await leaseAll(store)).events[0]?.contexts, ['order:a'])
    },
  },
]
