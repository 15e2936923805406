import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { redact } from 'waybill'
import { MINUTE, NOW, newEvents, PIXEL } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { contextKey } from '../index.ts'
import { connect, type Database, readValue } from './database.ts'
import { faultyDatabase, sqliteError } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'
import { migrate, readMigrations } from './migrate.ts'

const MAIL = 'jane.doe@secretmail.example.com'
const NEEDLE = 'secretmail'
const BEFORE_DIGESTS = 3

/**
 * A file as it was kept before digests: contexts and links under addresses, some in use, many forgotten, with other tables' rows on
 * pages that were theirs.
 */
function writeOldFile(path: string): void {
  const database = connect(path)
  database.exec('PRAGMA journal_mode = WAL')
  migrate(database, readMigrations().slice(0, BEFORE_DIGESTS))
  database.exec('BEGIN')
  database.prepare("INSERT INTO term VALUES (1, ?), (2, 'order_created'), (3, 'shape'), (4, 'test')").run(PIXEL)
  database.exec('INSERT INTO tally VALUES (1, 3, 0, 1), (1, 0, 6, 1)')
  database.exec(`
    INSERT INTO event (row, pixel, name, id, content, state, timestamp_ms, due_ms, accepted_ms, attempts, shape, source)
    VALUES (1, 1, 2, 'e1', x'00', 0, ${NOW - MINUTE}, 0, 0, 0, 3, 4)`)
  database.exec("INSERT INTO body VALUES (1, '{}')")
  const context = database.prepare("INSERT INTO context VALUES (1, ?, '{}', ?)")
  const link = database.prepare('INSERT INTO link VALUES (?, ?)')
  context.run(`order:${MAIL}`, NOW)
  context.run('person:0a0a', NOW)
  link.run(1, JSON.stringify([`order:${MAIL}`, 'order:o-1']))
  for (let at = 0; at < 3_000; at++) {
    context.run(`order:${at}.${MAIL}`, 0)
    link.run(1_000 + at, JSON.stringify([`order:${at}.${MAIL}`]))
  }
  database.exec('COMMIT; DELETE FROM context WHERE at_ms = 0; DELETE FROM link WHERE row >= 1000; BEGIN')
  const meta = database.prepare('INSERT INTO meta VALUES (?, ?)')
  for (let at = 0; at < 200; at++) meta.run(`filler ${at}`, 'x'.repeat(50))
  database.exec('COMMIT')
  database.close()
}

function rawIn(path: string): readonly string[] {
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))
  return names.filter((name) => readFileSync(join(dirname(path), name), 'latin1').includes(NEEDLE))
}

function oldFile(context: TestContext): string {
  const { path, remove } = tempFile()
  context.after(remove)
  writeOldFile(path)
  assert.notDeepEqual(rawIn(path), [], 'the search finds what it looks for')
  return path
}

it('keys of earlier data become digests when it is opened, under which they are found', async (context) => {
  const path = oldFile(context)
  const store = await openSqliteStore({ path })
  assert.deepEqual(rawIn(path), [], 'while it runs')
  const [order, person] = [contextKey('order', MAIL), contextKey('person', '0a0a')]
  assert.deepEqual([...(await store.getContexts(PIXEL, [order, person])).keys()].sort(), [order, person].sort())
  const lease = await store.lease({ pixel: PIXEL, limit: 5, nowMs: NOW, leaseMs: MINUTE })
  assert.deepEqual(lease?.events[0]?.contexts, [order, contextKey('order', 'o-1')])
  assert.deepEqual(await store.check(), [])
  await store.close()
  assert.deepEqual(rawIn(path), [], 'after it was closed')
})

const BEFORE_SAFE_BODIES = 6
const TRACES = ['Noraneedle', '415 555 0102', 'zqSneedle', 'zqJneedle', 'zqTneedle']

/** What intake refused in an earlier version, with what it left in: a name, a phone, odd addresses in a key, in an id, in the event's name. */
const REFUSED = [
  { id: 'named', type: 'order_created', customer: { first_name: 'Noraneedle' } },
  { id: 'called', type: 'order_created', note: 'call +1 415 555 0102 now' },
  { id: 'keyed', type: 'order_created', a: { 'to:zqSneedle@secretmail.example.com': { c: 1 } } },
  { id: 'zqJneedle\uff20secretmail.example.com', type: 'order_created' },
  { id: 'custom', type: 'custom', custom_event_name: 'zqTneedle@secretmail.example.com' },
  { id: 'clean', type: 'order_created', data: { note: 'a gift' } },
] as const

