/**
 * What people ask of a store of many accounts on PostgreSQL, as `reads` does of a file: the slowest of the medians must stay below a
 * ceiling. Some accounts are made through the port, and copied inside the database until there are enough.
 *
 *   npm run bench -- reads-postgres                300,000 accounts
 *   node --conditions=waybill-source bench/reads-postgres.ts --accounts 5000000 --url postgres://…
 *
 * `--url`: the database to make the store in, or to read it from where it was made before. Default: a server of its own.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { openPostgresStore } from '../packages/relay/src/store/postgres/index.ts'
import { startServer } from './postgres/server.ts'
import { multiply } from './reads/multiply.ts'
import { askAll } from './reads/questions.ts'
import { pixelName, SEEDED_DAYS, SEEDED_PIXELS, SEEDED_UNTIL_MS, seedStore } from './reads/seed.ts'

const ANSWER_CEILING_MS = 100
/** Longer than a relay lets an answer take, so that it is told how long it takes. */
const LIMIT_MS = 2_000
/** An account of 50 is made through the port, and at most so many. */
const SEEDED = { share: 0.02, most: 100_000 }
/** Times at which accounts come, some each quarter of an hour. */
const STEPS = 3_200

const { values } = parseArgs({ options: { accounts: { type: 'string', default: '300000' }, url: { type: 'string' } } })
const accounts = Number(values.accounts)
const server = values.url === undefined ? await startServer() : undefined
try {
  const url = values.url ?? server!.urlOf('postgres')
  if (!(await isMade(url))) await seed(url)
  const store = await openPostgresStore({ url, readLimits: { answerMs: LIMIT_MS } })
  await store.reads.ask('now', {})
  const slow = await askAll(store)
  await store.close()
  process.stdout.write(`slowest answer: ${slow.answerMs.toFixed(1)} ms (${slow.label}), at most ${ANSWER_CEILING_MS}\n`)
  process.exitCode = slow.answerMs > ANSWER_CEILING_MS ? 1 : 0
} finally {
  await server?.stop()
}

async function isMade(url: string): Promise<boolean> {
  const client = await connected(url)
  const { rows } = await client.query("select to_regclass('waybill_store.account') is not null as made")
  await client.end()
  return rows[0].made
}

async function seed(url: string): Promise<void> {
  const times = Math.ceil(Math.max(1 / SEEDED.share, accounts / SEEDED.most))
  const first = Math.ceil(accounts / times)
  const store = await openPostgresStore({ url })
  await store.claims?.renew({ name: 'bench', forMs: 86_400_000 })
  await store.claims?.claim(Array.from({ length: SEEDED_PIXELS }, (_, at) => pixelName(at)))
  const about = { pixels: SEEDED_PIXELS, endMs: SEEDED_UNTIL_MS, days: SEEDED_DAYS, seed: 7 }
  const startedMs = performance.now()
  const say = (what: string): void => {
    process.stderr.write(`${what}, ${Math.round((performance.now() - startedMs) / 1_000)} s\n`)
  }
  await seedStore(store, { ...about, accounts: first, step: Math.max(8, Math.ceil(first / STEPS)) })
  await store.close()
  say(`${first} accounts through the port`)
  const client = await connected(url)
  await multiply(client, times, (copy) => copy % 10 === 0 && say(`${first * (copy + 1)} accounts`))
  await client.end()
  say('made')
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}
