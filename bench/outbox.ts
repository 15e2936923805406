/**
 * What a conversion costs in the order's transaction, against a bare insert of the same text: `enqueue` at most 1.5 times, a list of 100 at
 * most 1.2 times of 100 such inserts. Each transaction commits to a disk. And how long from commit to delivered, with a relay beside.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@waybill/emulator'
import pg from 'pg'
import { startOutboxRelay } from '../crash/outbox-relay.ts'
import { PIXEL } from '../crash/relay-process.ts'
import { DEFAULT_ROLES } from '../packages/relay/src/outbox/migrations.ts'
import { makeRoles, migrate } from '../packages/relay/src/outbox/outbox-sql.helpers.ts'
import { startPostgres, stopPostgres } from '../packages/relay/src/postgres-server.helpers.ts'
import { eventText } from './relay/events.ts'
import { median } from './relay/rounds.ts'

/** With seven the figure of single events lay between 1.2 and 1.7. */
const ROUNDS = 61
const LIST_ROUNDS = 7
const SINGLE = 200
const LISTS = 5
const LIST = 100
const MAX_RATIO = 1.5
const MAX_LIST_RATIO = 1.2
const LAGS = 100
const MAX_MEDIAN_MS = 300
const MAX_P95_MS = 1_000

const { admin, urlOf } = await startPostgres()
await admin.query('create database bench_outbox')
const shop = new pg.Client({ connectionString: urlOf('bench_outbox') })
await shop.connect()
await makeRoles(shop)
await migrate(shop, { ...DEFAULT_ROLES, caller: 'shop' })
await shop.query('grant waybill_relay to taker; create table bare (pixel text, event text)')
try {
  const held = [await compareCost(), await compareLists(), await lagOf()]
  process.exitCode = held.every(Boolean) ? 0 : 1
} finally {
  await shop.end()
  await admin.query('drop database bench_outbox with (force)')
  await stopPostgres()
}

async function compareCost(): Promise<boolean> {
  const texts = Array.from({ length: SINGLE }, (_, at) => eventText(`order_${at}`, Date.now()))
  const ways = {
    bare: () => each(texts, 'insert into bare values ($1, $2)'),
    ours: () => each(texts, 'select waybill.enqueue($1, $2)'),
  }
  return say('enqueue, against a bare insert', await ratioOf(ways, ROUNDS), MAX_RATIO)
}

async function compareLists(): Promise<boolean> {
  const texts = Array.from({ length: LISTS * LIST }, (_, at) => eventText(`order_${at}`, Date.now()))
  const lists = Array.from({ length: LISTS }, (_, at) => `[${texts.slice(at * LIST, (at + 1) * LIST).join(',')}]`)
  const inserts = async (): Promise<void> => {
    for (let at = 0; at < LISTS; at++) {
      await shop.query('begin')
      for (const text of texts.slice(at * LIST, (at + 1) * LIST))
        await shop.query('insert into bare values ($1, $2)', [PIXEL, text])
      await shop.query('commit')
    }
  }
  const ours = (): Promise<void> => each(lists, 'select waybill.enqueue_many($1, $2)')
  const held = say(
    'enqueue_many of 100, against 100 bare inserts',
    await ratioOf({ bare: inserts, ours }, LIST_ROUNDS),
    MAX_LIST_RATIO,
  )
  const oneStatement = (): Promise<void> =>
    each(lists, 'insert into bare select $1, value from json_array_elements_text($2::json)')
  const ratio = await ratioOf({ bare: oneStatement, ours }, LIST_ROUNDS)
  process.stdout.write(
    `enqueue_many of 100, against one insert of 100 rows: ${ratio.toFixed(2)} (no ceiling: that reads nothing)\n`,
  )
  return held
}

async function each(texts: readonly string[], sql: string): Promise<void> {
  for (const text of texts) await shop.query(sql, [PIXEL, text])
}

/** Rounds by turns, so that what else the machine does meets both. */
async function ratioOf(ways: Readonly<Record<'bare' | 'ours', () => Promise<void>>>, rounds: number): Promise<number> {
  const took = { bare: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round++)
    for (const way of ['bare', 'ours'] as const) {
      const startedMs = performance.now()
      await ways[way]()
      took[way].push(performance.now() - startedMs)
    }
  return median(took.ours) / median(took.bare)
}

/** From a commit to the API's having it, one order after the other. */
async function lagOf(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  const emulator = createEmulator()
  const api = await emulator.listen({ port: 0 })
  const relay = startOutboxRelay({ folder, endpoint: api.url, outbox: urlOf('bench_outbox', 'taker') })
  await shop.query('delete from waybill.outbox')
  const lags: number[] = []
  for (let at = 0; at <= LAGS; at++) {
    await shop.query('select waybill.enqueue($1, $2)', [PIXEL, eventText(`lag_${at}`, Date.now())])
    const committedMs = performance.now()
    while (emulator.events().length <= at) await new Promise((resolve) => setTimeout(resolve, 2))
    // The first waits for the relay to start.
    if (at > 0) lags.push(performance.now() - committedMs)
    await new Promise((resolve) => setTimeout(resolve, 37 * (at % 7)))
  }
  await relay.end()
  await api.close()
  rmSync(folder, { recursive: true, force: true })
  const sorted = lags.sort((one, other) => one - other)
  const [p50, p95] = [sorted[Math.floor(LAGS * 0.5)]!, sorted[Math.floor(LAGS * 0.95)]!]
  process.stdout.write(`commit to delivered: half within ${p50.toFixed(0)} ms, 95 of 100 within ${p95.toFixed(0)} ms\n`)
  return p50 <= MAX_MEDIAN_MS && p95 <= MAX_P95_MS
}

function say(what: string, ratio: number, ceiling: number): boolean {
  process.stdout.write(`${what}: ${ratio.toFixed(2)} (at most ${ceiling})\n`)
  return ratio <= ceiling
}
