/**
 * How much slower the store on PostgreSQL is with many accounts than with 100,000: inserting, claiming and settling in batches of 1,000,
 * with ids that rise and with random ones, of both sizes in turns. Accounts are made inside the database, all of them delivered. Floors are
 * promised for 10,000,000.
 *
 *   npm run bench -- accounts                       1,000,000 accounts
 *   node --conditions=waybill-source bench/accounts.ts --accounts 10000000
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { type BenchServer, startServer } from './postgres/server.ts'
import { type Job, ours, type Way } from './postgres/ways.ts'
import { type IdKind, idsOf, type NextId, visitorText } from './relay/events.ts'
import { median, sayRatio, whole } from './relay/rounds.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
  },
})
const [many, events, rounds] = [values.accounts, values.events, values.rounds].map(Number) as [number, number, number]
const FEW = 100_000
const WARM = 5_000
const FLOORS: Readonly<Record<IdKind, number>> = { sequential: 0.9, random: 0.75 }
/** As `idsOf` makes them; those that rise begin before its own. */
const MADE_IDS: Readonly<Record<IdKind, string>> = {
  sequential: "'order_' || lpad(at::text, 8, '0')",
  random: "'order_' || left(md5(at::text), 24)",
}

/** Indices are made anew afterwards, which is quicker than row by row. Numbers of rows lie below those that relays take. */
const FILL = (kind: IdKind, count: number): string[] => [
  `create temporary table known_index as
    select indexname as name, indexdef as made from pg_indexes
    where schemaname = 'waybill_store' and tablename = 'account' and indexname <> 'account_pkey'`,
  "do $$ declare each record; begin for each in select * from known_index loop execute format('drop index waybill_store.%I', each.name); end loop; end $$",
  `insert into waybill_store.account (row, timestamp_ms, accepted_ms, pixel, name, shape, source, day, bytes, currency, amount, content, id)
    select -at, accepted_ms - 1000, accepted_ms - 2592000000 + at * 2592000000 / ${count}, pixel, name, shape, source, day - 30, bytes,
      currency, amount, decode(md5(at::text), 'hex'), ${MADE_IDS[kind]}
    from (select * from waybill_store.account order by row limit 1) as one cross join generate_series(1, ${count}::bigint) as at`,
  'do $$ declare each record; begin for each in select * from known_index loop execute each.made; end loop; end $$',
  `insert into waybill_store.delivery (seq, day, pixel, ended_ms, rows, is_attempt)
    select -at, one.day, one.pixel, one.ended_ms, int8multirange(int8range(-(at + 1) * 1000, -at * 1000)), true
    from (select * from waybill_store.delivery order by seq limit 1) as one cross join generate_series(0, ${count}::bigint / 1000) as at`,
  'vacuum analyze',
]

const held: boolean[] = []
for (const kind of ['sequential', 'random'] as const) {
  const server = await startServer()
  try {
    held.push(await compare(server, kind))
  } finally {
    await server.stop()
  }
}
process.exitCode = held.every(Boolean) ? 0 : 1

async function compare(server: BenchServer, kind: IdKind): Promise<boolean> {
  const ways = { few: await made(server, 'few', kind, FEW), many: await made(server, 'many', kind, many) }
  try {
    return await compareWays(server, ways, kind)
  } finally {
    for (const way of Object.values(ways)) await way.close()
  }
}

async function compareWays(
  server: BenchServer,
  ways: Readonly<Record<'few' | 'many', Way>>,
  kind: IdKind,
): Promise<boolean> {
  const nextId = idsOf(kind)
  const rates = { few: [] as number[], many: [] as number[] }
  for (const way of Object.values(ways)) await rateOf(way, nextId, WARM)
  for (let round = 0; round < rounds; round++)
    for (const size of ['few', 'many'] as const) {
      // What one left to be written is not the other one's.
      await server.admin.query('checkpoint')
      rates[size].push(await rateOf(ways[size], nextId, events))
    }
  const [few, all] = [median(rates.few), median(rates.many)]
  const what = `${whole(many)} accounts, ${kind} ids, against ${whole(FEW)}`
  return sayRatio(what, all / few, FLOORS[kind], `(${whole(all)} and ${whole(few)} events/s)`)
}

/** Events a second that are inserted, claimed and settled. */
async function rateOf(way: Way, nextId: NextId, count: number): Promise<number> {
  const jobs = Array.from({ length: count }, (): Job => {
    const id = nextId()
    return { id, text: visitorText(id, Date.now()) }
  })
  const startedMs = performance.now()
  await way.insert(jobs)
  await way.finish()
  return count / ((performance.now() - startedMs) / 1_000)
}

async function made(server: BenchServer, name: string, kind: IdKind, count: number): Promise<Way> {
  await server.admin.query(`create database ${name}`)
  const url = server.urlOf(name)
  const way = await ours(url)
  const nextId = idsOf('random')
  // The terms of its events are there then.
  await rateOf(way, nextId, 1_000)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const sql of FILL(kind, count)) await client.query(sql)
  } finally {
    await client.end()
  }
  return way
}
