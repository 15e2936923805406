/**
 * What people ask of a store of many accounts, each question three times: the slowest of its medians must stay below a ceiling, and so must
 * the longest time that the thread which delivers does not turn meanwhile. Then how large the indices are that only people need and the
 * roll-up, by the million of accounts. The roll-up is the larger the fewer events have a key of a quarter of an hour in common: below
 * `CEILING_FROM` accounts the ceiling is for the indices alone.
 *
 *   npm run bench -- reads                        300,000 accounts
 *   node --conditions=waybill-source bench/reads.ts --accounts 5000000 --store /tmp/seeded
 *
 * `--store`: the folder to make the store in, or to read it from where it was made before.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import { askAll } from './reads/questions.ts'
import { SEEDED_DAYS, SEEDED_PIXELS, SEEDED_UNTIL_MS, seedStore } from './reads/seed.ts'

const ANSWER_CEILING_MS = 100
const TURN_CEILING_MS = 20
const MB_PER_MILLION_CEILING = 35
const CEILING_FROM = 5_000_000
const END_MS = SEEDED_UNTIL_MS
const PIXELS = SEEDED_PIXELS
const DAYS = SEEDED_DAYS

/** What exists for reading alone. */
const INDICES = ['arrival', 'delivered', 'pixel_row', 'pixel_block', 'request_pixel', 'request_verdict']
const MORE_INDICES = ['request_lease', 'order_key', 'sqlite_autoindex_order_key_1']
const ROLL_UP = ['rollup', 'known', 'rollup_day', 'latency', 'sample', 'rollup_key']
const PACKS = ['rollup_pack', 'rollup_pack_time', 'latency_pack', 'latency_pack_time']

const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '300000' }, store: { type: 'string' } },
})
const accounts = Number(values.accounts)
const folder = values.store ?? mkdtempSync(join(tmpdir(), 'waybill-reads-'))
mkdirSync(folder, { recursive: true })
const path = join(folder, 'waybill.db')

try {
  if (!existsSync(path)) await seed()
  const store = await openSqliteStore({ path })
  await store.reads.ask('now', {})
  const slow = await askAll(store)
  await store.close()
  const size = sizeOf(path)
  process.stdout.write(`slowest answer: ${slow.answerMs.toFixed(1)} ms (${slow.label}), at most ${ANSWER_CEILING_MS}\n`)
  process.stdout.write(`longest turn beside answers: ${slow.turnMs.toFixed(1)} ms, at most ${TURN_CEILING_MS}\n`)
  const { events, indicesMb, rollUpMb } = size
  const boundMb = indicesMb + (events < CEILING_FROM ? 0 : rollUpMb)
  process.stdout.write(`indices that only people need: ${indicesMb.toFixed(1)} MB per million accounts\n`)
  process.stdout.write(`roll-up of ${PIXELS} pixels: ${rollUpMb.toFixed(1)} MB per million accounts\n`)
  process.stdout.write(`of these ${boundMb.toFixed(1)} MB have a ceiling, of ${MB_PER_MILLION_CEILING}\n`)
  const isOver = slow.answerMs > ANSWER_CEILING_MS || slow.turnMs > TURN_CEILING_MS || boundMb > MB_PER_MILLION_CEILING
  process.exitCode = isOver ? 1 : 0
} finally {
  if (values.store === undefined) rmSync(folder, { recursive: true })
}

async function seed(): Promise<void> {
  const store = await openSqliteStore({ path, checkpointPages: 32_000, cacheKib: 256 * 1024 })
  const startedMs = performance.now()
  let toldAt = 0
  await seedStore(store, {
    accounts,
    pixels: PIXELS,
    endMs: END_MS,
    days: DAYS,
    seed: 7,
    onProgress(done) {
      if (done - toldAt < 100_000) return
      toldAt = done
      process.stderr.write(`${done} accounts, ${Math.round((performance.now() - startedMs) / 1_000)} s\n`)
    },
  })
  const wrong = await store.check()
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  await store.close()
}

/** By the pages of what exists for reading alone. */
function sizeOf(file: string): { readonly events: number; readonly indicesMb: number; readonly rollUpMb: number } {
  const database = new DatabaseSync(file, { readOnly: true })
  const events = Number((database.prepare('SELECT count(*) AS n FROM event').get() as { n: number }).n)
  const indices = ownBytes(database, [...INDICES, ...MORE_INDICES])
  const rollUp = ownBytes(database, [...ROLL_UP, ...PACKS])
  database.close()
  return { events, indicesMb: indices / events, rollUpMb: rollUp / events }
}

/** Where SQLite was built without a table of its pages, the tables are copied and what that takes is measured. */
function ownBytes(database: DatabaseSync, names: readonly string[]): number {
  try {
    const list = names.map((name) => `'${name}'`).join()
    const row = database
      .prepare(`SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN (${list}) AND aggregate = 1`)
      .get()
    return Number((row as { bytes: number }).bytes)
  } catch {
    process.stderr.write(`SQLite has no dbstat here: the file has ${statSync(path).size} bytes in all\n`)
    return 0
  }
}
