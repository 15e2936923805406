/** Ways to keep jobs on PostgreSQL and to get them done: ours, one plain table, and two job queues, each as its documentation advises. */
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { NewEvent, Store } from '../../packages/relay/src/store/index.ts'
import { openPostgresStore } from '../../packages/relay/src/store/postgres/index.ts'
import { GRAPHILE_PRESET } from '../queues/sending.ts'

/** Texts to be kept, and their ids. */
export interface Job {
  readonly id: string
  readonly text: string
}

/** One way. Each call does all of the jobs that it was given. */
export interface Way {
  insert(jobs: readonly Job[]): Promise<void>
  /** Claims and settles until nothing is left. */
  finish(): Promise<void>
  close(): Promise<void>
}

const BATCH = 1_000
/** Batches at a time, as the relay has for a pixel by default; what graphile-worker works at is its own. */
const LANES = 4
const PACK = 100
const PIXEL = 'bench'
const TASK = 'deliver'

export async function ours(url: string): Promise<Way> {
  const store: Store = await openPostgresStore({ url })
  await store.claims?.renew({ name: 'bench', forMs: 3_600_000 })
  await store.claims?.claim([PIXEL])
  return {
    insert: async (jobs) => {
      const nowMs = Date.now()
      for (const some of batchesOf(jobs, BATCH))
        await store.accept(
          some.map((job) => eventOf(job, nowMs)),
          nowMs,
        )
    },
    finish: () =>
      inLanes(async () => {
        const nowMs = Date.now()
        const lease = await store.lease({ pixel: PIXEL, limit: BATCH, nowMs, leaseMs: 60_000 })
        if (lease === undefined) return false
        const rows = lease.events.map(({ row }) => row)
        const about = {
          atMs: nowMs,
          durationMs: 1,
          status: 200,
          verdict: 'delivered',
          validateOnly: false,
          ambiguous: false,
        }
        const request = { pixel: PIXEL, rows, ...about }
        await store.settle({ token: lease.token, settlements: [{ to: 'delivered', rows }], request, nowMs })
        return true
      }),
    close: () => store.close(),
  }
}

function eventOf({ id, text }: Job, nowMs: number): NewEvent {
  return {
    pixel: PIXEL,
    name: 'order_created',
    id,
    wire: text,
    shape: 'order_created(amount)',
    timestampMs: nowMs,
    contentHash: Buffer.from(id.padEnd(16).slice(-16)),
    source: 'bench',
    issues: [],
    amount: 2599,
    currency: 'USD',
  }
}

const ONE_TABLE = `
  create table job (
    row bigint generated always as identity primary key, pixel text not null, id text not null collate "C", name text not null,
    state smallint not null default 0, due_ms bigint not null, wire text, attempts integer not null default 0, until timestamptz,
    unique (pixel, id, name));
  create index job_due on job (pixel, due_ms) where state = 0`
const INSERT_ONE = `
  insert into job (pixel, id, name, due_ms, wire)
  select '${PIXEL}', id, 'order_created', 0, wire from unnest($1::text[], $2::text[]) as given (id, wire) on conflict do nothing`
const CLAIM_ONE = `
  update job set state = 1, until = clock_timestamp() + interval '1 minute'
  where row in (select row from job where pixel = '${PIXEL}' and state = 0 order by due_ms, row limit ${BATCH} for update skip locked)
  returning row, id, wire`
const SETTLE_ONE = 'update job set state = 2, wire = null, attempts = attempts + 1 where row = any ($1::bigint[])'

/** One table whose rows are updated. */
export async function oneTable(url: string): Promise<Way> {
  const client = new pg.Pool({ connectionString: url, max: LANES })
  await client.query(ONE_TABLE)
  return {
    insert: async (jobs) => {
      for (const some of batchesOf(jobs, BATCH))
        await client.query(INSERT_ONE, [some.map(({ id }) => id), some.map(({ text }) => text)])
    },
    finish: () =>
      inLanes(async () => {
        const { rows } = await client.query<{ row: string }>(CLAIM_ONE)
        if (rows.length > 0) await client.query(SETTLE_ONE, [rows.map(({ row }) => row)])
        return rows.length > 0
      }),
    close: () => client.end(),
  }
}

export async function pgBoss(url: string): Promise<Way> {
  const boss = new PgBoss({ connectionString: url, max: LANES })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue(TASK)
  return {
    insert: async (jobs) => {
      for (const some of batchesOf(jobs, BATCH))
        await boss.insert(
          TASK,
          some.map(({ text }) => ({ data: { event: text } })),
        )
    },
    finish: () =>
      inLanes(async () => {
        const jobs = await boss.fetch(TASK, { batchSize: BATCH })
        const ids = jobs.map(({ id }) => id)
        if (ids.length > 0) await boss.complete(TASK, ids)
        return ids.length > 0
      }),
    close: () => boss.stop({ graceful: true, close: true }),
  }
}

/** `perJob` events in a job: one, or what comes in together. */
export function graphile(perJob: 1 | typeof PACK): (url: string) => Promise<Way> {
  return async (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    pool.on('error', () => {})
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ pgPool: pool, logger })
    await utils.migrate()
    pool.on('connect', (client) => client.on('error', () => {}))
    let left = 0
    let onDone = (): void => {}
    return {
      insert: async (jobs) => {
        left += Math.ceil(jobs.length / perJob)
        const packs = batchesOf(jobs, perJob).map((some) => ({
          identifier: TASK,
          payload: { events: some.map(({ text }) => text) },
        }))
        for (const some of batchesOf(packs, BATCH / perJob)) await utils.addJobs(some)
      },
      finish: async () => {
        const done = new Promise<void>((resolve) => {
          onDone = resolve
        })
        const runner = await run({
          pgPool: pool,
          logger,
          noHandleSignals: true,
          preset: GRAPHILE_PRESET,
          taskList: {
            [TASK]: () => {
              left -= 1
              if (left === 0) onDone()
            },
          },
        })
        await done
        await runner.stop()
      },
      close: async () => {
        await utils.release()
        await pool.end()
      },
    }
  }
}

/** A batch at a time in each lane, until nothing is left. */
async function inLanes(doBatch: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (await doBatch());
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
