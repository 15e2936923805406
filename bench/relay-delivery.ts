/**
 * From intake to settled delivery, sustained: the relay, with the emulator behind it, as a share of a bare loop that inserts, claims and
 * settles the same rows and sends nothing. Then how much slower it delivers with many events waiting than with few. About two minutes;
 * `--waiting 5000000` for the long form, which fills the disk with some 4 GB for a while.
 *
 *   npm run bench -- relay-delivery
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { keptForm } from '@waybill/relay/engine'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import { Bare, bareEvents } from './relay/bare.ts'
import { bodyOf, eventText, type IdKind, idsOf } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { deliveredOf, PIXEL, type Service, startEmulator, startRelay } from './relay/processes.ts'
import { median, sayPeak, sayRatio, whole } from './relay/rounds.ts'

const ROUNDS = 3
/** The first ones warm up. */
const SUSTAINED_ROUNDS = 5
const EVENTS = 100_000
const CONNECTIONS = 16
const FEW = 50_000
const MEASURED = 40_000

const { values } = parseArgs({ options: { waiting: { type: 'string', default: '500000' } } })
const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
const emulator = await startEmulator()
try {
  const held = [await sustained('sequential'), await sustained('random'), await withWaiting(Number(values.waiting))]
  process.exitCode = held.every(Boolean) ? 0 : 1
} finally {
  await emulator.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function sustained(kind: IdKind): Promise<boolean> {
  const relay = await startRelay({ dataDir: join(folder, `data-${kind}`), endpoint: emulator.url })
  const rates: { ours: number; bare: number }[] = []
  for (let round = 0; round < SUSTAINED_ROUNDS; round++) {
    const bare = bareLoop(join(folder, `bare-${kind}-${round}.db`), kind)
    rates.push({ ours: await settledRate(relay, kind, `${kind}${round}_`), bare })
  }
  const peakMb = relay.peakMb()
  await relay.stop()
  const ours = median(rates.map((one) => one.ours))
  const bare = median(rates.map((one) => one.bare))
  const about = `of a bare insert-claim-settle loop: ${whole(ours)} of ${whole(bare)} events/s`
  const isFast = sayRatio(`intake to settled, ${kind} ids`, ours / bare, 0.5, about)
  return sayPeak('intake to settled', peakMb) && isFast
}

function bareLoop(path: string, kind: IdKind): number {
  const bare = new Bare(path)
  const nextId = idsOf(kind)
  const made = Array.from({ length: EVENTS / 1_000 }, () => bareEvents(1_000, nextId, Date.now()))
  const startedMs = performance.now()
  for (const events of made) {
    bare.insert(events)
    bare.settleNext()
  }
  const seconds = (performance.now() - startedMs) / 1_000
  bare.close()
  return EVENTS / seconds
}

async function settledRate(relay: Service, kind: IdKind, prefix: string): Promise<number> {
  const nextId = idsOf(kind)
  const now = Date.now()
  const bodies = Array.from({ length: EVENTS / 100 }, () =>
    bodyOf(Array.from({ length: 100 }, () => eventText(prefix + nextId(), now))),
  )
  const before = await deliveredOf(relay)
  const startedMs = performance.now()
  await postAll({
    url: relay.url,
    path: `/v1/events?pid=${PIXEL}`,
    connections: CONNECTIONS,
    nextBody: () => bodies.pop(),
  })
  while ((await deliveredOf(relay)) - before < EVENTS) await sleep(20)
  return EVENTS / ((performance.now() - startedMs) / 1_000)
}

/** The same number of deliveries from a store with few and with many events waiting, in turns. */
async function withWaiting(many: number): Promise<boolean> {
  const stores = { few: join(folder, 'few'), many: join(folder, 'many') }
  await fill(stores.few, FEW)
  await fill(stores.many, many)
  const rates: { few: number; many: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // The many stay many; the few are those of the first round again.
    const copy = join(folder, `few-${round}`)
    cpSync(stores.few, copy, { recursive: true })
    rates.push({ few: await drainRate(copy, FEW), many: await drainRate(stores.many, many) })
    rmSync(copy, { recursive: true })
  }
  const few = median(rates.map((one) => one.few))
  const full = median(rates.map((one) => one.many))
  const about = `of that with ${whole(FEW)}: ${whole(full)} of ${whole(few)} events/s`
  return sayRatio(`delivery with ${whole(many)} waiting`, full / few, 0.9, about)
}

async function drainRate(dataDir: string, waiting: number): Promise<number> {
  const relay = await startRelay({ dataDir, endpoint: emulator.url })
  const before = await deliveredOf(relay)
  // The first request is a preflight, and caches are cold.
  const from = before + Math.min(5_000, FEW - MEASURED)
  while ((await deliveredOf(relay)) < from) await sleep(2)
  const begunAt = await deliveredOf(relay)
  const startedMs = performance.now()
  let now = begunAt
  while (now < begunAt + MEASURED && now - before < FEW) {
    await sleep(5)
    now = await deliveredOf(relay)
  }
  const rate = (now - begunAt) / ((performance.now() - startedMs) / 1_000)
  const isSmall = sayPeak(`${whole(waiting)} waiting`, relay.peakMb())
  await relay.stop()
  if (!isSmall) process.exitCode = 1
  return rate
}

/** Through the store itself: over HTTP it would take as long as all else. */
async function fill(dataDir: string, count: number): Promise<void> {
  mkdirSync(dataDir, { mode: 0o700 })
  const store = await openSqliteStore({ path: join(dataDir, 'waybill.db') })
  const nextId = idsOf('random')
  const now = Date.now()
  for (let done = 0; done < count; done += 10_000) {
    const events = Array.from({ length: Math.min(10_000, count - done) }, (_, index) => {
      const kept = keptForm(JSON.parse(eventText(nextId(), now - ((done + index) % 86_400) * 1_000)), [], now)
      return { ...kept, pixel: PIXEL, source: 'bench' }
    })
    await store.accept(events, now)
    if (process.stderr.isTTY && done % 100_000 === 0) process.stderr.write(`filled ${whole(done)} of ${whole(count)}\r`)
  }
  await store.close()
}
