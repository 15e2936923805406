import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type pg from 'pg'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { leaseAll, MINUTE, NOW, newEvents, PIXEL, requestOf, rowsOf } from '../conformance/harness.ts'
import { claimingStore } from '../conformance.ts'
import type { LeaseQuery, Store } from '../index.ts'
import type { Core } from './core.ts'
import { openCore, type PostgresStoreOptions, storeOf } from './open-postgres-store.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'

after(stopPostgres)

interface Opened {
  readonly store: Store
  readonly core: Core
  /** Another connection. */
  readonly client: pg.Client
  connect(): Promise<pg.Client>
}

/** On one connection, so that what it touches can be told after each call. */
async function open(context: TestContext, more: Partial<PostgresStoreOptions> = {}): Promise<Opened> {
  const { url, drop, connect } = await makeStoreDatabase()
  const options = { url, connections: 1, timeoutMs: 60_000, ...more }
  const core = await openCore(options)
  const store = claimingStore(storeOf(core, options))
  context.after(async () => {
    await store.close()
    await drop()
  })
  return { store, core, client: await connect(), connect }
}

const BATCH = 1_000

async function bring(store: Store, from: number): Promise<void> {
  await store.accept(newEvents(Array.from({ length: BATCH }, (_, at) => `order_${from + at}`)), NOW)
}

async function deliver(store: Store): Promise<void> {
  const lease = await leaseAll(store)
  await settle(store, lease)
}

async function settle(store: Store, lease: Awaited<ReturnType<typeof leaseAll>>): Promise<void> {
  const rows = rowsOf(lease)
  assert.equal(rows.length, BATCH)
  const settlements = [{ to: 'delivered', rows } as const]
  assert.equal(await store.settle({ token: lease.token, settlements, request: requestOf(rows), nowMs: NOW }), BATCH)
}

const FLUSH = 'select pg_stat_force_next_flush()'

test('after 10,000 clean deliveries no account, body, row of the queue or count was updated', async (context) => {
  const { store, core, client } = await open(context)
  for (let from = 0; from < 10_000; from += BATCH) {
    await bring(store, from)
    await deliver(store)
  }
  await core.database.query(FLUSH)
  const { rows } = await client.query<{ name: string; updated: string }>(`
    select regexp_replace(relname, '_\\d+$', '') as name, sum(n_tup_upd) as updated from pg_stat_user_tables
    where schemaname = 'waybill_store' group by 1 having sum(n_tup_ins) > 0`)
  const updated = Object.fromEntries(rows.map((row) => [row.name, Number(row.updated)]))
  for (const table of ['account', 'body', 'queue', 'tally', 'flow', 'took', 'request', 'delivery', 'lease'])
    assert.equal(updated[table], 0, `updates of ${table}`)
  const { delivered, unaccounted } = await store.counts()
  assert.deepEqual({ delivered, unaccounted }, { delivered: 10_000, unaccounted: 0 })
})

test('counts are folded every few seconds by whoever looks what is ready, and stay what they are', async (context) => {
  let nowMs = 0
  const { store, client } = await open(context, { monotonicMs: () => nowMs })
  const rows = async (): Promise<number> =>
    (await client.query<{ rows: number }>('select count(*)::integer as rows from waybill_store.tally')).rows[0]!.rows
  await store.ready(NOW)
  for (let turn = 0; turn < 300; turn++) await store.accept(newEvents([`${turn}`]), NOW)
  const before = await rows()
  await store.ready(NOW)
  assert.equal(await rows(), before)
  nowMs += 5_000
  await store.ready(NOW)
  assert.ok((await rows()) < 10, `${await rows()} rows of ${before}`)
  const { accepted, queued, unaccounted } = await store.counts()
  assert.deepEqual({ accepted, queued, unaccounted }, { accepted: 300, queued: 300, unaccounted: 0 })
  assert.deepEqual(await store.check(), [])
})

const TOUCHED = `
  select sum(coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0) + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))::float8 as blocks
  from pg_statio_user_tables where schemaname = 'waybill_store'`

test('while somebody holds an old snapshot, claims, inserts, settlements and counts touch no more blocks than before', async (context) => {
  const { store, core, client, connect } = await open(context)
  const touched = async (): Promise<number> => {
    await core.database.query(FLUSH)
    return (await client.query<{ blocks: number }>(TOUCHED)).rows[0]!.blocks
  }
  const seen = { insert: [] as number[], claim: [] as number[], settle: [] as number[], counts: [] as number[] }
  const measure = async <Result>(what: keyof typeof seen, call: () => Promise<Result>): Promise<Result> => {
    const before = await touched()
    const result = await call()
    seen[what].push((await touched()) - before)
    return result
  }
  const holder = await connect()
  await holder.query('begin isolation level repeatable read; select count(*) from waybill_store.account')
  for (let from = 0; from < 30_000; from += BATCH) {
    await measure('insert', () => bring(store, from))
    const lease = await measure('claim', () => leaseAll(store))
    await measure('settle', () => settle(store, lease))
    await store.keepNumbers(NOW)
    await measure('counts', () => store.counts())
  }
  for (const [what, blocks] of Object.entries(seen)) {
    const [first, last] = [median(blocks.slice(2, 10)), median(blocks.slice(-8))]
    assert.ok(last <= 1.2 * first, `${what}: ${first} blocks at first, ${last} at last`)
  }
})

/** Tables that grow with the number of events; empty days are none. */
const WALKED = /Seq Scan on (?:account|body_\d+|queue|request_\d+|delivery_\d+) .*rows=\d{3,} /

