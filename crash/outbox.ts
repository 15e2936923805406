/**
 * `npm run crash:outbox -- --orders 10000 --writers 8 --kills 20 [--seed 1]`: writers save orders in a real PostgreSQL, each with its
 * conversion, and roll back, set savepoints and fail to serialize at random, while relays are killed with SIGKILL and started again. What
 * the API has in the end is each committed order, once. Exits 1 with what does not hold.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEmulator } from '@waybill/emulator'
import pg from 'pg'
import { DEFAULT_ROLES } from '../packages/relay/src/outbox/migrations.ts'
import { makeRoles, migrate } from '../packages/relay/src/outbox/outbox-sql.helpers.ts'
import { startPostgres } from '../packages/relay/src/postgres-server.helpers.ts'
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import { untilDrained } from './draining.ts'
import { startOutboxRelay } from './outbox-relay.ts'
import { PIXEL } from './relay-process.ts'
import { report } from './report.ts'

export interface OutboxTestOptions {
  readonly orders: number
  readonly writers: number
  readonly kills: number
  readonly seed: number
}

export interface OutboxTestResult {
  readonly committed: number
  readonly rolledBack: number
  readonly serializationFailures: number
  readonly kills: number
  /** What does not hold, one line each. */
  readonly problems: readonly string[]
}

const RELAYS = 2

/** Runs it in a database of its own, and gives what was found. */
export async function outboxTest({ orders, writers, kills, seed }: OutboxTestOptions): Promise<OutboxTestResult> {
  const { admin, urlOf } = await startPostgres()
  const name = `crash_${process.pid}_${seed}`
  await admin.query(`create database ${name}`)
  const folder = mkdtempSync(join(tmpdir(), 'waybill-outbox-'))
  const emulator = createEmulator()
  const api = await emulator.listen({ port: 0 })
  const shop = new pg.Client({ connectionString: urlOf(name) })
  await shop.connect()
  try {
    await prepare(shop)
    const random = seededRandom(seed)
    const relays = Array.from({ length: RELAYS }, (_, at) => {
      const home = join(folder, `relay-${at}`)
      mkdirSync(home)
      return startOutboxRelay({ folder: home, endpoint: api.url, outbox: urlOf(name, 'taker') })
    })
    const counts = { rolledBack: 0, serializationFailures: 0 }
    const writing = Promise.all(
      Array.from({ length: writers }, (_, at) => write(urlOf(name, 'shop'), { at, writers, orders, random, counts })),
    )
    let isWriting = true
    void writing.finally(() => {
      isWriting = false
    })
    let killed = 0
    while (isWriting || killed < kills) {
      await sleep(100 + random() * 900)
      await relays[killed++ % RELAYS]!.kill()
    }
    await writing
    const problems = await judge(shop, emulator)
    await Promise.all(relays.map((relay) => relay.end()))
    const committed = Number((await shop.query('select count(*) from orders')).rows[0].count)
    return { committed, ...counts, kills: killed, problems }
  } finally {
    await shop.end()
    await api.close()
    await admin.query(`drop database ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepare(shop: pg.Client): Promise<void> {
  await makeRoles(shop)
  await migrate(shop, { ...DEFAULT_ROLES, caller: 'shop' })
  await shop.query(`
    grant waybill_relay to taker;
    create table orders (number text primary key);
    create table stock (item int primary key, sold int not null);
    insert into stock select item, 0 from generate_series(1, 20) as item;
    grant all on orders, stock to shop`)
}

interface Writing {
  readonly at: number
  readonly writers: number
  readonly orders: number
  readonly random: () => number
  readonly counts: { rolledBack: number; serializationFailures: number }
}

async function write(url: string, { at, writers, orders, random, counts }: Writing): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (let number = at; number < orders; number += writers) {
    try {
      await saveOrder(client, `order_${number}`, random)
      if (random() < 0.15) {
        counts.rolledBack += 1
        await client.query('rollback')
      } else await client.query('commit')
    } catch (error) {
      if ((error as { code?: string }).code !== '40001') throw error
      counts.serializationFailures += 1
      await client.query('rollback')
    }
  }
  await client.end()
}

async function saveOrder(client: pg.Client, number: string, random: () => number): Promise<void> {
  const isSerializable = random() < 0.3
  await client.query(isSerializable ? 'begin isolation level serializable' : 'begin')
  if (isSerializable) await client.query('select sum(sold) from stock')
  await save(client, number)
  if (random() < 0.3) {
    await client.query('savepoint gift')
    await save(client, `${number}_gift`)
    await client.query(random() < 0.5 ? 'rollback to gift' : 'release gift')
  }
  await client.query('update stock set sold = sold + 1 where item = $1', [1 + Math.floor(random() * 20)])
}

async function save(client: pg.Client, number: string): Promise<void> {
  await client.query('insert into orders values ($1)', [number])
  const event = {
    id: number,
    type: 'order_created',
    timestamp_ms: Date.now(),
    action_source: 'offline',
    user: { email: `${number}@example.com` },
    data: { type: 'contents', amount: 2599, currency: 'EUR' },
  }
  await client.query('select waybill.enqueue($1, $2)', [PIXEL, JSON.stringify(event)])
}

async function judge(shop: pg.Client, emulator: ReturnType<typeof createEmulator>): Promise<string[]> {
  const { rows } = await shop.query<{ number: string }>('select number from orders')
  const committed = new Set(rows.map(({ number }) => number))
  const stored = (): string[] => emulator.events().map(({ event }) => (event as unknown as { id: string }).id)
  const waiting = async (): Promise<number> =>
    Number((await shop.query<{ count: string }>('select count(*) from waybill.outbox')).rows[0]!.count)
  // What was claimed is delivered while the relay's transaction at the shop's database is still to be committed.
  await untilDrained({ left: async () => committed.size - new Set(stored()).size + (await waiting()) })
  const ids = stored()
  const missing = [...committed].filter((number) => !ids.includes(number))
  const extra = ids.filter((id) => !committed.has(id))
  const twice = ids.length - new Set(ids).size
  const left = await waiting()
  return [
    ...(missing.length > 0 ? [`${missing.length} committed orders have no conversion, such as ${missing[0]}`] : []),
    ...(extra.length > 0 ? [`${extra.length} conversions have no committed order, such as ${extra[0]}`] : []),
    ...(twice > 0 ? [`${twice} conversions were counted twice`] : []),
    ...(left > 0 ? [`${left} conversions wait in the outbox`] : []),
  ]
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '10000' },
      writers: { type: 'string', default: '8' },
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
    },
  })
  const [orders, writers, kills, seed] = [values.orders, values.writers, values.kills, values.seed].map(Number)
  const result = await outboxTest({ orders: orders!, writers: writers!, kills: kills!, seed: seed! })
  await report(result)
}
