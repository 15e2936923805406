/**
 * From intake to delivery beside two job queues on PostgreSQL, which is what teams take otherwise. Each is used as its documentation
 * advises: jobs are added 100 at a time, as bodies of 100 events come in; one job is one event and one request, or, batched, many
 * events go out in one request. They neither check events nor isolate bad ones nor keep an account. PostgreSQL comes from the
 * registry and runs with its defaults. The emulator is a process of its own. About two minutes.
 *
 * graphile-worker: concurrency 16, local queue of 500, completions written together; batched: a body that comes in is one job with its
 * 100 events and one request, because its jobs are not gathered.
 * pg-boss: 4 workers that fetch 16 at a time and send them side by side; batched: 1 worker, batches of 1,000; fetching on while full.
 *
 *   npm run bench -- queues
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { startServer } from './postgres/server.ts'
import { BOSS_WORK, GRAPHILE_PRESET, post as postTo, untilStored as untilStoredAt } from './queues/sending.ts'
import { bodyOf, eventText, idsOf } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { PIXEL, startEmulator, startRelay } from './relay/processes.ts'
import { median, sayPeak, sayRatio, whole } from './relay/rounds.ts'

const ROUNDS = 3
const SINGLE_EVENTS = 4_000
const BATCHED_EVENTS = 40_000
const INTAKE = 100
const REQUEST = 1_000
const TASK = 'deliver'

const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
const emulator = await startEmulator()
const post = (events: readonly string[]): Promise<void> => postTo(emulator.url, events)
const untilStored = (events: number, bring: () => Promise<unknown>): Promise<number> =>
  untilStoredAt(emulator.url, events, bring)
const nextId = idsOf('random')
const server = await startServer()
const connectionString = server.urlOf('postgres')

try {
  const relay = await startRelay({ dataDir: join(folder, 'data'), endpoint: emulator.url })
  const ways: Readonly<Record<string, () => Promise<number>>> = {
    relay: () => relayRate(relay.url),
    'graphile-worker, one event a request': () => graphileRate(SINGLE_EVENTS, 1),
    'graphile-worker, batched': () => graphileRate(BATCHED_EVENTS, INTAKE),
    'pg-boss, one event a request': () => bossRate(SINGLE_EVENTS, false),
    'pg-boss, batched': () => bossRate(BATCHED_EVENTS, true),
  }
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [way, measure] of Object.entries(ways)) rates[way]!.push(await measure())
  }
  const ours = median(rates['relay']!)
  const held = Object.keys(ways)
    .filter((way) => way !== 'relay')
    .map((way) => {
      const theirs = median(rates[way]!)
      const floor = way.endsWith('request') ? 3 : 1
      return sayRatio(
        `intake to delivery, against ${way}`,
        ours / theirs,
        floor,
        `(${whole(ours)} and ${whole(theirs)} events/s)`,
      )
    })
  held.push(sayPeak('beside the queues', relay.peakMb()))
  await relay.stop()
  process.exitCode = held.every(Boolean) ? 0 : 1
} finally {
  await server.stop().catch(() => {})
  await emulator.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function relayRate(relay: string): Promise<number> {
  const bodies = Array.from({ length: BATCHED_EVENTS / INTAKE }, () => bodyOf(texts(INTAKE)))
  return untilStored(BATCHED_EVENTS, () =>
    postAll({ url: relay, path: `/v1/events?pid=${PIXEL}`, connections: 16, nextBody: () => bodies.pop() }),
  )
}

async function graphileRate(events: number, perRequest: number): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: 20 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ pgPool: pool, logger })
  await utils.migrate()
  const runner = await run({
    pgPool: pool,
    logger,
    noHandleSignals: true,
    preset: GRAPHILE_PRESET,
    taskList: { [TASK]: (payload) => post((payload as { events: string[] }).events) },
  })
  const jobs = Array.from({ length: events / perRequest }, () => ({
    identifier: TASK,
    payload: { events: texts(perRequest) },
    maxAttempts: 25,
  }))
  const rate = await untilStored(events, async () => {
    const step = INTAKE / perRequest
    for (let at = 0; at < jobs.length; at += step) await utils.addJobs(jobs.slice(at, at + step))
  })
  await runner.stop()
  await utils.release()
  await pool.end()
  return rate
}

async function bossRate(events: number, isBatched: boolean): Promise<number> {
  const boss = new PgBoss({ connectionString, max: 20 })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue(TASK)
  if (isBatched) {
    await boss.work<Job>(TASK, { ...BOSS_WORK, batchSize: REQUEST }, (jobs) => post(jobs.map(({ data }) => data.event)))
  } else {
    await boss.work<Job>(TASK, { ...BOSS_WORK, batchSize: 16, localConcurrency: 4 }, async (jobs) => {
      await Promise.all(jobs.map(({ data }) => post([data.event])))
    })
  }
  const made = texts(events).map((event) => ({ data: { event } }))
  const rate = await untilStored(events, async () => {
    for (let at = 0; at < made.length; at += INTAKE) await boss.insert(TASK, made.slice(at, at + INTAKE))
  })
  await boss.deleteAllJobs(TASK)
  await boss.stop({ graceful: true, close: true })
  return rate
}

interface Job {
  readonly event: string
}

function texts(count: number): string[] {
  const now = Date.now()
  return Array.from({ length: count }, () => eventText(nextId(), now))
}
