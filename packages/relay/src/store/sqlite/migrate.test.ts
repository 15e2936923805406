import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { idsOf, MINUTE, NOW, newEvents, PIXEL } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { connect, type Database, readValue } from './database.ts'
import { faultyDatabase, sqliteError } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'
import { type Migration, migrate, readMigrations } from './migrate.ts'

function tables(database: Database): unknown {
  return readValue(
    database,
    "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1)",
  )
}

it('migrations are numbered without gaps and applied once', () => {
  const migrations = readMigrations()
  assert.deepEqual(
    migrations.map(({ version }) => version),
    migrations.map((_, index) => index + 1),
  )
  const database = connect(':memory:')
  migrate(database)
  const before = tables(database)
  migrate(database)
  assert.equal(tables(database), before)
  assert.equal(readValue(database, 'SELECT count(*) FROM migration'), migrations.length)
  database.close()
})

/** Opens a store and is killed, as nobody can handle it, where a migration is written down, after its tables were made. */
const DYING = `
  const { faultyDatabase } = await import(process.env.FAULTY)
  const { openSqliteStore } = await import(process.env.STORE)
  const faulty = faultyDatabase()
  faulty.sabotage = (sql) => {
    if (sql.startsWith('INSERT INTO migration')) process.kill(process.pid, 'SIGKILL')
  }
  await openSqliteStore({ path: process.env.STORE_PATH, connect: faulty.connect })`

it('a process that is killed in a migration leaves none of it, and the next one applies it', async () => {
  const { path, remove } = tempFile()
  const env = {
    ...process.env,
    FAULTY: new URL('./faulty-database.ts', import.meta.url).href,
    STORE: new URL('./index.ts', import.meta.url).href,
    STORE_PATH: path,
  }
  const flags = ['--conditions=waybill-source', '--input-type=module', '-e', DYING]
  const { signal } = spawnSync(process.execPath, flags, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  assert.equal(signal, 'SIGKILL')
  const database = connect(path)
  assert.equal(tables(database), 'migration')
  database.close()
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(['a']), NOW)
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('a migration that fails half-way is not applied, and is applied the next time', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  faulty.sabotage = (sql) => {
    if (sql.startsWith('INSERT INTO migration')) throw sqliteError(1, 'failed')
  }
  await assert.rejects(openSqliteStore({ path, connect: faulty.connect }), /failed/)
  const database = connect(path)
  assert.equal(tables(database), 'migration')
  database.close()
  await (await openSqliteStore({ path })).close()
  remove()
})

it('a later migration meets the data of the one before, and its failure leaves that as it was', () => {
  const database = connect(':memory:')
  migrate(database)
  const before = readMigrations()
  const next = before.length + 1
  const second = (sql: string): Migration[] => [...before, { version: next, name: 'next.sql', sql }]
  assert.throws(() => migrate(database, second('CREATE TABLE next (a); INSERT INTO nowhere VALUES (1)')), /nowhere/)
  assert.equal(String(tables(database)).includes('next'), false)
  migrate(database, second('CREATE TABLE next (a)'))
  assert.equal(readValue(database, 'SELECT max(version) FROM migration'), next)
  database.close()
})

/** Queued events as the schema before the queue's order by minutes kept them: ids from `e1` on, with these times. */
function writeQueue(database: Database, times: readonly number[]): void {
  database.prepare("INSERT INTO term VALUES (1, ?), (2, 'order_created'), (3, 'shape'), (4, 'test')").run(PIXEL)
  database.prepare('INSERT INTO tally VALUES (1, 3, 0, ?1), (1, 0, 6, ?1)').run(times.length)
  const event = database.prepare(`
    INSERT INTO event (row, pixel, name, id, content, state, timestamp_ms, due_ms, accepted_ms, attempts, shape, source)
    VALUES (?, 1, 2, ?, x'00', 0, ?, 0, 0, 0, 3, 4)`)
  const body = database.prepare("INSERT INTO body VALUES (?, '{}')")
  for (const [index, time] of times.entries()) {
    event.run(index + 1, `e${index + 1}`, time)
    body.run(index + 1)
  }
}

it('a queue of the schema that kept exact times in order opens, and is leased by minutes', async () => {
  const { path, remove } = tempFile()
  const database = connect(path)
  migrate(database, readMigrations().slice(0, 2))
  writeQueue(database, [2 * MINUTE, MINUTE + 30, MINUTE + 20, MINUTE + 10, MINUTE - 1])
  database.close()
  const store = await openSqliteStore({ path })
  const leased: string[][] = []
  for (;;) {
    const lease = await store.lease({ pixel: PIXEL, limit: 2, nowMs: NOW, leaseMs: MINUTE })
    if (lease === undefined) break
    leased.push(idsOf(lease))
  }
  assert.deepEqual(leased, [['e5', 'e2'], ['e4', 'e3'], ['e1']])
  assert.deepEqual(await store.check(), [])
  await store.close()
  remove()
})

it('a schema of a newer version is refused, and its data left alone', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(['a']), NOW)
  await store.close()
  const database = connect(path)
  database.exec("INSERT INTO migration VALUES (999, '0999_future.sql')")
  database.close()
  await assert.rejects(openSqliteStore({ path }), {
    name: 'StoreUnusableError',
    message: /schema version 999, and this version of Waybill knows none after \d+\./,
    hint: /newer/,
  })
  const again = connect(path)
  assert.equal(readValue(again, 'SELECT count(*) FROM event'), 1)
  again.close()
  remove()
})
