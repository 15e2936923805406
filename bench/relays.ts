/**
 * Four relays on one PostgreSQL beside one on another, in turns: what an event costs of the processor in all (relays and server), all of one
 * hot pixel, brought to every relay over HTTP in bodies of 100 by 16 senders each and delivered by the one that has claimed it. Then how many of the
 * database's samples (what each busy connection does at a moment) were waiting for a lock. Ceilings are promised. About a minute.
 *
 *   node --conditions=waybill-source bench/relays.ts [events] [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from './postgres/server.ts'
import { untilStored } from './queues/sending.ts'
import { bodyOf, idsOf, visitorText } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { PIXEL, type Service, startEmulator, startRelay } from './relay/processes.ts'
import { median, whole } from './relay/rounds.ts'

const [events = 40_000, rounds = 3] = process.argv.slice(2).map(Number)
const INTAKE = 100
/** Of each relay. */
const CONNECTIONS = 16
/** Brought to each before anything is measured: until then much of what it does is compiled. */
const WARM = 5_000
const COUNTS = [1, 4] as const
const MAX_CPU_RATIO = 1.2
const MAX_WAITING_SHARE = 0.05
const SAMPLE_MS = 50
const SAMPLE = `
  select count(*)::integer as busy, count(*) filter (where wait_event_type = 'Lock')::integer as waiting
  from pg_stat_activity where state = 'active' and backend_type = 'client backend' and datname = $1`

interface Took {
  readonly rate: number
  /** Of relays and server, microseconds an event. */
  readonly cpuUs: number
  readonly busy: number
  readonly waiting: number
}

const nextId = idsOf('random')
const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
const server = await startServer()
const emulator = await startEmulator()
const groups: { readonly database: string; readonly relays: readonly Service[]; readonly took: Took[] }[] = []
try {
  for (const count of COUNTS) {
    const database = `of_${count}`
    await server.admin.query(`create database ${database}`)
    const about = { endpoint: emulator.url, store: server.urlOf(database) }
    // One after the other: the first makes the schema.
    const relays: Service[] = []
    groups.push({ database, relays, took: [] })
    for (let at = 0; at < count; at++)
      relays.push(await startRelay({ ...about, dataDir: join(folder, database, String(at)) }))
    await measure(database, relays, WARM * count)
  }
  for (let round = 0; round < rounds; round++)
    for (const { database, relays, took } of groups) took.push(await measure(database, relays, events))
  process.exitCode = report() ? 0 : 1
} finally {
  for (const { relays } of groups) for (const relay of relays) await relay.stop()
  await emulator.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(database: string, relays: readonly Service[], count: number): Promise<Took> {
  const nowMs = Date.now()
  const bodies = Array.from({ length: count / INTAKE }, () =>
    bodyOf(Array.from({ length: INTAKE }, () => visitorText(nextId(), nowMs))),
  )
  const cpuSeconds = (): number => server.cpuSeconds() + relays.reduce((sum, relay) => sum + relay.cpuSeconds(), 0)
  const before = cpuSeconds()
  const sampler = sample(database)
  const rate = await untilStored(emulator.url, count, () =>
    Promise.all(
      relays.map(({ url }) =>
        postAll({
          url,
          path: `/v1/events?pid=${PIXEL}`,
          connections: CONNECTIONS,
          nextBody: () => bodies.pop(),
        }),
      ),
    ),
  )
  return { rate, cpuUs: ((cpuSeconds() - before) / count) * 1e6, ...(await sampler.stop()) }
}

function sample(database: string): { stop(): Promise<Pick<Took, 'busy' | 'waiting'>> } {
  const sums = { busy: 0, waiting: 0 }
  let isOn = true
  const sampling = (async () => {
    while (isOn) {
      const { rows } = await server.admin.query<typeof sums>(SAMPLE, [database])
      sums.busy += rows[0]!.busy
      sums.waiting += rows[0]!.waiting
      await sleep(SAMPLE_MS)
    }
  })()
  return {
    async stop() {
      isOn = false
      await sampling
      return sums
    },
  }
}

function report(): boolean {
  const cpus = groups.map(({ relays, took }) => {
    const [rate, cpuUs] = [median(took.map((each) => each.rate)), median(took.map((each) => each.cpuUs))]
    const [busy, waiting] = [sum(took.map((each) => each.busy)), sum(took.map((each) => each.waiting))]
    const share = `${waiting} of ${busy} samples waited for a lock`
    process.stdout.write(
      `${relays.length} on a hot pixel: ${whole(rate)} events/s, ${cpuUs.toFixed(0)} µs an event, ${share}\n`,
    )
    return { cpuUs, waitingShare: waiting / busy }
  })
  const [one, several] = [cpus[0]!, cpus.at(-1)!]
  const ratio = several.cpuUs / one.cpuUs
  process.stdout.write(
    `processor an event, ${COUNTS.at(-1)} relays against one: ${ratio.toFixed(2)} (ceiling ${MAX_CPU_RATIO}); waiting for a lock: ${(100 * several.waitingShare).toFixed(1)} % (ceiling ${100 * MAX_WAITING_SHARE} %)\n`,
  )
  return ratio <= MAX_CPU_RATIO && several.waitingShare <= MAX_WAITING_SHARE
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0)
}
