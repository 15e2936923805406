import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { leaseAll, NOW, newEvent, newEvents, PIXEL, rowsOf } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import type { Search, Store, Suspicion } from '../../index.ts'
import { openSqliteStore } from '../index.ts'
import { MAX_PROMOTED } from '../queue/queue.ts'
import { MAX_EXAMINED } from './search.ts'

async function openStore(context: TestContext): Promise<Store> {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  context.after(async () => {
    await store.close()
    remove()
  })
  return store
}

async function idsFound(store: Store, search: Omit<Search, 'cursor'>): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = []
  let cursor: string | undefined
  do {
    const page = await store.search({ ...search, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

async function setAllApart(store: Store, code: string): Promise<void> {
  const lease = await leaseAll(store, { limit: MAX_EXAMINED })
  const suspicion: Suspicion = { kind: 'refused', times: 1, firstMs: NOW, code, message: 'It was refused once.' }
  const settlements = [{ to: 'queued', rows: rowsOf(lease), dueMs: NOW, suspicion }] as const
  await store.settle({ token: lease.token, settlements, nowMs: NOW })
}

/** One call looks at so many; what lies behind them is on the next page, also where none of them fits. */
test('a search for what is rare goes on behind what one call looks at', async (context) => {
  const store = await openStore(context)
  await store.accept([newEvent('rare')], NOW)
  await setAllApart(store, 'rare')
  const ids = Array.from({ length: MAX_EXAMINED }, (_, index) => `e${index}`)
  await store.accept(newEvents(ids), NOW)
  assert.deepEqual(await idsFound(store, { code: 'rare', limit: 10 }), ['rare'])
  await setAllApart(store, 'usual')
  assert.deepEqual(await idsFound(store, { suspect: true, code: 'rare', limit: 10 }), ['rare'])
  assert.equal((await idsFound(store, { suspect: true, limit: 1_000 })).length, MAX_EXAMINED + 1)
})

test('more events than one lease makes ready become due together, and all are leased', async (context) => {
  const store = await openStore(context)
  const ids = Array.from({ length: MAX_PROMOTED + 1 }, (_, index) => `e${index}`)
  await store.accept(newEvents(ids, { dueMs: NOW + 1 }), NOW)
  const query = { pixel: PIXEL, limit: 2 * MAX_PROMOTED, nowMs: NOW + 1, leaseMs: 1_000 }
  assert.equal((await store.lease(query))?.events.length, MAX_PROMOTED)
  assert.deepEqual((await store.ready(NOW + 1)).pixels, [PIXEL])
  assert.equal((await store.lease(query))?.events.length, 1)
  assert.deepEqual(await store.ready(NOW + 1), { pixels: [], apart: [], nextDueMs: undefined })
})
