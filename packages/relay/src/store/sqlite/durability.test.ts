import assert from 'node:assert/strict'
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { leaseAll, NOW, newEvents, PIXEL, rowsOf } from '../conformance/harness.ts'
import { tempFile } from '../conformance/temp-file.ts'
import { StoreUnusableError } from '../index.ts'
import { connect, type Database, readValue } from './database.ts'
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

/** Small pages make a commit of a few thousand bytes, so that each of them can be tried. */
function connectSmall(path: string): Database {
  const database = connect(path)
  database.exec('PRAGMA page_size = 512')
  return database
}

interface Log {
  /** Of the database file, with its log beside it. */
  readonly path: string
  /** The log's length after each batch. */
  readonly ends: readonly number[]
  readonly remove: () => void
}

/** A database as a kill leaves it: everything since it was made is in the log, one batch after the other. */
async function killedWithLog(batches: number, open: typeof connect = connect): Promise<Log> {
  const live = tempFile()
  const store = await openSqliteStore({ path: live.path, checkpointPages: 1e9, connect: open })
  const ends: number[] = []
  for (let number = 0; number < batches; number++) {
    await store.accept(newEvents(batch(number)), NOW)
    ends.push(statSync(`${live.path}-wal`).size)
  }
  const { path, remove } = tempFile()
  for (const part of ['', '-wal']) copyFileSync(`${live.path}${part}`, `${path}${part}`)
  await store.close()
  live.remove()
  return { path, ends, remove }
}

/** Which batches there are, by SQLite alone: whole ones, with their bodies and their counts. */
function peekBatches(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const known = database.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'tally'").get()
    if (known?.['tables'] === 0) return 0
    const ids = database.prepare('SELECT id FROM event JOIN body USING (row) ORDER BY row').all() as { id: string }[]
    const { counted } = database.prepare('SELECT coalesce(sum(events), 0) AS counted FROM tally WHERE kind = 0').get()!
    const batches = ids.length / BATCH
    const expected = Array.from({ length: Math.ceil(batches) }, (_, number) => batch(number)).flat()
    assert.deepEqual([ids.map(({ id }) => id), counted], [expected, expected.length])
    return batches
  } finally {
    database.close()
  }
}

/**
 * - batches are committed while everything stays in the log, and the process dies
 * - the log is cut at every byte of its last two commits, and at many places further back
 * - each cut opens with the batches whose commit lies before it, whole, and nothing else
 */
it('a log that is cut at any byte opens at the last good commit', async () => {
  const { path, ends, remove } = await killedWithLog(6, connectSmall)
  const every = ends.at(-3) ?? 0
  const descriptor = openSync(`${path}-wal`, 'r+')
  for (let cut = ends.at(-1) ?? 0; cut >= 0; cut -= cut > every ? 1 : 97) {
    ftruncateSync(descriptor, cut)
    assert.equal(peekBatches(path), ends.filter((end) => end <= cut).length, `cut at ${cut}`)
  }
  closeSync(descriptor)
  remove()
})

const FRAME_BYTES = 4_096 + 24

/**
 * - the same through the store itself, at both sides of each border in the log, with pages of the usual size
 * - it opens, all of it is sound, and it goes on accepting
 */
it('a store whose log was cut opens at the last good commit, and works', async () => {
  const { path, ends, remove } = await killedWithLog(4)
  const [last = 0, before = 0] = [ends.at(-1), ends.at(-3)]
  const cuts = [0, 1, 31, 32]
  for (let at = last; at > before; at -= FRAME_BYTES) cuts.push(at, at - 1, at - FRAME_BYTES + 24, at - FRAME_BYTES + 1)
  for (const cut of cuts) {
    const copy = tempFile()
    for (const part of ['', '-wal']) copyFileSync(`${path}${part}`, `${copy.path}${part}`)
    truncateSync(`${copy.path}-wal`, cut)
    const found = await readBatches(copy.path, ends.length)
    assert.deepEqual(
      found,
      Array.from({ length: ends.filter((end) => end <= cut).length }, (_, number) => number),
    )
    const store = await openSqliteStore({ path: copy.path })
    const [acceptance] = await store.accept(newEvents(['afterwards']), NOW)
    assert.equal(acceptance?.status, 'accepted')
    assert.deepEqual(await store.check(), [])
    await store.close()
    copy.remove()
  }
  remove()
})

it('a log with a flipped bit anywhere in its last two commits opens at a good commit before it', async () => {
  const { path, ends, remove } = await killedWithLog(4, connectSmall)
  const log = readFileSync(`${path}-wal`)
  const descriptor = openSync(`${path}-wal`, 'r+')
  for (let at = ends.at(-3) ?? 0; at < log.length; at++) {
    const byte = log.readUInt8(at)
    writeSync(descriptor, Uint8Array.of(byte ^ (1 << (at % 8))), 0, 1, at)
    assert.equal(peekBatches(path), ends.filter((end) => end <= at).length, `flipped at ${at}`)
    writeSync(descriptor, Uint8Array.of(byte), 0, 1, at)
  }
  assert.equal(peekBatches(path), 4, 'as it was')
  closeSync(descriptor)
  remove()
})

it('after a clean close there is no log left to lose', async () => {
  const { path, remove } = tempFile()
  const store = await openSqliteStore({ path })
  await store.accept(newEvents(batch(0)), NOW)
  await store.close()
  for (const part of ['-wal', '-shm']) rmSync(`${path}${part}`, { force: true })
  assert.deepEqual(await readBatches(path, 1), [0])
  remove()
})

/**
 * - of four batches two are copied into the file, the others are in the log; the process dies, and somebody deletes the log
 * - what the log held is gone, and nobody can know; the rest opens and is sound, with no batch there in part
 */
it('a log that is deleted after a kill takes what it held with it, and nothing else', async () => {
  const { path, remove } = tempFile()
  const copy = tempFile()
  const faulty = faultyDatabase()
  const store = await openSqliteStore({ path, connect: faulty.connect, checkpointPages: 1e9 })
  for (const number of [0, 1]) await store.accept(newEvents(batch(number)), NOW)
  faulty.database().exec('PRAGMA wal_checkpoint(PASSIVE)')
  for (const number of [2, 3]) await store.accept(newEvents(batch(number)), NOW)
  copyFileSync(path, copy.path)
  assert.deepEqual(await readBatches(copy.path, 4), [0, 1])
  await store.close()
  copy.remove()
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
  assert.throws(() => makeDurable(connect(':memory:'), 'power'), {
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
  assert.throws(() => makeDurable(careless, 'power'), {
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
  await Promise.all([store.file!.backup(copy.path), working])
  await assert.rejects(store.file!.backup(copy.path), /exists already/)
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