test('no statement of intake, claim, settlement, return or duplicates walks a table that grows', async (context) => {
  const { store, core, client } = await open(context)
  for (let from = 0; from < 20_000; from += BATCH) await bring(store, from)
  for (let turn = 0; turn < 10; turn++) await deliver(store)
  await client.query('analyze')
  const seen = new Map<string, readonly unknown[]>()
  for (const name of ['query', 'read'] as const) {
    const call = core.database[name].bind(core.database)
    core.database[name] = (sql: string, values: readonly unknown[] = []) => {
      seen.set(sql, values)
      return call(sql, values) as never
    }
  }
  await bring(store, 20_000)
  await bring(store, 0)
  const lease = await leaseAll(store)
  await store.release(lease.token, rowsOf(lease).slice(0, 10))
  await settlePart(store, await leaseAll(store, { limit: BATCH }))
  await leaseAll(store, { shapes: ['order_created(amount)'], limit: 10, maxBytes: 10_000 })
  await leaseAll(store, { probe: { order: 'newest', neverSent: true }, limit: 1 })
  await store.ready(NOW)
  // As if the tables were a hundred times as long: what has an index for it is read by that.
  await client.query('set seq_page_cost = 100')
  assert.ok(seen.size >= 10, `${seen.size} statements`)
  for (const [sql, values] of seen) {
    const { rows } = await client.query<Record<string, string>>(`explain ${sql}`, values as unknown[])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    assert.doesNotMatch(plan, WALKED, `${sql}\n${plan}`)
  }
})

test('known keys are found by their index, also where the database holds the table for a small one', async (context) => {
  const { store, core, client } = await open(context)
  for (let from = 0; from < 5_000; from += BATCH) await bring(store, from)
  await client.query('analyze')
  const seen = new Map<string, readonly unknown[]>()
  const read = core.database.read.bind(core.database)
  core.database.read = (sql: string, values: readonly unknown[] = []) => {
    if (sql.includes('waybill_store.account')) seen.set(sql, values)
    return read(sql, values) as never
  }
  await bring(store, 5_000)
  assert.equal(seen.size, 1)
  for (const [sql, values] of seen) {
    const { rows } = await client.query<Record<string, string>>(`explain ${sql}`, values as unknown[])
    assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /Index (?:Only )?Scan using account_key/)
  }
})

test('a call that has to wait for somebody else keeps no other call waiting', async (context) => {
  const { store, client } = await open(context, { connections: 8, timeoutMs: 10_000 })
  await store.accept(newEvents(['before']), NOW)
  const columns = 'timestamp_ms, accepted_ms, pixel, name, shape, source, day, bytes, content'
  await client.query(`begin; insert into waybill_store.account (row, id, ${columns})
    select -1, 'met', ${columns} from waybill_store.account`)
  const waiting = store.accept(newEvents(['met']), NOW)
  const [other] = await store.accept(newEvents(['other']), NOW)
  assert.equal(other?.status, 'accepted')
  await client.query('rollback')
  assert.equal((await waiting)[0]?.status, 'accepted')
})

test('lanes that lease at a time have different events, each a full batch', async (context) => {
  const { store } = await open(context, { connections: 8 })
  for (let from = 0; from < 4_000; from += BATCH) await bring(store, from)
  const leases = await Promise.all(Array.from({ length: 4 }, () => leaseAll(store)))
  assert.deepEqual(
    leases.map((lease) => rowsOf(lease).length),
    [BATCH, BATCH, BATCH, BATCH],
  )
  assert.equal(new Set(leases.flatMap(rowsOf)).size, 4_000)
})

test('new shapes and what ends soon are asked of the database only where there may be some', async (context) => {
  const { store, core } = await open(context, { monotonicMs: () => 0 })
  let asked = 0
  for (const name of ['query', 'read'] as const) {
    const call = core.database[name].bind(core.database)
    core.database[name] = (sql: string, values: readonly unknown[] = []) => {
      if (sql.includes('waybill_store.queue')) asked++
      return call(sql, values) as never
    }
  }
  const about = { pixel: PIXEL, limit: BATCH, leaseMs: MINUTE, nowMs: NOW }
  const isNew = { ...about, exceptShapes: ['order_created(amount)'] }
  const endsSoon = { ...about, timestampBeforeMs: NOW - 10 * MINUTE }
  const found = async (query: LeaseQuery): Promise<readonly (string | undefined)[]> =>
    (await store.lease(query))?.events.map(({ id }) => id) ?? []
  const askedFor = async (query: LeaseQuery): Promise<number> => {
    const before = asked
    assert.deepEqual(await found(query), [])
    return asked - before
  }
  await bring(store, 0)
  assert.equal((await store.lease({ ...about, limit: 10 }))!.events.length, 10)
  assert.deepEqual([await askedFor(isNew), await askedFor(endsSoon)], [0, 0])
  const lease = (await store.lease({ ...about, limit: 1 }))!
  const later = { to: 'queued', rows: rowsOf(lease), dueMs: NOW + MINUTE } as const
  await store.settle({ token: lease.token, settlements: [later], nowMs: NOW })
  assert.ok((await askedFor(isNew)) > 0)
  await store.accept(newEvents(['new'], { shape: 'other' }), NOW)
  assert.deepEqual(await found(isNew), ['new'])
  await store.accept(newEvents(['old'], { timestampMs: NOW - 20 * MINUTE }), NOW)
  assert.deepEqual(await found(endsSoon), ['old'])
})

async function settlePart(store: Store, { token, events }: Awaited<ReturnType<typeof leaseAll>>): Promise<void> {
  const rows = events.slice(0, 100).map(({ row }) => row)
  await store.settle({ token, settlements: [{ to: 'delivered', rows }], request: requestOf(rows), nowMs: NOW })
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}