function writeRefused(path: string): void {
  const database = connect(path)
  database.exec('PRAGMA journal_mode = WAL')
  migrate(database, readMigrations().slice(0, BEFORE_SAFE_BODIES))
  database.exec('BEGIN')
  const custom = 'custom:zqTneedle@secretmail.example.com'
  database
    .prepare("INSERT INTO term VALUES (1, ?), (2, 'order_created'), (3, ''), (4, 'test'), (5, ?)")
    .run(PIXEL, custom)
  database.exec(`INSERT INTO tally VALUES (1, 0, 6, ${REFUSED.length}), (1, 3, 3, ${REFUSED.length})`)
  const event = database.prepare(`
    INSERT INTO event (row, pixel, name, id, content, state, timestamp_ms, due_ms, accepted_ms, ended_ms, attempts, shape, source, code, message, issues)
    VALUES (?, 1, ?, ?, x'00', 3, 0, 0, 0, 0, 0, 3, 4, 'bad', 'bad', ?)`)
  const body = database.prepare('INSERT INTO body VALUES (?, ?)')
  for (const [at, input] of REFUSED.entries()) {
    const issues = [{ code: 'unknown_key', path: Object.keys(input).at(-1), message: 'No.', severity: 'error' }]
    if (input.id === 'keyed') issues[0]!.path = 'a.to:zqSneedle@secretmail.example.com'
    event.run(at + 1, input.type === 'custom' ? 5 : 2, input.id, JSON.stringify(issues))
    body.run(at + 1, JSON.stringify(input))
  }
  database.exec('COMMIT')
  database.close()
}

it('what an earlier version left in refused events is taken out when the store is opened', async (context) => {
  const { path, remove } = tempFile()
  context.after(remove)
  writeRefused(path)
  const tracesIn = (): string[] => {
    const names = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))
    const text = names.map((name) => readFileSync(join(dirname(path), name), 'utf8')).join()
    return [...TRACES, NEEDLE].filter((trace) => text.includes(trace))
  }
  assert.deepEqual(tracesIn(), [...TRACES, NEEDLE], 'the search finds what it looks for')
  const store = await openSqliteStore({ path })
  assert.deepEqual(tracesIn(), [], 'while it runs')
  const { items } = await store.search({ limit: 10 })
  assert.deepEqual(items.map(({ id }) => id).toSorted(), ['called', 'clean', 'keyed', 'named', undefined, undefined])
  const [clean] = await store.show('clean')
  assert.deepEqual(JSON.parse(clean?.wire ?? ''), REFUSED.at(-1))
  const [named] = await store.show('named')
  assert.deepEqual(JSON.parse(named?.wire ?? ''), redact(REFUSED[0]))
  assert.deepEqual(await store.check(), [])
  await store.close()
  assert.deepEqual(tracesIn(), [], 'after it was closed')
})

it('where there is no room to write the file anew, it is used as it is, and written anew at the next start', async (context) => {
  const path = oldFile(context)
  const faulty = faultyDatabase()
  faulty.sabotage = (sql) => {
    if (sql === 'VACUUM') throw sqliteError(13, 'database or disk is full')
  }
  const store = await openSqliteStore({ path, connect: faulty.connect })
  await store.accept(newEvents(['a']), NOW)
  await store.close()
  assert.notDeepEqual(rawIn(path), [], 'without it the pages that are free keep what they held')
  await (await openSqliteStore({ path })).close()
  assert.deepEqual(rawIn(path), [])
})

it('it is done once, and not at all for a file that was never different', async (context) => {
  const path = oldFile(context)
  await (await openSqliteStore({ path })).close()
  const fresh = tempFile()
  context.after(fresh.remove)
  for (const file of [path, fresh.path]) {
    const faulty = faultyDatabase()
    faulty.sabotage = (sql) => assert.notEqual(sql, 'VACUUM')
    await (await openSqliteStore({ path: file, connect: faulty.connect })).close()
  }
})

const RAW: readonly (readonly [table: string, values: string])[] = [
  ['context', `(1, 'order:${MAIL}', '{}', 0)`],
  ['context', "(1, 'order:123', '{}', 0)"],
  ['link', `(1, '["order:${MAIL}"]')`],
]

for (const [table, values] of RAW)
  it(`the file itself takes no raw key: ${table} ${values}`, () => {
    const database: Database = connect(':memory:')
    migrate(database)
    assert.throws(() => database.exec(`INSERT INTO ${table} VALUES ${values}`), /CHECK constraint failed/)
    assert.equal(readValue(database, `SELECT count(*) FROM ${table}`), 0)
    database.close()
  })
