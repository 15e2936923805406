import assert from 'node:assert/strict'
import type { EventSummary, Search, Store } from '../index.ts'
import { endAs, leaseAll, MINUTE, NOW, newEvent, newEvents, PIXEL, refusedEvent, type StoreCase } from './harness.ts'

/** All pages. */
async function findAll(store: Store, search: Omit<Search, 'cursor'>): Promise<EventSummary[]> {
  const found: EventSummary[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await store.search({ ...search, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items)
    cursor = page.cursor
    if (cursor === undefined) return found
  }
}

async function findIds(store: Store, search: Partial<Search>): Promise<string[]> {
  return (await findAll(store, { limit: 2, ...search })).map(({ id }) => id ?? '(none)')
}

export const ACCOUNTS: readonly StoreCase[] = [
  {
    name: 'what was never accepted has no account',
    async run(store) {
      assert.deepEqual(await store.show('a'), [])
      assert.equal(await store.showRow(1), undefined)
      assert.deepEqual(await store.search({ limit: 10 }), { items: [], cursor: undefined })
      assert.deepEqual(await store.pixels(), [])
    },
  },
  {
    name: 'a cursor that no page gave is refused',
    async run(store) {
      await store.accept(newEvents(['a', 'b']), NOW)
      for (const cursor of ['', 'x', '-1', '1.5', '[]', '["a",1]', '{"a":1}'])
        for (const part of [{}, { idPrefix: 'a' }, { state: 'sending' }] as const)
          await assert.rejects(store.search({ ...part, cursor, limit: 1 }), { name: 'StoreCursorError' })
    },
  },
  {
    name: 'a search finds by state, pixel, code, time and the beginning of the id, page by page',
    async run(store) {
      await endAs(store, 'refused', ['r1', 'r2'], { code: 'bad_amount', nowMs: NOW - 10 })
      await endAs(store, 'refused', ['r3'], { code: 'bad_type' })
      await endAs(store, 'expired', ['x1'])
      await endAs(store, 'delivered', ['d1', 'd2'])
      await store.accept(newEvents(['q1', 'q2', 's1'], { timestampMs: NOW }), NOW)
      await store.accept([newEvent('s1', { pixel: 'px_2' }), refusedEvent(undefined)], NOW)
      await leaseAll(store, { pixel: 'px_2' })
      assert.deepEqual(await findIds(store, { state: 'refused' }), ['(none)', 'r3', 'r2', 'r1'])
      assert.deepEqual(await findIds(store, { state: 'refused', code: 'bad_amount' }), ['r2', 'r1'])
      assert.deepEqual(await findIds(store, { code: 'bad_type' }), ['r3'])
      assert.deepEqual(await findIds(store, { state: 'expired' }), ['x1'])
      assert.deepEqual(await findIds(store, { state: 'delivered' }), ['d2', 'd1'])
      assert.deepEqual(await findIds(store, { state: 'queued' }), ['s1', 'q2', 'q1'])
      assert.deepEqual(await findIds(store, { state: 'sending' }), ['s1'])
      assert.deepEqual(await findIds(store, { state: 'held' }), [])
      assert.deepEqual(await findIds(store, { pixel: 'px_2' }), ['s1'])
      assert.deepEqual(await findIds(store, { pixel: 'px_3' }), [])
      assert.deepEqual((await findIds(store, { idPrefix: 'r' })).sort(), ['r1', 'r2', 'r3'])
      assert.deepEqual(await findIds(store, { idPrefix: 's1', pixel: PIXEL }), ['s1'])
      assert.deepEqual(await findIds(store, { state: 'refused', sinceMs: NOW }), ['(none)', 'r3'])
      assert.equal((await findIds(store, {})).length, 11)
    },
  },
  {
    name: 'a search for what is held finds it by the reason of its hold',
    async run(store) {
      await store.accept([newEvent('a', { shape: 'x' }), newEvent('b', { shape: 'y' })], NOW)
      await store.holdShape(PIXEL, 'x', { code: 'unexplained_rejection', message: 'why', atMs: NOW, by: 'relay' })
      assert.deepEqual(await findIds(store, { state: 'held' }), ['a'])
      assert.deepEqual(await findIds(store, { code: 'unexplained_rejection' }), ['a'])
      assert.deepEqual(await findIds(store, { state: 'queued' }), ['b'])
    },
  },
  {
    name: 'refused events are grouped by pixel and code, the largest group first, with samples',
    async run(store) {
      await endAs(store, 'refused', ['a'], { code: 'rare', nowMs: NOW + 7 })
      await endAs(store, 'refused', ['b', 'c', 'd'], { code: 'common', nowMs: NOW })
      await endAs(store, 'refused', ['e'], { code: 'common', nowMs: NOW + 5 })
      await endAs(store, 'refused', ['f', 'g'], { code: 'common', pixel: 'px_2' })
      const groups = await store.refusedGroups()
      assert.deepEqual(
        groups.map(({ pixel, code, events, firstMs, lastMs }) => ({ pixel, code, events, firstMs, lastMs })),
        [
          { pixel: PIXEL, code: 'common', events: 4, firstMs: NOW, lastMs: NOW + 5 },
          { pixel: 'px_2', code: 'common', events: 2, firstMs: NOW, lastMs: NOW },
          { pixel: PIXEL, code: 'rare', events: 1, firstMs: NOW + 7, lastMs: NOW + 7 },
        ],
      )
      assert.deepEqual(
        groups[0]?.samples.map(({ id }) => id),
        ['e', 'd', 'c'],
      )
    },
  },
  {
    name: 'every accepted event is in exactly one state, whatever happens to it',
    async run(store, harness) {
      await endAs(store, 'delivered', ['a', 'b', 'c'])
      await endAs(store, 'refused', ['d', 'e'])
      await endAs(store, 'expired', ['f'])
      await store.accept(
        [...newEvents(['g', 'h', 'i', 'a']), newEvent('j', { dueMs: NOW + MINUTE }), refusedEvent('k')],
        NOW,
      )
      await leaseAll(store, { limit: 2 })
      await store.discard({ state: 'expired' }, { by: 'ann', reason: 'stale', nowMs: NOW })
      await store.replay({ state: 'refused', code: 'invalid_event' }, { by: 'ann', nowMs: NOW, limit: 1 })
      const expected = { accepted: 11, delivered: 3, refused: 2, expired: 0, discarded: 1, held: 0, unaccounted: 0 }
      assert.deepEqual(await store.counts(), { ...expected, queued: 3, sending: 2 })
      assert.deepEqual(await store.check(), [])
      await store.close()
      const again = await harness.open()
      assert.deepEqual(await again.counts(), { ...expected, queued: 5, sending: 0 })
      assert.deepEqual(await again.check(), [])
      await again.close()
    },
  },
]
