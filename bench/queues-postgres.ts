/**
 * From intake to delivery with all on one PostgreSQL: the relay beside services that do the same with a job queue (events come in over HTTP
 * in bodies of 100, are checked, have a key that is kept, and are sent by workers). Each is one process; they take turns. PostgreSQL runs
 * with its defaults. Floors are promised. About two minutes.
 *
 *   node --conditions=waybill-source bench/queues-postgres.ts [events] [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from './postgres/server.ts'
import { untilStored } from './queues/sending.ts'
import { QUEUES, SERVICE } from './queues/service.ts'
import { bodyOf, idsOf, visitorText } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { PIXEL, type Service, startEmulator, startRelay, startRole } from './relay/processes.ts'
import { median, sayRatio, whole } from './relay/rounds.ts'

const [events = 40_000, rounds = 3] = process.argv.slice(2).map(Number)
const INTAKE = 100
const CONNECTIONS = 16
const FLOORS: Readonly<Record<(typeof QUEUES)[number], number>> = { 'pg-boss': 1.5, 'graphile-worker': 0.8 }

const nextId = idsOf('random')
const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
const server = await startServer()
const emulator = await startEmulator()
const services: Record<string, Service> = {}
try {
  const urls = await Promise.all(['relay', ...QUEUES].map((name) => makeDatabase(name)))
  services['relay'] = await startRelay({ dataDir: join(folder, 'data'), endpoint: emulator.url, store: urls[0]! })
  for (const [at, queue] of QUEUES.entries())
    services[queue] = await startRole(SERVICE, queue, urls[at + 1]!, emulator.url)
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(services).map((name) => [name, []]))
  // What is started for the first event is not measured.
  for (const { url } of Object.values(services)) await rateOf(url, INTAKE)
  for (let round = 0; round < rounds; round++)
    for (const [name, { url }] of Object.entries(services)) rates[name]!.push(await rateOf(url, events))
  const ours = median(rates['relay']!)
  const held = QUEUES.map((queue) => {
    const theirs = median(rates[queue]!)
    const about = `(${whole(ours)} and ${whole(theirs)} events/s)`
    return sayRatio(`intake to delivery on PostgreSQL, against ${queue}`, ours / theirs, FLOORS[queue], about)
  })
  process.exitCode = held.every(Boolean) ? 0 : 1
} finally {
  for (const service of Object.values(services)) await service.stop()
  await emulator.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function makeDatabase(name: string): Promise<string> {
  await server.admin.query(`create database "${name}"`)
  return server.urlOf(name)
}

function rateOf(url: string, count: number): Promise<number> {
  const nowMs = Date.now()
  const bodies = Array.from({ length: count / INTAKE }, () =>
    bodyOf(Array.from({ length: INTAKE }, () => visitorText(nextId(), nowMs))),
  )
  return untilStored(emulator.url, count, () =>
    postAll({ url, path: `/v1/events?pid=${PIXEL}`, connections: CONNECTIONS, nextBody: () => bodies.pop() }),
  )
}
