/**
 * What the relay takes in a second, answered when it is on disk: bodies of 100 events as a share of a bare SQLite group commit of the
 * same rows, and bodies of one event as a share of a fastify handler that only parses. Delivery is on hold meanwhile. The relay, the
 * handler and the load are processes of their own; medians of three rounds that take turns. About a minute.
 *
 *   npm run bench -- relay-intake
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fastify } from 'fastify'
import { Bare, bareEvents } from './relay/bare.ts'
import { bodyOf, eventText, type IdKind, idsOf } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { holdPixel, PIXEL, type Service, startEmulator, startRelay, startRole } from './relay/processes.ts'
import { median, sayPeak, sayRatio, whole } from './relay/rounds.ts'

const FILE = fileURLToPath(import.meta.url)
const ROUNDS = 3
const BODY_EVENTS = 100
const BATCHED_EVENTS = 100_000
const BATCH_CONNECTIONS = 32
const SINGLE_EVENTS = 20_000
const SINGLE_CONNECTIONS = 128
const FLOOR = 0.5
let run = 0

if (process.argv[2] === 'plain') await servePlain()
else await bench()

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  const emulator = await startEmulator()
  const relay = await startRelay({ dataDir: join(folder, 'data'), endpoint: emulator.url })
  const plain = await startRole(FILE, 'plain')
  try {
    await holdPixel(relay)
    const held = [
      await batched(relay, folder, 'sequential'),
      await batched(relay, folder, 'random'),
      await singles(relay, plain),
      sayPeak('intake', relay.peakMb()),
    ]
    process.exitCode = held.every(Boolean) ? 0 : 1
  } finally {
    await Promise.all([relay.stop(), emulator.stop(), plain.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function batched(relay: Service, folder: string, kind: IdKind): Promise<boolean> {
  const rates: { ours: number; bare: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bare = bareRate(join(folder, `bare-${kind}-${round}.db`), kind)
    rates.push({ ours: await rateOf(relay, BATCHED_EVENTS, BODY_EVENTS, BATCH_CONNECTIONS, kind), bare })
  }
  const ours = median(rates.map((one) => one.ours))
  const bare = median(rates.map((one) => one.bare))
  const about = `of a bare group commit: ${whole(ours)} of ${whole(bare)} events/s`
  return sayRatio(`intake, bodies of ${BODY_EVENTS}, ${kind} ids`, ours / bare, FLOOR, about)
}

async function singles(relay: Service, plain: Service): Promise<boolean> {
  const rates: { ours: number; parsed: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = await rateOf(plain, SINGLE_EVENTS, 1, SINGLE_CONNECTIONS, 'sequential')
    rates.push({ ours: await rateOf(relay, SINGLE_EVENTS, 1, SINGLE_CONNECTIONS, 'sequential', `s${round}_`), parsed })
  }
  const ours = median(rates.map((one) => one.ours))
  const parsed = median(rates.map((one) => one.parsed))
  const about = `of a handler that only parses: ${whole(ours)} of ${whole(parsed)} posts/s`
  return sayRatio('intake, single events', ours / parsed, FLOOR, about)
}

/** The rows of as many bodies share a commit as there are connections. */
function bareRate(path: string, kind: IdKind): number {
  const bare = new Bare(path)
  const nextId = idsOf(kind)
  const groups = BATCHED_EVENTS / (BODY_EVENTS * BATCH_CONNECTIONS)
  const made = Array.from({ length: groups }, () => bareEvents(BODY_EVENTS * BATCH_CONNECTIONS, nextId, Date.now()))
  const startedMs = performance.now()
  for (const events of made) bare.insert(events)
  const seconds = (performance.now() - startedMs) / 1_000
  bare.close()
  return (groups * BODY_EVENTS * BATCH_CONNECTIONS) / seconds
}

async function rateOf(
  service: Service,
  events: number,
  perBody: number,
  connections: number,
  kind: IdKind,
  prefix: string = `r${run++}_`,
): Promise<number> {
  const nextId = idsOf(kind)
  const now = Date.now()
  const bodies = Array.from({ length: events / perBody }, () =>
    bodyOf(Array.from({ length: perBody }, () => eventText(prefix + nextId(), now))),
  )
  const path = `/v1/events?pid=${PIXEL}`
  return events / (await postAll({ url: service.url, path, connections, nextBody: () => bodies.pop() }))
}

async function servePlain(): Promise<void> {
  const app = fastify()
  app.post('/v1/events', async ({ body }) => ({ accepted_events: (body as { events: unknown[] }).events.length }))
  process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
}
