import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { stopPostgres } from '../postgres-server.helpers.ts'
import { type DatabaseFacts, lookAtDatabase } from '../store/postgres/index.ts'
import { TODAY } from '../store/postgres/partitions.ts'
import { makeStore, makeStoreDatabase } from '../store/postgres/postgres-store.helpers.ts'
import { newestOf, readMigrations } from '../store/postgres/schema/migration.ts'
import { startTcpProxy } from '../store/postgres/tcp-proxy.helpers.ts'
import { judgeStore, lookAtStore } from './database.ts'

after(stopPostgres)

const WELL: DatabaseFacts = {
  serverVersion: 180_004,
  version: 1,
  newest: 1,
  worksBeside: 1,
  crowded: undefined,
  isStandby: false,
  isPooled: false,
  asynchronousStandbys: 0,
  unseenStandbys: 0,
  unsafe: [],
  holder: undefined,
  deadRows: 10,
  liveRows: 10,
  missingDays: 0,
  overdueDays: 0,
  isMoving: false,
  bytes: 12_000_000,
  damage: undefined,
}

const REPORTING = { who: 'session 4711 of reporting (psql, idle in transaction)', ageMs: 3_000, transactions: 7 }

const CASES: readonly (readonly [what: string, facts: Partial<DatabaseFacts>, level: string, says: RegExp])[] = [
  ['all well', {}, 'ok', /^PostgreSQL 18, schema version 1, 12\.0 MB$/],
  ['a pooler', { isPooled: true }, 'ok', /^PostgreSQL 18, .*, asked through a pooler$/],
  ['a look through all', { damage: [] }, 'ok', /looked through and consistent/],
  ['no schema', { version: 0 }, 'ok', /no data yet/],
  ['an old schema', { newest: 2 }, 'warning', /brings to 2/],
  ['an old server', { serverVersion: 140_010 }, 'wrong', /is PostgreSQL 14/],
  ['a standby', { isStandby: true }, 'wrong', /takes no writes/],
  ['a move under way', { isMoving: true }, 'wrong', /being moved here/],
  ['a newer schema', { worksBeside: 3 }, 'wrong', /nothing before version 3 works, and this program knows 1/],
  [
    'a change to come that breaks relays',
    {
      newest: 2,
      crowded: { migration: '0002_x.sql', relays: ['shop:7 (Waybill 0.1.0, schema 1, renewed 1.0 s ago)'] },
    },
    'warning',
    /changed by 0002_x\.sql, which leaves no room for relays that run: shop:7 \(Waybill 0\.1\.0, schema 1, /,
  ],
  ['damage', { damage: ['2 counts differ from what they count.'] }, 'wrong', /2 counts differ/],
  ['no syncs', { unsafe: ['fsync'] }, 'wrong', /fsync off/],
  ['no tables', { missingDays: 1 }, 'warning', /no tables for today or tomorrow/],
  ['a day that could not be dropped', { overdueDays: 2 }, 'warning', /texts of 2 days that are over/],
  [
    'a snapshot held for long',
    { holder: { ...REPORTING, ageMs: 7_200_000 } },
    'warning',
    /session 4711 of reporting \(psql, idle in transaction\) has had a snapshot open for 2\.0 h/,
  ],
  ['a snapshot', { holder: REPORTING }, 'ok', /oldest snapshot: session 4711 of reporting \(.*\), for 3 s$/],
  [
    'a snapshot of an age that nobody tells',
    { holder: { who: 'replication slot east', ageMs: undefined, transactions: 100_001 } },
    'warning',
    /replication slot east has had a snapshot open for 100,001 transactions/,
  ],
  [
    'a young one',
    { holder: { who: 'replication slot east', ageMs: undefined, transactions: 100_000 } },
    'ok',
    /oldest snapshot: replication slot east, for 100,000 transactions/,
  ],
  ['dead rows', { deadRows: 900_000, liveRows: 10_000 }, 'warning', /900,000 dead rows/],
  ['an asynchronous standby', { asynchronousStandbys: 1 }, 'warning', /1 asynchronous standby/],
  ['a standby that cannot be seen', { unseenStandbys: 1 }, 'warning', /1 standby, of which this role may not see/],
]

describe('what doctor says of a database', () => {
  for (const [what, facts, level, says] of CASES) {
    it(what, () => {
      const [finding, ...others] = judgeStore({
        about: 'postgres://relay@db/waybill',
        facts: { ...WELL, ...facts },
        failure: undefined,
      })
      assert.deepEqual(others, [])
      assert.equal(finding?.level, level)
      assert.match(finding?.message ?? '', says)
      assert.equal(finding?.next === undefined, level === 'ok')
    })
  }

  it('tells all that is wrong at once, and beside it what is between and who has the oldest snapshot', () => {
    const facts = { ...WELL, isMoving: true, missingDays: 1, unsafe: ['fsync'], isPooled: true, holder: REPORTING }
    const levels = judgeStore({ about: 'x', facts, failure: undefined }).map(({ level }) => level)
    assert.deepEqual(levels, ['wrong', 'wrong', 'warning', 'ok', 'ok'])
  })
})

describe('a look at a database', () => {
  it('sees schema, tables and who holds the oldest snapshot, and changes nothing', async (context) => {
    const database = await makeStoreDatabase()
    context.after(database.drop)
    const reader = await database.connect(`${database.url}?application_name=report`)
    await reader.query('begin isolation level repeatable read')
    await reader.query('select 1')
    const { about, facts } = await lookAtStore(database.url, { thorough: true, timeoutMs: 30_000 })
    assert.ok(facts !== undefined && !about.includes('postgres:postgres@'))
    assert.deepEqual(
      [facts.version, facts.newest, facts.missingDays, facts.damage],
      [facts.newest, facts.newest, 0, []],
    )
    assert.match(facts.holder?.who ?? '', /of postgres \(report, idle in transaction\)/)
    assert.equal(facts.isPooled, false)
  })

  it('says of a database without a schema that there is no data yet, and of none why', async (context) => {
    const database = await makeStoreDatabase()
    context.after(database.drop)
    const client = await database.connect()
    await client.query('drop schema waybill_store cascade')
    const options = { thorough: true, timeoutMs: 30_000 }
    const { about, facts } = await lookAtStore(database.url, options)
    // The server of the tests does not wait for its disk, and is told so.
    assert.deepEqual([facts?.version, facts?.unsafe], [0, ['fsync', 'full_page_writes']])
    assert.match(judgeStore({ about, facts: { ...facts!, unsafe: [] }, failure: undefined })[0]!.message, /no data yet/)
    const elsewhere = new URL(database.url)
    elsewhere.port = '1'
    const [finding] = judgeStore(await lookAtStore(elsewhere.href, options))
    assert.equal(finding?.level, 'wrong')
    assert.ok((finding?.next ?? '') !== '')
  })

  /** It may not see what sessions of others do. */
  it('sees as a role of no special rights who has a snapshot and that there is a standby, and more once it may', async (context) => {
    const database = await makeStoreDatabase()
    const admin = await database.connect()
    await admin.query("create role shop login password 'shop'")
    context.after(async () => {
      await admin.query('drop owned by shop; drop role shop')
      await database.drop()
    })
    await admin.query(`
      grant usage on schema waybill_store to shop; grant select on all tables in schema waybill_store to shop`)
    const reader = await database.connect(`${database.url}?application_name=report`)
    await reader.query('begin isolation level repeatable read')
    await reader.query('select 1')
    // A program that takes the log is a standby that nobody waits for.
    const standby = await database.connect(`${database.url}?replication=true&application_name=east`)
    standby.query('START_REPLICATION 0/1000000').catch(() => {})
    const look = async (): Promise<DatabaseFacts> => {
      const { facts, failure } = await lookAtStore(database.as('shop'), { thorough: false, timeoutMs: 30_000 })
      return facts ?? assert.fail(failure?.message)
    }
    const before = await look()
    assert.match(before.holder?.who ?? '', /^session \d+ of postgres \(report, of which this role sees no more\)$/)
    assert.deepEqual([before.holder?.ageMs, before.asynchronousStandbys, before.unseenStandbys], [undefined, 0, 1])
    await admin.query('grant pg_read_all_stats to shop')
    const { holder, asynchronousStandbys, unseenStandbys } = await look()
    assert.ok(holder?.ageMs !== undefined)
    assert.deepEqual([asynchronousStandbys, unseenStandbys], [1, 0])
  })

  it('sees tables that are missing and days that are over, but not where texts are kept', async (context) => {
    const database = await makeStoreDatabase()
    context.after(database.drop)
    const client = await database.connect()
    const { rows } = await client.query<{ today: number }>(`select ${TODAY} as today`)
    const today = rows[0]!.today
    for (const day of [today - 9, today - 10, today - 11])
      await client.query(
        `create table waybill_store.body_${day} partition of waybill_store.body for values from (${day}) to (${day + 1})`,
      )
    await client.query(`drop table waybill_store.request_${today + 1}`)
    const look = (keepBodies: boolean): Promise<DatabaseFacts> =>
      lookAtDatabase(database.url, { thorough: false, timeoutMs: 30_000, keepBodies })
    const facts = await look(false)
    assert.deepEqual([facts.missingDays, facts.overdueDays], [1, 2])
    assert.equal((await look(true)).overdueDays, 0)
  })

  it('sees a pooler by the number that it gives a connection, which is none of a session', async (context) => {
    const database = await makeStoreDatabase()
    const proxy = await startTcpProxy(database.url)
    context.after(async () => {
      await proxy.close()
      await database.drop()
    })
    const look = (): Promise<DatabaseFacts> =>
      lookAtDatabase(proxy.urlOf(database.url), { thorough: false, timeoutMs: 30_000 })
    assert.equal((await look()).isPooled, false)
    proxy.renumber()
    assert.equal((await look()).isPooled, true)
  })

  /**
   * - a relay of this version runs, one of an older, one of a newer, and one that ended long ago
   * - a program looks whose next change of the schema leaves room for the newer one alone
   */
  it('names the relays that run and are left no room by a change to come, and no others', async (context) => {
    const { store, database } = await makeStore(context)
    await store.claims!.renew({ name: 'shop:7', forMs: 60_000 })
    const client = await database.connect()
    const known = newestOf(readMigrations())
    await client.query(`insert into waybill_store.relay (relay, name, renewals, ends, knows, waybill) values
      (gen_random_uuid(), 'older:1', 1, clock_timestamp() + interval '1 minute', 3, '0.1.0'),
      (gen_random_uuid(), 'newer:1', 1, clock_timestamp() + interval '1 minute', ${known + 1}, '9.0.0'),
      (gen_random_uuid(), 'ended:1', 1, clock_timestamp() - interval '1 minute', 3, '0.1.0')`)
    assert.deepEqual(namesIn(await crowdedAt(database.url, known + 1)), ['older:1', 'shop:7'])
    assert.deepEqual(namesIn(await crowdedAt(database.url, known)), ['older:1'])
    assert.deepEqual(namesIn(await crowdedAt(database.url, 3)), [])
    await store.close()
    await client.query("delete from waybill_store.relay where name <> 'newer:1'")
    assert.deepEqual(namesIn(await crowdedAt(database.url, known + 1)), [])
  })

  it('names them also where the schema is so old that they do not say what they know', async (context) => {
    const database = await makeStoreDatabase()
    context.after(database.drop)
    const client = await database.connect()
    await client.query(`
      delete from waybill_store.migration where version > 2;
      alter table waybill_store.relay drop column knows, drop column waybill, drop column renewed, drop column delivers;
      insert into waybill_store.relay (relay, name, renewals, ends)
      values (gen_random_uuid(), 'first:1', 1, clock_timestamp() + interval '1 minute')`)
    const known = newestOf(readMigrations())
    assert.deepEqual(namesIn(await crowdedAt(database.url, known + 1)), ['first:1'])
    assert.deepEqual(namesIn(await crowdedAt(database.url, 2)), [])
  })
})

/** What doctor says where the next change of the schema works beside this version and newer ones. */
async function crowdedAt(url: string, worksBeside: number): Promise<string> {
  const migrations = readMigrations()
  const next = { version: newestOf(migrations) + 1, name: 'next.sql', worksBeside, sql: '' }
  const facts = await lookAtDatabase(url, { thorough: false, timeoutMs: 30_000, migrations: [...migrations, next] })
  const findings = judgeStore({ about: 'x', facts: { ...facts, unsafe: [], holder: undefined }, failure: undefined })
  return findings.map(({ message }) => message).find((message) => message.includes('leaves no room')) ?? ''
}

function namesIn(message: string): string[] {
  return [...message.matchAll(/(\w+:\d) \(Waybill/g)].map(([, name]) => name!).sort()
}
