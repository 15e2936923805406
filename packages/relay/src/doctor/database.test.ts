import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { stopPostgres } from '../postgres-server.helpers.ts'
import type { DatabaseFacts } from '../store/postgres/index.ts'
import { makeStoreDatabase } from '../store/postgres/postgres-store.helpers.ts'
import { judgeStore, lookAtStore } from './database.ts'

after(stopPostgres)

const WELL: DatabaseFacts = {
  serverVersion: 180_004,
  version: 1,
  newest: 1,
  worksBeside: 1,
  isStandby: false,
  isPooled: false,
  asynchronousStandbys: 0,
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

const CASES: readonly (readonly [what: string, facts: Partial<DatabaseFacts>, level: string, says: RegExp])[] = [
  ['all well', {}, 'ok', /^PostgreSQL 18, schema version 1, 12\.0 MB$/],
  ['a pooler', { isPooled: true }, 'ok', /through a pooler/],
  ['a look through all', { damage: [] }, 'ok', /looked through and consistent/],
  ['no schema', { version: 0 }, 'ok', /no data yet/],
  ['an old schema', { newest: 2 }, 'warning', /brings to 2/],
  ['an old server', { serverVersion: 140_010 }, 'wrong', /is PostgreSQL 14/],
  ['a standby', { isStandby: true }, 'wrong', /takes no writes/],
  ['a move under way', { isMoving: true }, 'wrong', /being moved here/],
  ['a newer schema', { worksBeside: 3 }, 'wrong', /nothing before version 3 works, and this program knows 1/],
  ['damage', { damage: ['2 counts differ from what they count.'] }, 'wrong', /2 counts differ/],
  ['no syncs', { unsafe: ['fsync'] }, 'wrong', /fsync off/],
  ['no tables', { missingDays: 1 }, 'warning', /no tables for today or tomorrow/],
  ['a day that could not be dropped', { overdueDays: 2 }, 'warning', /texts of 2 days that are over/],
  [
    'a snapshot held for long',
    { holder: { who: 'session 4711 of reporting (psql, idle in transaction)', ageMs: 7_200_000 } },
    'warning',
    /session 4711 of reporting \(psql, idle in transaction\) has had a snapshot open for 2\.0 h/,
  ],
  ['dead rows', { deadRows: 900_000, liveRows: 10_000 }, 'warning', /900,000 dead rows/],
  ['an asynchronous standby', { asynchronousStandbys: 1 }, 'warning', /1 asynchronous standby/],
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

  it('tells all that is wrong at once', () => {
    const facts = { ...WELL, isMoving: true, missingDays: 1, unsafe: ['fsync'] }
    assert.equal(judgeStore({ about: 'x', facts, failure: undefined }).length, 3)
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
})
