import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents, PIXEL, rowsOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { StoreUnusableError } from '../index.ts'
import { connect, readValue } from './database.ts'
import { makeDurable } from './durability.ts'
import { faultyDatabase } from './faulty-database.ts'
import { openSqliteStore } from './index.ts'

const BATCH = 3

function batch(number: number): string[] {
  return Array.from({ length: BATCH }, (_, index) => `b${number}_${index}`)
}

/** Which batches a file holds; fails when one is there in part. */
async function readBatches(path: string, batches: number): Promise<number[]> {
  const store = await openSqliteStore({ path })
  assert.deepEqual(await store.check(), [])
  const found: number[] = []
  for (let number = 0; number < batches; number++) {
    const accounts = await Promise.all(batch(number).map((id) => store.show(id)))
    const there = accounts.filter(({ length }) => length === 1).length
    assert.ok(there === 0 || there === BATCH, `batch ${number} is there in part`)
    if (there === BATCH) found.push(number)
  }
  await store.close()
  return found
}

/**
 * - batches are committed while everything stays in the log
 * - the file and its log are copied while open, and the log is cut at many places of its last commits
 * - each cut opens, with every batch up to some commit and none after; a batch whose commit lies before the cut is there
 */
it('a log that is cut anywhere opens at the last good commit', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, checkpointPages: 1e9 })
  const ends: number[] = []
  const batches = 6
  for (let number = 0; number < batches; number++) {
    await store.accept(newEvents(batch(number)), NOW)
    ends.push(statSync(`${path}-wal`).size)
  }
  const from = ends.at(-3) ?? 0
  const to = ends.at(-1) ?? 0
  for (let cut = from - 1; cut <= to; cut += 1_031) await checkCut(path, cut, ends)
  for (const cut of [to - 1, to]) await checkCut(path, cut, ends)
  await store.close()
  remove()
})

async function checkCut(path: string, cut: number, ends: readonly number[]): Promise<void> {
  const copy = tempFile()
  copyFileSync(path, copy.path)
  copyFileSync(`${path}-wal`, `${copy.path}-wal`)
  truncateSync(`${copy.path}-wal`, cut)
  const found = await readBatches(copy.path, ends.length)
  const committed = ends.filter((end) => end <= cut).length
  assert.deepEqual(found, [...found.keys()], 'a prefix')
  assert.equal(found.length, committed, `cut at ${cut}`)
  copy.remove()
}

it('a log with a flipped bit never gives part of a batch', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path, checkpointPages: 1e9 })
  for (let number = 0; number < 4; number++) await store.accept(newEvents(batch(number)), NOW)
  const log = readFileSync(`${path}-wal`)
  for (let step = 1; step < 8; step++) {
    const copy = tempFile()
    copyFileSync(path, copy.path)
    const flipped = Buffer.from(log)
    const at = log.length - step * 2_777
    flipped.writeUInt8(flipped.readUInt8(at) ^ 16, at)
    writeFileSync(`${copy.path}-wal`, flipped)
    const found = await readBatches(copy.path, 4)
    assert.deepEqual(found, [...found.keys()], 'a prefix')
    copy.remove()
  }
  await store.close()
  remove()
})

it('a damaged file is refused with the remedy', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(Array.from({ length: 500 }, (_, index) => `e${index}`)), NOW)
  await store.close()
  const bytes = readFileSync(path)
  const harms: ((copy: Buffer) => void)[] = [
    (copy) => void copy.fill(0x5a, 0, 100),
    (copy) => void copy.fill(0x5a, 5 * 4_096, 12 * 4_096),
  ]
  for (const harm of harms) {
    const copy = Buffer.from(bytes)
    harm(copy)
    writeFileSync(path, copy)
    await assert.rejects(openSqliteStore({ path }), (error: unknown) => {
      assert.ok(error instanceof StoreUnusableError, String(error))
      assert.match(error.message, /damaged/)
      assert.match(error.hint ?? '', /backup/)
      return true
    })
  }
  writeFileSync(path, bytes)
  await (await openSqliteStore({ path })).close()
  remove()
})

it('a folder that is not there is named in one line', async () => {
  const { path, remove } = tempFile()
  await assert.rejects(openSqliteStore({ path: `${path}/nowhere/relay.db` }), {
    name: 'StoreFullError',
    message: /nowhere.relay\.db cannot be opened: /,
    hint: /folder must exist/,
  })
  remove()
})

it('the settings that durability rests on are set and read back', async () => {
  const { path, remove } = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect })
  assert.equal(readValue(faulty.database(), 'PRAGMA journal_mode'), 'wal')
  assert.equal(readValue(faulty.database(), 'PRAGMA synchronous'), 2)
  await store.close()
  remove()
})

it('a database that cannot keep a log, or does not sync, is refused', () => {
  assert.throws(() => makeDurable(connect(':memory:')), {
    name: 'StoreUnusableError',
    message: /journal_mode at memory/,
  })
  const { path, remove } = tempFile()
  const database = connect(path)
  const careless = {
    ...database,
    exec: (sql: string) => (sql.includes('synchronous') ? undefined : database.exec(sql)),
  }
  database.exec('PRAGMA synchronous = OFF')
  assert.throws(() => makeDurable(careless), {
    name: 'StoreUnusableError',
    message: /synchronous at 0 instead of FULL/,
  })
  database.close()
  remove()
})

it('a backup made while the store works opens as a store with a consistent state', async () => {
  const { path, remove } = tempFile()
  const copy = tempFile()
  const store = await openSqliteStore({ path })
  for (let number = 0; number < 20; number++) await store.accept(newEvents(batch(number)), NOW)
  const working = (async () => {
    for (let number = 20; number < 40; number++) await store.accept(newEvents(batch(number)), NOW)
  })()
  await Promise.all([store.backup(copy.path), working])
  await assert.rejects(store.backup(copy.path), /exists already/)
  const found = await readBatches(copy.path, 40)
  assert.ok(found.length >= 20)
  assert.deepEqual(found, [...found.keys()])
  await store.close()
  copy.remove()
  remove()
})

it('closing empties the log into the file, so that the file alone is a backup', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(['a', 'b']), NOW)
  await store.close()
  assert.equal(existsSync(`${path}-wal`), false)
  const again = await openSqliteStore({ path })
  const lease = await leaseAll(again, { pixel: PIXEL })
  assert.equal(rowsOf(lease).length, 2)
  await again.close()
  remove()
})
