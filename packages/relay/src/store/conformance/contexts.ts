import assert from 'node:assert/strict'
import { type ContextKey, contextKey } from '../context-key.ts'
import { DAY, leaseAll, NOW, newEvent, PIXEL, refusedEvent, type StoreCase } from './harness.ts'

const order = (key: string): ContextKey => contextKey('order', key)
const FIRST = order('1 ä')
const [A, B, C, D] = [order('a'), order('b'), order('c'), order('d')]

export const CONTEXTS: readonly StoreCase[] = [
  {
    name: 'a context is kept under its pixel and key, replaced, forgotten, and there after a restart',
    async run(store, harness) {
      await store.putContext(PIXEL, FIRST, '{"a":1}', NOW)
      await store.putContext(PIXEL, FIRST, '{"a":2}', NOW)
      await store.putContext('px_2', FIRST, '{"a":3}', NOW)
      await store.close()
      const again = await harness.open()
      assert.deepEqual([...(await again.getContexts(PIXEL, [FIRST, order('none')]))], [[FIRST, '{"a":2}']])
      assert.deepEqual([await again.dropContext(PIXEL, FIRST), await again.dropContext(PIXEL, FIRST)], [true, false])
      assert.equal((await again.getContexts(PIXEL, [FIRST])).size, 0)
      assert.equal((await again.getContexts('px_2', [FIRST])).size, 1)
      assert.equal((await again.getContexts('never seen', [FIRST])).size, 0)
      assert.equal(await again.dropContext('never seen', A), false)
      await again.close()
    },
  },
  {
    name: 'old contexts are forgotten in bounded batches, and what was put again is young',
    async run(store) {
      for (const key of [A, B, C, D]) await store.putContext(PIXEL, key, '{}', NOW - DAY)
      await store.putContext(PIXEL, D, '{}', NOW)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 2)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 1)
      assert.equal(await store.pruneContexts({ putBeforeMs: NOW, limit: 2 }), 0)
      assert.deepEqual([...(await store.getContexts(PIXEL, [A, B, C, D])).keys()], [D])
    },
  },
  {
    name: 'a leased event says which context it is sent with; those without say none, also after a restart',
    async run(store, harness) {
      await store.accept([newEvent('a', { contexts: [A, C] }), newEvent('b')], NOW)
      await store.close()
      const again = await harness.open()
      const { events } = await leaseAll(again)
      assert.deepEqual(events.map(({ id, contexts }) => [id, contexts]).sort(), [
        ['a', [A, C]],
        ['b', undefined],
      ])
      await again.close()
    },
  },
  {
    name: 'an account that goes on with other content is sent with the context of that',
    async run(store) {
      await store.accept([refusedEvent('a')], NOW)
      await store.accept([newEvent('a', { content: 'two', contexts: [A] })], NOW)
      assert.deepEqual((await leaseAll(store)).events[0]?.contexts, [A])
    },
  },
]
