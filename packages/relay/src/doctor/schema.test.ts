import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { endAs, NOW, newEvents } from '../store/conformance/harness.ts'
import { openSqliteStore } from '../store/sqlite/index.ts'
import { DATA_FILE, openDataFile } from './data-file.ts'
import { judgeSchema, lookAtSchema, newestSchema, type SchemaFacts } from './schema.ts'

const GOOD: SchemaFacts = {
  path: '/data/waybill.db',
  state: 'read',
  bytes: 12_300_000,
  version: 3,
  newest: 3,
  damage: undefined,
}

const CASES: readonly (readonly [title: string, changed: Partial<SchemaFacts>, found: RegExp])[] = [
  ['the one that is known', {}, /^ok schema version 3, 12\.3 MB$/],
  ['looked through', { damage: [] }, /^ok .*, looked through and undamaged/],
  ['none yet', { state: 'missing', version: 0 }, /^ok no data yet/],
  ['an empty file', { version: 0 }, /^ok is empty/],
  ['an older one', { version: 2 }, /^warning schema version 2, .* brings to 3 .*waybill backup/],
  ['a newer one', { version: 4 }, /^wrong schema version 4, .* none after 3 Run the version/],
  [
    'one that was moved',
    { movedTo: 'postgres://relay@db/waybill' },
    /^wrong was moved to postgres:\/\/relay@db\/waybill/,
  ],
  ['damage', { damage: ['row 7 missing', 'and more'] }, /^wrong is damaged: row 7 missing .*backup/],
  ['no database', { state: 'damaged', why: 'file is not a database' }, /^wrong is damaged \(file is not .*\) .*backup/],
  ['a file of somebody else', { state: 'unreadable', why: 'no' }, /^wrong cannot be read \(no\) .*the user that runs/],
]

for (const [title, changed, found] of CASES) {
  test(`the schema: ${title}`, () => {
    const { level, message, next } = judgeSchema({ ...GOOD, ...changed })
    assert.match([level, message, next].filter(Boolean).join(' '), found)
  })
}

test('a data file is read beside its owner, after it, and after a later version wrote it', async (context) => {
  const folder = tempFolder(context)
  const path = join(folder, DATA_FILE)
  assert.equal(lookAtSchema(folder, true).state, 'missing')
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(['a', 'b']), NOW)
  const beside = lookAtSchema(folder, true)
  assert.deepEqual([beside.state, beside.version, beside.damage], ['read', newestSchema(), []])
  await store.accept(newEvents(['c']), NOW)
  await store.close()
  const files = readdirSync(folder)
  assert.deepEqual(lookAtSchema(folder, true).damage, [])
  assert.deepEqual(readdirSync(folder), files, 'a look leaves no file behind')
  const database = new DatabaseSync(path)
  database.exec("INSERT INTO migration VALUES (999, '0999_future.sql')")
  database.close()
  assert.equal(judgeSchema(lookAtSchema(folder, false)).level, 'wrong')
})

test('the books of a data file are those of its store, pruned accounts included', async (context) => {
  const path = join(tempFolder(context), DATA_FILE)
  const store = await openSqliteStore({ path })
  await endAs(store, 'delivered', ['a'])
  await endAs(store, 'refused', ['b', 'c'])
  await store.prune({ endedBeforeMs: NOW + 1, limit: 2 })
  await store.accept(newEvents(['d', 'e', 'f', 'g']), NOW)
  const file = openDataFile(path)
  const { accepted, queued } = await store.counts()
  assert.deepEqual(file.books(), { accepted, accounted: accepted, kept: accepted - 2, rows: 5, waiting: queued })
  file.close()
  await store.close()
})

test('a file that is no database is told, and so is one whose pages were overwritten', async (context) => {
  const folder = tempFolder(context)
  const path = join(folder, DATA_FILE)
  writeFileSync(path, 'this is no database, whatever its name may say'.repeat(100))
  const { state, why = '' } = lookAtSchema(folder, false)
  assert.deepEqual([state, why], ['damaged', 'file is not a database'])
  rmSync(path)
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(Array.from({ length: 500 }, (_, at) => `event_${at}`)), NOW)
  await store.close()
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0x5a, Math.floor(bytes.length / 2)))
  const { level, next } = judgeSchema(lookAtSchema(folder, true))
  assert.equal(level, 'wrong')
  assert.match(next ?? '', /restore the last backup/)
})
