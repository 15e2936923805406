/**
 * What the page costs the relay, on a store of many accounts: `/healthz` beside each read, and intake with delivery while ten tabs look at
 * Today and two at lists, as a share of that with none, at the highest rate and at 0.7 of it; both take turns. Tabs are a program that makes
 * the page's own requests. The wall clocks of relay and emulator begin where the store ends.
 *
 *   npm run bench -- page                          200,000 accounts
 *   node --conditions=waybill-source bench/page.ts --store /tmp/seeded     a store that bench/reads.ts made
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openSqliteStore } from '@waybill/relay/store/sqlite'
import { SEEDED_DAYS, SEEDED_PIXELS, SEEDED_UNTIL_MS, seedStore } from './reads/seed.ts'
import { openTabs, READS } from './reads/tabs.ts'
import { bodyOf, eventText, idsOf } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { deliveredOf, PIXEL, type Service, startEmulator, startRelay, startRole } from './relay/processes.ts'
import { median, sayRatio, whole } from './relay/rounds.ts'

const FILE = fileURLToPath(import.meta.url)
const ROUNDS = 3
const EVENTS = 60_000
const BODY_EVENTS = 100
const CONNECTIONS = 16
const PACED_SECONDS = 8
const FLOOR = 0.95
const HEALTH_CEILING_MS = 20
const SAMPLES = 300
const QUIET_MS = 5
const QUIET_TRIES = 20
/** Behind all that the store has. */
const START_MS = SEEDED_UNTIL_MS + 60_000
const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '200000' }, store: { type: 'string' } },
  allowPositionals: true,
})
const begunMs = performance.now()
const clock = (): number => START_MS + performance.now() - begunMs
let run = 0

if (process.argv[2] === 'tabs') openTabs(process.argv[3]!, clock)
else await bench()

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'))
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  const path = join(dataDir, 'waybill.db')
  if (values.store === undefined) await seed(path)
  else copyFileSync(join(values.store, 'waybill.db'), path)
  const emulator = await startEmulator(START_MS)
  const relay = await startRelay({ dataDir, endpoint: emulator.url, clockMs: START_MS })
  try {
    await rateOf(relay, 10_000)
    await untilQuiet(relay)
    const held = [await besideReads(relay), ...(await withTabs(relay))]
    process.exitCode = held.every(Boolean) ? 0 : 1
  } finally {
    await Promise.all([relay.stop(), emulator.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function seed(path: string): Promise<void> {
  const store = await openSqliteStore({ path, outlives: 'process' })
  const about = { pixels: SEEDED_PIXELS, days: SEEDED_DAYS, endMs: SEEDED_UNTIL_MS, seed: 7 }
  await seedStore(store, { ...about, accounts: Number(values.accounts) })
  await store.close()
}

/** Each read again and again, and `/healthz` meanwhile. */
async function besideReads(relay: Service): Promise<boolean> {
  let worst = { ms: 0, path: '' }
  for (const path of READS(clock())) {
    let isOn = true
    const reading = (async () => {
      while (isOn) await (await fetch(relay.url + path)).arrayBuffer()
    })()
    const ms = await healthMs(relay)
    isOn = false
    await reading
    process.stdout.write(`${ms.toFixed(1).padStart(8)} ms  /healthz beside ${path.replace(/\?.*/, '')}\n`)
    if (ms > worst.ms) worst = { ms, path }
  }
  const about = `${worst.ms.toFixed(1)} ms at the 99th percentile (${worst.path}), at most ${HEALTH_CEILING_MS}`
  process.stdout.write(`/healthz beside any read: ${about}\n`)
  return worst.ms <= HEALTH_CEILING_MS
}

/** How long `/healthz` takes, at the 99th percentile. */
async function healthMs(relay: Service): Promise<number> {
  const times: number[] = []
  while (times.length < SAMPLES) {
    const startedMs = performance.now()
    await (await fetch(`${relay.url}/healthz`)).arrayBuffer()
    times.push(performance.now() - startedMs)
    await sleep(5)
  }
  return times.sort((a, b) => a - b)[Math.ceil(SAMPLES * 0.99) - 1]!
}

/** What a start has to catch up with is over when nobody waits for it any more. */
async function untilQuiet(relay: Service): Promise<void> {
  for (let tries = 0; tries < QUIET_TRIES && (await healthMs(relay)) > QUIET_MS; tries++);
}

interface Round {
  readonly none: number
  readonly tabs: number
}

async function withTabs(relay: Service): Promise<boolean[]> {
  const highest = await rounds(relay, () => rateOf(relay, EVENTS))
  const most = median(highest.map(({ none }) => none))
  const paced = await rounds(relay, () => rateOf(relay, Math.round(0.7 * most * PACED_SECONDS), 0.7 * most))
  return [say('at the highest rate', highest), say('at 0.7 of it', paced)]
}

async function rounds(relay: Service, measure: () => Promise<number>): Promise<Round[]> {
  const found: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const none = await measure()
    const tabs = await startRole(FILE, 'tabs', relay.url)
    const beside = await measure()
    await tabs.stop()
    found.push({ none, tabs: beside })
  }
  return found
}

function say(what: string, found: readonly Round[]): boolean {
  const [none, tabs] = [median(found.map((one) => one.none)), median(found.map((one) => one.tabs))]
  const ratio = median(found.map((one) => one.tabs / one.none))
  return sayRatio(
    `intake and delivery with 12 tabs, ${what}`,
    ratio,
    FLOOR,
    `of none: ${whole(tabs)} of ${whole(none)}/s`,
  )
}

/** From the first event brought to the last one delivered; `perSecond`: brought no faster. */
async function rateOf(relay: Service, events: number, perSecond: number = Number.POSITIVE_INFINITY): Promise<number> {
  const nextId = idsOf('random')
  const prefix = `p${run++}_`
  const bodies = Array.from({ length: Math.ceil(events / BODY_EVENTS) }, () =>
    bodyOf(Array.from({ length: BODY_EVENTS }, () => eventText(prefix + nextId(), Math.floor(clock()) - 60_000))),
  )
  const before = await deliveredOf(relay)
  const count = bodies.length * BODY_EVENTS
  const startedMs = performance.now()
  const path = `/v1/events?pid=${PIXEL}`
  if (perSecond === Number.POSITIVE_INFINITY)
    await postAll({ url: relay.url, path, connections: CONNECTIONS, nextBody: () => bodies.pop() })
  else await postPaced(relay, path, bodies, perSecond)
  while ((await deliveredOf(relay)) - before < count) await sleep(50)
  return count / ((performance.now() - startedMs) / 1_000)
}

async function postPaced(relay: Service, path: string, bodies: string[], perSecond: number): Promise<void> {
  const startedMs = performance.now()
  for (let sent = 0; bodies.length > 0; ) {
    const due = Math.ceil((((performance.now() - startedMs + 100) / 1_000) * perSecond) / BODY_EVENTS)
    const some = bodies.splice(-Math.max(1, due - sent))
    sent += some.length
    await postAll({ url: relay.url, path, connections: 4, nextBody: () => some.pop() })
    const aheadMs = ((sent * BODY_EVENTS) / perSecond) * 1_000 - (performance.now() - startedMs)
    if (aheadMs > 0) await sleep(aheadMs)
  }
}
