/**
 * What a team builds that takes a job queue in place of a relay, in a process of its own: events come in over HTTP, each is checked, its key
 * is kept so that a repeat is found, jobs are added in the same transaction, and workers send them. Arguments: which queue, URLs of the
 * database and of the API.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { check } from 'waybill/contract'
import { BOSS_WORK, GRAPHILE_PRESET, post } from './sending.ts'

export const SERVICE: string = fileURLToPath(import.meta.url)
export const QUEUES = ['graphile-worker', 'pg-boss'] as const

const TASK = 'deliver'
const REQUEST = 1_000
const KEYS = 'create table if not exists kept (key text primary key collate "C")'
const KEEP = 'insert into kept select unnest($1::text[]) on conflict do nothing returning key'

/** Adds what is to be sent, inside a transaction. */
type Add = (client: pg.PoolClient, events: readonly string[]) => Promise<void>
type Open = (pool: pg.Pool, url: string, send: (events: readonly string[]) => Promise<void>) => Promise<Add>

const OPEN: Readonly<Record<string, Open>> = {
  /** A body is one job and one request, since its jobs are not gathered. */
  'graphile-worker': async (pool, _, send) => {
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ pgPool: pool, logger })
    await utils.migrate()
    await run({
      pgPool: pool,
      logger,
      noHandleSignals: true,
      preset: GRAPHILE_PRESET,
      taskList: { [TASK]: (payload) => send((payload as { events: string[] }).events) },
    })
    return async (client, events) => {
      await client.query('select graphile_worker.add_job($1, $2::json)', [TASK, JSON.stringify({ events })])
    }
  },
  /** An event is a job, and up to 1,000 go out in one request. */
  'pg-boss': async (_, connectionString, send) => {
    const boss = new PgBoss({ connectionString, max: 20 })
    boss.on('error', () => {})
    await boss.start()
    await boss.createQueue(TASK)
    await boss.work<{ event: string }>(TASK, { ...BOSS_WORK, batchSize: REQUEST }, (jobs) =>
      send(jobs.map(({ data }) => data.event)),
    )
    return async (client, events) => {
      const jobs = events.map((event) => ({ data: { event } }))
      await boss.insert(TASK, jobs, { db: { executeSql: (sql, values) => client.query(sql, values) } })
    }
  },
}

if (process.argv[1] === SERVICE) await serve(process.argv.slice(2))

async function serve([queue = '', url = '', endpoint = '']: readonly string[]): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 20 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  await pool.query(KEYS)
  const add = await OPEN[queue]!(pool, url, (events) => post(endpoint, events))
  const server = createServer(async (request, response) => {
    try {
      const answer = JSON.stringify(await take(pool, add, await textOf(request)))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
      response.end(answer)
    } catch (error) {
      response.writeHead(500, { 'content-length': 0 }).end()
      process.stderr.write(`${error}\n`)
    }
  })
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

interface WireEvent {
  readonly id: string
  readonly type: string
}

async function take(pool: pg.Pool, add: Add, body: string): Promise<{ readonly statuses: readonly string[] }> {
  const { events } = JSON.parse(body) as { readonly events: readonly WireEvent[] }
  const checked = events.map((event) => check(event, { now: Date.now() }))
  const keys = events.map(({ id, type }) => JSON.stringify([type, id]))
  const client = await pool.connect()
  try {
    await client.query('begin')
    const wanted = keys.filter((_, at) => checked[at]!.ok)
    const { rows } = await client.query<{ key: string }>(KEEP, [wanted])
    const fresh = new Set(rows.map(({ key }) => key))
    await add(
      client,
      events.filter((_, at) => fresh.has(keys[at]!)).map((event) => JSON.stringify(event)),
    )
    await client.query('commit')
    return {
      statuses: keys.map((key, at) => (fresh.has(key) ? 'accepted' : checked[at]!.ok ? 'duplicate' : 'refused')),
    }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
