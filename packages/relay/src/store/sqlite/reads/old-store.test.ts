import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAY, leaseAll, MINUTE, NOW, newEvents, PIXEL, refusedEvent, requestOf } from '../../conformance/harness.ts'
import { tempFile } from '../../conformance/temp-file.ts'
import type { Asks, QuestionName, Store } from '../../index.ts'
import { connect, type Row } from '../database.ts'
import { openSqliteStore } from '../index.ts'
import { migrate, readMigrations } from '../migrate.ts'

/** Before what people read was counted. */
const OLD_VERSION = 7
const TABLES = [
  'term',
  'event',
  'body',
  'request',
  'passage',
  'hold',
  'action',
  'tally',
  'suspicion',
  'context',
  'link',
]
const all = { fromMs: -10 * DAY, untilMs: 100 * DAY }

/** Every state, ends that were left again, and a second pixel that is held. */
async function live(store: Store): Promise<void> {
  const ids = Array.from({ length: 30 }, (_, at) => `e${at}`)
  await store.accept(newEvents(ids), NOW)
  await store.accept([refusedEvent('r1'), refusedEvent('r2')], NOW + MINUTE)
  const { token, events } = await leaseAll(store, { limit: 20 })
  const rows = events.map(({ row }) => row)
  const suspicion = { kind: 'refused', times: 1, firstMs: NOW, code: 'bad', message: 'bad' } as const
  const settlements = [
    { to: 'delivered', rows: rows.slice(0, 8) },
    { to: 'refused', rows: rows.slice(8, 14), code: 'bad', message: 'bad' },
    { to: 'expired', rows: rows.slice(14, 16), code: 'old', message: 'old' },
    { to: 'queued', rows: rows.slice(16, 18), dueMs: NOW + MINUTE, suspicion },
  ] as const
  await store.settle({ token, settlements, nowMs: NOW + MINUTE, request: requestOf(rows) })
  await store.release(token)
  await store.replay({ rows: rows.slice(8, 10) }, { by: 'ann', nowMs: NOW + 2 * MINUTE })
  await store.discard({ rows: rows.slice(10, 12) }, { by: 'ann', nowMs: NOW + 3 * MINUTE, reason: 'a test' })
  await store.accept(newEvents(['h1', 'h2'], { pixel: 'px_2' }), NOW + 3 * MINUTE)
  await store.holdPixel('px_2', { code: 'http_401', message: 'no', atMs: NOW, by: 'waybill' })
}

/** The same accounts in a file of the schema before. */
function makeOld(from: string, to: string): void {
  const old = connect(to)
  migrate(old, readMigrations().slice(0, OLD_VERSION))
  old.exec(`ATTACH '${from}' AS newer`)
  for (const table of TABLES) {
    const columns = (old.prepare(`PRAGMA main.table_info(${table})`).all() as Row[]).map(({ name }) => name).join()
    old.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM newer.${table}`)
  }
  old.close()
}

it('what an older version kept is listed at once, is counted in steps, and then reads as if it had always been', async () => {
  const [newer, older] = [tempFile(), tempFile()]
  const made = await openSqliteStore({ path: newer.path })
  await live(made)
  await made.close()
  makeOld(newer.path, older.path)

  const [now, old] = [await openSqliteStore({ path: newer.path }), await openSqliteStore({ path: older.path })]
  const both = async (call: (store: Store) => Promise<unknown>): Promise<unknown> => {
    const [expected, found] = [await call(now), await call(old)]
    assert.deepEqual(found, expected)
    return found
  }
  const before = await old.reads.ask('now', {})
  assert.ok(before.counted < 1, `${before.counted}`)
  const early = (await old.reads.ask('events', { state: 'delivered', limit: 100 })).total
  assert.equal(early.isExact, false, 'what is not counted yet is not told as all')
  for (const state of ['refused', 'held', 'queued'] as const)
    await both(async (store) => {
      const { events, total } = await store.reads.ask('events', { state, limit: 100 })
      return { ids: events.map(({ id }) => id), events: total.events }
    })
  while (await old.keepNumbers(NOW + 5 * MINUTE));
  while (await now.keepNumbers(NOW + 5 * MINUTE));
  assert.equal((await old.reads.ask('now', {})).counted, 1)
  await both(async (store) => store.check())
  assert.deepEqual(await old.check(), [])
  const flow = <Name extends QuestionName>(name: Name, asks: Asks<Name>) =>
    both(async (store) => ({ ...(await store.reads.ask(name, asks)), commit: 0 }))
  for (const kind of ['accepted', 'delivered', 'refused', 'left_refused', 'discarded'] as const)
    await flow('series', { ...all, step: 'day', kinds: [kind], by: 'pixel' })
  for (const state of ['delivered', 'refused', 'expired', 'discarded', 'held', 'queued'] as const)
    await flow('events', { state, limit: 100, pixels: [PIXEL] })
  await now.close()
  await old.close()
  newer.remove()
  older.remove()
})
