import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NOW, newEvents } from '../conformance/harness.ts'
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

it('a migration that is killed half-way is not applied, and is applied the next time', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  faulty.sabotage = (sql) => {
    if (sql.startsWith('INSERT INTO migration')) throw sqliteError(1, 'killed')
  }
  await assert.rejects(openSqliteStore({ path, connect: faulty.connect }), /killed/)
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
    message: /schema version 999, and this version of Waybill knows none after \d\./,
    hint: /newer/,
  })
  const again = connect(path)
  assert.equal(readValue(again, 'SELECT count(*) FROM event'), 1)
  again.close()
  remove()
})
