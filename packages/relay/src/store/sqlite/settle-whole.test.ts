import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents, requestOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { openSqliteStore } from './index.ts'

it('what a request carried and its lease no longer has was tried all the same, and may be stored', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, readsIn: 'here' })
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  const { token, events } = await leaseAll(store)
  const rows = events.map(({ row }) => row)
  await store.release(token, rows.slice(2))
  const settlements = [{ to: 'delivered' as const, rows }]
  assert.equal(await store.settle({ token, settlements, request: requestOf(rows), nowMs: NOW }), 2)
  const accounts = await Promise.all(rows.map((row) => store.showRow(row)))
  const stands = accounts.map((account) => `${account?.state} ${account?.attempts}`)
  assert.deepEqual(stands, ['delivered 1', 'delivered 1', 'queued 1'])
  const again = await leaseAll(store)
  assert.deepEqual(
    again.events.map(({ row, mayBeStored }) => [row, mayBeStored]),
    [[rows[2], true]],
  )
  await store.close()
  remove()
})
