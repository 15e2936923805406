import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { openSqliteStore } from './index.ts'

/**
 * - a store that is told of no clock leases for an hour, and the machine's clock is set a day ahead
 * - nothing is taken away: what leases last by is no wall clock, also where nobody said by which
 */
it('a lease outlasts a wall clock that is set a day ahead, where no clock is told', async (context) => {
  const { path, remove } = tempFile()
  context.after(remove)
  const store = await openSqliteStore({ path })
  context.after(() => store.close())
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  context.mock.timers.enable({ apis: ['Date'], now: NOW })
  await leaseAll(store, { leaseMs: 3_600_000 })
  context.mock.timers.setTime(NOW + 24 * 3_600_000)
  assert.equal(await store.reclaim(), 0)
  assert.equal((await store.counts()).sending, 3)
})
