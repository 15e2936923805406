import assert from 'node:assert/strict'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents, PIXEL, requestOf, rowsOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import type { Store } from '../index.ts'
import { type Database, type Row, readValue } from './database.ts'
import { faultyDatabase } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'
import { CUT_MINUTE } from './sql/queue.ts'

/** Tables that grow with the number of events. */
const LARGE = /\bSCAN (event|body|request|passage|suspicion)\b/
/** What reads a queue and asks for no exact time. */
const BY_MINUTE = /^(?!.*timestamp_ms [<>=]).*timestamp_ms \/ 60000 [<>=]/s

/** Whether a statement reads columns of the table of events, and not of an index alone. */
function readsEvents(database: Database, sql: string): boolean {
  const root = readValue(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")
  const steps = database.prepare(`EXPLAIN ${sql}`).all() as Row[]
  const cursors = steps.filter(({ opcode, p2 }) => opcode === 'OpenRead' && p2 === root).map(({ p1 }) => p1)
  return steps.some(({ opcode, p1 }) => opcode === 'Column' && cursors.includes(p1 ?? null))
}

/** What suspects go through, until all have ended. */
async function liveApart(store: Store): Promise<void> {
  await store.accept(newEvents(['s', 't', 'u', 'v'], { shape: 'x' }), NOW)
  const { token, events } = await leaseAll(store, { shapes: ['x'] })
  const rows = events.map(({ row }) => row)
  const suspicion = { kind: 'refused', times: 1, firstMs: NOW, code: 'bad', message: 'bad' } as const
  await store.settle({ token, settlements: [{ to: 'queued', rows, dueMs: NOW, suspicion }], nowMs: NOW })
  await store.ready(NOW)
  const { token: again } = await leaseAll(store, { apart: true, limit: 1, timestampBeforeMs: NOW })
  await store.settle({ token: again, settlements: [{ to: 'queued', rows, dueMs: NOW }], nowMs: NOW })
  for (const apart of [true, false]) await store.bringForward({ apart, afterMs: NOW, dueMs: NOW })
  await store.search({ suspect: true, limit: 10 })
  await store.pixels()
  await store.expiring({ fromMs: 0, beforeMs: NOW, limit: 10 })
  await leaseAll(store, { shapes: ['x'], limit: 1, probe: { order: 'between', neverSent: true } })
  const all = { suspect: true, pixel: PIXEL } as const
  await store.endSuspicion(all, { as: 'queued', by: 'ann', nowMs: NOW, limit: 1 })
  await store.endSuspicion({ rows }, { as: 'refused', by: 'ann', nowMs: NOW, limit: 2 })
  await store.discard({ state: 'queued', shape: 'x' }, { by: 'ann', nowMs: NOW, reason: 'why' })
}

/**
 * - every statement of a life of events is collected while it runs
 * - SQLite is asked how it would run each: through an index, without walking a large table and without sorting
 * - what goes by the minute alone is answered by the index alone: the table's rows may lie on as many pages
 */
it('no statement of intake, lease, settlement, retry, expiry or account walks a large table or sorts', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect })
  const seen = new Set<string>()
  faulty.sabotage = (sql) => {
    if (/^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql)) seen.add(sql)
  }

  await store.accept(newEvents(['a', 'b', 'c', 'd', 'a']), NOW)
  const lease = await leaseAll(store)
  const [a = 0, b = 0, c = 0] = rowsOf(lease)
  await store.settle({
    token: lease.token,
    settlements: [
      { to: 'delivered', rows: [a] },
      { to: 'refused', rows: [b], code: 'bad', message: 'bad' },
      { to: 'queued', rows: [c], dueMs: NOW + 5 },
    ],
    request: requestOf(rowsOf(lease)),
    nowMs: NOW,
  })
  await store.recordRequest(requestOf([c], { ambiguous: true }))
  await liveApart(store)
  await leaseAll(store, { nowMs: NOW + 5, timestampBeforeMs: NOW, shapes: ['order_created(amount)'] })
  await store.ready(NOW)
  await store.accept(newEvents(['e']), NOW)
  await store.expire({ timestampBeforeMs: NOW, nowMs: NOW, limit: 10, code: 'old', message: 'old' })
  await store.expiring({ fromMs: 0, beforeMs: NOW, limit: 10 })
  await store.showRow(a)
  await store.show('a', PIXEL)
  await store.pixels()
  await store.refusedGroups()
  await store.replay({ state: 'refused', code: 'bad' }, { by: 'ann', nowMs: NOW })
  await store.discard({ state: 'queued' }, { by: 'ann', nowMs: NOW, reason: 'why' })
  await store.prune({ endedBeforeMs: NOW + 1, limit: 10 })

  assert.ok(seen.size > 25, `${seen.size} statements`)
  for (const sql of seen) {
    const plan = (faulty.database().prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as Row[]).map(({ detail }) =>
      String(detail),
    )
    for (const line of plan) {
      assert.doesNotMatch(line, LARGE, `${sql}\n${plan.join('\n')}`)
      assert.doesNotMatch(line, /TEMP B-TREE/, `${sql}\n${plan.join('\n')}`)
    }
  }
  const byMinute = [...seen].filter((sql) => BY_MINUTE.test(sql))
  assert.equal(byMinute.length, 3, byMinute.join('\n'))
  for (const sql of byMinute) assert.equal(readsEvents(faulty.database(), sql), false, sql)
  assert.equal(readsEvents(faulty.database(), CUT_MINUTE), true, 'the test sees a table that is read')
  await store.close()
  remove()
})
