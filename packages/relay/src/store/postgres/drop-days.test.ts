import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type pg from 'pg'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { DAY, endAs, idsOf, leaseAll, NOW, newEvent, newEvents, PIXEL, rowsOf } from '../conformance/harness.ts'
import { claimingStore } from '../conformance.ts'
import type { Store } from '../index.ts'
import type { Core } from './core.ts'
import { openCore, storeOf } from './open-postgres-store.ts'
import { dropDays } from './operations/drop-days.ts'
import { TODAY } from './partitions.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'

after(stopPostgres)

const BODIES = "select to_regclass('waybill_store.body_' || $1::text) is not null as is_there"

interface Opened {
  readonly core: Core
  readonly store: Store
  readonly client: pg.Client
  /** The database's day. */
  readonly today: number
}

async function opened(context: TestContext, options: { readonly keepBodies?: boolean } = {}): Promise<Opened> {
  const { url, drop, connect } = await makeStoreDatabase()
  const core = await openCore({ url, ...options })
  const store = claimingStore(storeOf(core, { url }))
  context.after(async () => {
    await store.close()
    await drop()
  })
  const client = await connect()
  const { rows } = await client.query<{ today: number }>(`select ${TODAY} as today`)
  return { core, store, client, today: rows[0]!.today }
}

test('a held, a refused, a leased and a revived event keep their bodies when their day is dropped; a delivered one has none', async (context) => {
  const { core, store, client, today } = await opened(context)
  const [delivered = 0] = await endAs(store, 'delivered', ['delivered'])
  const [refused = 0] = await endAs(store, 'refused', ['refused'])
  const [revived = 0] = await endAs(store, 'refused', ['revived'])
  await store.replay({ rows: [revived] }, { by: 'ann', nowMs: NOW })
  const revivedLease = await leaseAll(store)
  await store.accept(newEvents(['queued']), NOW)
  const queuedLease = await leaseAll(store)
  await store.release(revivedLease.token)
  await store.holdPixel('px_2', { code: 'manual', message: 'why', atMs: NOW, by: 'ann' })
  await store.accept([newEvent('held', { pixel: 'px_2' })], NOW)

  await dropDays(core, { bodies: today + 1, empty: today })
  assert.equal((await client.query<{ is_there: boolean }>(BODIES, [today])).rows[0]!.is_there, false)
  const wireOf = async (row: number): Promise<string | undefined> => (await store.showRow(row))?.wire
  assert.equal(await wireOf(delivered), undefined)
  assert.equal(await wireOf(refused), newEvent('refused').wire)
  await store.resumePixel('px_2', { by: 'ann', nowMs: NOW })
  assert.deepEqual((await leaseAll(store, { pixel: 'px_2' })).events[0]?.wire, newEvent('held').wire)
  const again = await leaseAll(store)
  assert.deepEqual([idsOf(again), again.events[0]?.wire], [['revived'], newEvent('revived').wire])
  assert.deepEqual(await store.check(), [])

  for (const { token, events } of [again, queuedLease])
    await store.settle({ token, settlements: [{ to: 'delivered', rows: events.map(({ row }) => row) }], nowMs: NOW })
  const { rows } = await client.query<{ row: string }>('select row from waybill_store.kept_body order by row')
  const kept = rows.map(({ row }) => Number(row))
  assert.ok(kept.includes(refused) && !kept.includes(revived), 'what was delivered since has no body either')
  assert.ok(rowsOf(again).includes(revived))
  assert.equal(
    (await store.accept([newEvent('new')], NOW))[0]?.status,
    'accepted',
    'the day is made again where it is needed',
  )
  assert.equal((await leaseAll(store, { pixel: PIXEL })).events.length, 1)
})

test('a day that has the only copy of a living body is not dropped', async (context) => {
  const { core, store, client, today } = await opened(context)
  await store.accept(newEvents(['a']), NOW)
  // Nothing can be copied.
  await client.query("create function nothing() returns trigger language plpgsql as 'begin return null; end'")
  await client.query(
    'create trigger nothing before insert on waybill_store.kept_body for each row execute function nothing()',
  )
  await dropDays(core, { bodies: today + 1, empty: today })
  assert.equal((await client.query<{ is_there: boolean }>(BODIES, [today])).rows[0]!.is_there, true)
  assert.equal((await leaseAll(store)).events[0]?.wire, newEvent('a').wire)
})

test('where bodies are kept, those of delivered events stay until their accounts are forgotten, and their day with them', async (context) => {
  const { core, store, client, today } = await opened(context, { keepBodies: true })
  const isThere = async (): Promise<boolean> =>
    (await client.query<{ is_there: boolean }>(BODIES, [today])).rows[0]!.is_there
  const [first = 0] = await endAs(store, 'delivered', ['first'])
  const [later = 0] = await endAs(store, 'delivered', ['later'], { nowMs: NOW + DAY })
  const wireOf = async (row: number): Promise<string | undefined> => (await store.showRow(row))?.wire
  const dropAll = (): Promise<void> => dropDays(core, { bodies: today + 1, empty: today + 1 })

  await dropAll()
  assert.deepEqual([await wireOf(first), await wireOf(later)], [newEvent('first').wire, newEvent('later').wire])
  await store.prune({ endedBeforeMs: NOW + 1, limit: 10 })
  await dropAll()
  assert.deepEqual([await wireOf(first), await wireOf(later)], [undefined, newEvent('later').wire])
  assert.ok(await isThere())
  await store.prune({ endedBeforeMs: NOW + DAY + 1, limit: 10 })
  await dropAll()
  assert.ok(!(await isThere()))
})
