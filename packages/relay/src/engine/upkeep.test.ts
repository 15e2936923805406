import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from 'waybill/delivery'
import { endAs, PIXEL } from '../store/conformance/harness.ts'
import { contextKey, type Store } from '../store/index.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { errorResponse, START_MS, startVirtual, type Virtual } from './virtual-engine.helpers.ts'

const KEY = contextKey('order', 'k')
const AWAY_MS = 90 * MINUTE_MS

interface Life {
  /** How far the machine's clock is off from the start on. */
  readonly wallOffMs: number
  /** How long before the start an event was delivered and a context was put. */
  readonly agoMs: number
}

/** The API is away at first, then tells the true time. */
async function startLife(context: TestContext, { wallOffMs, agoMs }: Life): Promise<Virtual> {
  const nowMs = START_MS - agoMs
  const openWithPast = async (folder: string, monotonicMs: () => number): Promise<Store> => {
    const store = await openSqliteStore({ path: join(folder, 'waybill.db'), monotonicMs })
    await endAs(store, 'delivered', ['past'], { nowMs })
    await store.putContext(PIXEL, KEY, '{"oppref":"x"}', nowMs)
    return store
  }
  const virtual = await startVirtual(context, {
    pixels: [{ pixelId: PIXEL }],
    open: openWithPast,
    async answer({ atMs }, judge) {
      if (atMs < AWAY_MS) return errorResponse(503, 'away')
      const response = await judge()
      response.headers.set('date', new Date(virtual.time.trueMs).toUTCString())
      return response
    },
    wallOffMs,
  })
  return virtual
}

const kept = async ({ store }: Virtual): Promise<[accounts: number, contexts: number]> => [
  (await store.show('past')).length,
  (await store.getContexts(PIXEL, [KEY])).size,
]

/**
 * - the machine's clock is 40 days ahead at the start, and the API tells nothing for an hour and a half
 * - by that clock accounts and contexts are older than the 30 days for which they are kept; nothing is forgotten on its word alone
 */
it('nothing is forgotten for its age while the time is in doubt, nor when it turns out to be young', async (context) => {
  const virtual = await startLife(context, { wallOffMs: 40 * DAY_MS, agoMs: MINUTE_MS })
  await virtual.run(AWAY_MS)
  assert.ok(!virtual.engine.clock.isConfirmed())
  assert.deepEqual(await kept(virtual), [1, 1])
  await virtual.run(3 * HOUR_MS)
  assert.ok(virtual.engine.clock.isConfirmed())
  assert.deepEqual(await kept(virtual), [1, 1])
})

/**
 * - the clock is right, and is confirmed an hour and a half after the start; an hour later the 30 days are over
 * - forgetting begins with the confirmation, and goes on each hour
 */
it('what is old by a confirmed clock is forgotten', async (context) => {
  const virtual = await startLife(context, { wallOffMs: 0, agoMs: 30 * DAY_MS - AWAY_MS - HOUR_MS })
  await virtual.run(AWAY_MS + HOUR_MS - MINUTE_MS)
  assert.deepEqual(await kept(virtual), [1, 1])
  await virtual.run(HOUR_MS + 10 * MINUTE_MS)
  assert.deepEqual(await kept(virtual), [0, 0])
})
