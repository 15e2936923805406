/**
 * The store on PostgreSQL alone: inserting, claiming and settling in batches of 1,000, against one table whose rows are updated, pg-boss
 * and graphile-worker, on one server with its defaults and in turns. One after the other is inserted; four batches at a time are claimed
 * and settled, as the relay does it for a pixel, and graphile-worker as its preset says. Peers keep no key and no account. Prints the rates, the server's
 * processor and the bytes of its log for each event; exits 1 below a floor.
 *
 *   node --conditions=waybill-source bench/postgres.ts [events] [rounds]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchServer, startServer } from './postgres/server.ts'
import { graphile, type Job, oneTable, ours, pgBoss, type Way } from './postgres/ways.ts'
import { idsOf, visitorText } from './relay/events.ts'
import { median, sayRatio, whole } from './relay/rounds.ts'

const [events = 50_000, rounds = 3] = process.argv.slice(2).map(Number)
const WAYS: Readonly<Record<string, (url: string) => Promise<Way>>> = {
  ours,
  'one table, rows updated': oneTable,
  'pg-boss, batched': pgBoss,
  'graphile-worker, one event a job': graphile(1),
  'graphile-worker, 100 events a job': graphile(100),
}
/** Of the events that were inserted, claimed and settled in a second. */
const FLOORS: Readonly<Record<string, number>> = {
  'pg-boss, batched': 2,
  'graphile-worker, one event a job': 1.5,
  'graphile-worker, 100 events a job': 0.5,
}
const MAX_CPU_SHARE = 0.8
const MAX_WAL_BYTES = 1_900

interface Took {
  readonly insertSeconds: number
  readonly finishSeconds: number
  readonly cpuSeconds: number
  readonly walBytes: number
}

const nextId = idsOf('random')
const server = await startServer()
const ways: Record<string, Way> = {}
const took: Record<string, Took[]> = {}
try {
  for (const [name, open] of Object.entries(WAYS)) {
    const database = `bench_${Object.keys(ways).length}`
    await server.admin.query(`create database ${database}`)
    ways[name] = await open(server.urlOf(database))
    took[name] = []
  }
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) took[name]!.push(await measure(server, way))
  process.exitCode = report() ? 0 : 1
} finally {
  for (const way of Object.values(ways)) await way.close().catch(() => {})
  await server.stop()
}

async function measure({ admin, cpuSeconds, walBytes }: BenchServer, way: Way): Promise<Took> {
  const jobs = Array.from({ length: events }, (): Job => {
    const id = nextId()
    return { id, text: visitorText(id, Date.now()) }
  })
  // What one way left to be written is not the next one's.
  await admin.query('checkpoint')
  await sleep(500)
  const before = { cpu: cpuSeconds(), wal: await walBytes(), atMs: performance.now() }
  await way.insert(jobs)
  const betweenMs = performance.now()
  await way.finish()
  const endMs = performance.now()
  return {
    insertSeconds: (betweenMs - before.atMs) / 1_000,
    finishSeconds: (endMs - betweenMs) / 1_000,
    cpuSeconds: cpuSeconds() - before.cpu,
    walBytes: (await walBytes()) - before.wal,
  }
}

function report(): boolean {
  const of = (name: string, value: (each: Took) => number): number => median(took[name]!.map(value))
  for (const name of Object.keys(WAYS)) {
    const rates = [of(name, (each) => events / each.insertSeconds), of(name, (each) => events / each.finishSeconds)]
    const cpu = (of(name, (each) => each.cpuSeconds) / events) * 1e6
    const wal = of(name, (each) => each.walBytes) / events
    process.stdout.write(
      `${name.padEnd(34)} insert ${whole(rates[0]!)}/s, claim and settle ${whole(rates[1]!)}/s, server ${cpu.toFixed(0)} µs an event, log ${whole(wal)} B an event\n`,
    )
  }
  const rate = (name: string): number => of(name, (each) => events / (each.insertSeconds + each.finishSeconds))
  const held = Object.entries(FLOORS).map(([name, floor]) => {
    const about = `(${whole(rate('ours'))} and ${whole(rate(name))} events/s)`
    return sayRatio(`store on PostgreSQL, against ${name}`, rate('ours') / rate(name), floor, about)
  })
  const share = of('ours', (each) => each.cpuSeconds) / of('one table, rows updated', (each) => each.cpuSeconds)
  const wal = of('ours', (each) => each.walBytes) / events
  process.stdout.write(
    `server's processor, against one table: ${share.toFixed(2)} (ceiling ${MAX_CPU_SHARE}); log ${whole(wal)} B an event (ceiling ${MAX_WAL_BYTES})\n`,
  )
  return held.every(Boolean) && share <= MAX_CPU_SHARE && wal <= MAX_WAL_BYTES
}
