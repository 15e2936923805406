/**
 * `npm run crash:relays -- --seconds 120 --kills 10 --pauses 3`: three relays on one PostgreSQL take and deliver events of several pixels while
 * any of them is killed, or stopped for twice the length of its claim and continued. Nothing may be lost, nothing sent more often than there were
 * uncertain answers, and no relay may begin a request of a pixel that another one has. Exits 1 with what does not hold.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEmulator, type Emulator } from '@waybill/emulator'
import { makeEmptyDatabase } from '../packages/relay/src/postgres-database.helpers.ts'
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import { untilDrained } from './draining.ts'
import { type RelayProcess, type RelayProcessOptions, startRelayProcess } from './relay-process.ts'
import { type Disturbed, judge, slowestTakeOverMs } from './relays/judge.ts'
import { startWitness } from './relays/witness.ts'
import { report } from './report.ts'

export interface RelaysTestOptions {
  readonly relays: number
  readonly pixels: number
  readonly seconds: number
  readonly kills: number
  readonly pauses: number
  readonly seed: number
}

export interface RelaysTestResult {
  readonly acknowledged: number
  readonly requests: number
  readonly sentAgain: number
  readonly kills: number
  readonly pauses: number
  readonly slowestTakeOverMs: number
  readonly problems: readonly string[]
}

/** Twice what a claim lasts. */
const PAUSE_MS = 20_000
const WRITERS = 3
const EVENTS_PER_POST = 10
const BETWEEN_POSTS_MS = 60

export interface Relay {
  readonly folder: string
  readonly at: number
  lives: number
  key: string
  life: Promise<RelayProcess> | undefined
  isPaused: boolean
}

export async function relaysTest(options: RelaysTestOptions): Promise<RelaysTestResult> {
  const database = await makeEmptyDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'waybill-relays-'))
  const emulator = createEmulator()
  const witness = await startWitness(emulator)
  const pixels = Array.from({ length: options.pixels }, (_, at) => `pixel_${at}`)
  writeFileSync(join(folder, 'url'), database.url, { mode: 0o600 })
  const begin = (relay: Relay): Promise<RelayProcess> => beginLife(relay, { folder, pixels, endpoint: witness.url })
  const relays: Relay[] = []
  try {
    for (let at = 0; at < options.relays; at++) {
      const relay = makeRelay(folder, at)
      relays.push(relay)
      await begin(relay)
    }
    const { acknowledged, disturbed } = await disturb({ ...options, relays, begin }, pixels)
    await drained(emulator, acknowledged)
    const stored = new Map(emulator.events().map(({ event, received }) => [event.id, received]))
    const evidence = { seen: witness.seen, disturbed, acknowledged, stored }
    return {
      acknowledged: acknowledged.size,
      requests: witness.seen.length,
      sentAgain: [...stored.values()].reduce((sum, times) => sum + times - 1, 0),
      kills: disturbed.filter(({ how }) => how === 'killed').length,
      pauses: disturbed.filter(({ how }) => how === 'stopped').length,
      slowestTakeOverMs: Math.round(slowestTakeOverMs(evidence)),
      problems: judge(evidence),
    }
  } finally {
    for (const relay of relays) (await relay.life?.catch(() => undefined))?.process.kill('SIGKILL')
    await witness.close()
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One that has not begun yet, with a folder of its own. */
export function makeRelay(folder: string, at: number): Relay {
  const relay: Relay = {
    folder: join(folder, `relay-${at}`),
    at,
    lives: 0,
    key: '',
    isPaused: false,
    life: undefined,
  }
  mkdirSync(relay.folder)
  return relay
}

export interface LifeOptions extends Pick<RelayProcessOptions, 'endpoint' | 'program'> {
  readonly folder: string
  readonly pixels: readonly string[]
}

/** Starts it with a key that no life had before. The file `url` of `folder` names its store. */
export function beginLife(relay: Relay, { folder, pixels, ...about }: LifeOptions): Promise<RelayProcess> {
  relay.lives += 1
  relay.key = `relay-${relay.at}-life-${relay.lives}`
  const config = join(relay.folder, 'waybill.config.json')
  const each = pixels.map((pixelId) => ({ pixelId, apiKeyEnv: 'RELAY_KEY' }))
  writeFileSync(config, JSON.stringify({ pixels: each, storeUrlFile: join(folder, 'url') }), { mode: 0o600 })
  const env = { WAYBILL_CONFIG: config, WAYBILL_PIXEL_ID: '', WAYBILL_API_KEY: '', RELAY_KEY: relay.key }
  const life = startRelayProcess({ ...about, folder: join(relay.folder, 'data'), env })
  relay.life = life
  return life
}

interface DisturbOptions extends Pick<RelaysTestOptions, 'seconds' | 'kills' | 'pauses' | 'seed'> {
  readonly relays: readonly Relay[]
  readonly begin: (relay: Relay) => Promise<RelayProcess>
}

/** Writes for so long, while relays are killed and stopped. */
async function disturb(
  { relays, begin, seconds, kills, pauses, seed }: DisturbOptions,
  pixels: readonly string[],
): Promise<{ readonly acknowledged: ReadonlySet<string>; readonly disturbed: readonly Disturbed[] }> {
  const random = seededRandom(seed)
  const acknowledged = new Set<string>()
  const disturbed: Disturbed[] = []
  let isWriting = true
  const about = { relays, pixels, acknowledged, isWriting: () => isWriting, random }
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, at) => write({ ...about, at })))
  const ends = performance.now() + seconds * 1_000
  await Promise.all([
    killNowAndThen({ relays, kills, ends, random, disturbed, begin }),
    pauseNowAndThen({ relays, pauses, ends, random, disturbed }),
  ])
  while (performance.now() < ends) await sleep(200)
  isWriting = false
  await writing
  return { acknowledged, disturbed }
}

interface Disturbing {
  readonly relays: readonly Relay[]
  readonly ends: number
  readonly random: () => number
  readonly disturbed: Disturbed[]
}

async function killNowAndThen({
  relays,
  kills,
  ends,
  random,
  disturbed,
  begin,
}: Disturbing & { kills: number; begin: (relay: Relay) => Promise<RelayProcess> }): Promise<void> {
  const everyMs = (ends - performance.now()) / Math.max(1, kills)
  for (let kill = 0; kill < kills; kill++) {
    await sleep(everyMs * (0.5 + random()))
    const relay = relays.filter(({ isPaused }) => !isPaused)[Math.floor(random() * relays.length)]
    if (relay === undefined) continue
    const { process, ended } = (await relay.life)!
    disturbed.push({ relay: relay.key, how: 'killed', atMs: performance.now() })
    process.kill('SIGKILL')
    await ended
    await begin(relay)
  }
}

async function pauseNowAndThen({
  relays,
  pauses,
  ends,
  random,
  disturbed,
}: Disturbing & { pauses: number }): Promise<void> {
  const everyMs = (ends - performance.now()) / Math.max(1, pauses)
  for (let pause = 0; pause < pauses; pause++) {
    await sleep(Math.max(0, everyMs * (0.5 + random()) - PAUSE_MS))
    const relay = relays[Math.floor(random() * relays.length)]!
    const { process } = (await relay.life)!
    relay.isPaused = true
    disturbed.push({ relay: relay.key, how: 'stopped', atMs: performance.now() })
    process.kill('SIGSTOP')
    await sleep(PAUSE_MS)
    process.kill('SIGCONT')
    relay.isPaused = false
  }
}

export interface Writing {
  readonly relays: readonly Relay[]
  readonly pixels: readonly string[]
  readonly at: number
  readonly acknowledged: Set<string>
  readonly isWriting: () => boolean
  readonly random: () => number
}

/** Brings each post until some relay has taken it, as a client with retries does. */
export async function write({ relays, pixels, at, acknowledged, isWriting, random }: Writing): Promise<void> {
  for (let post = 0; isWriting(); post++) {
    const pixel = pixels[Math.floor(random() * pixels.length)]!
    const events = eventsOf(at, post)
    while (!(await isTaken(relays[Math.floor(random() * relays.length)]!, pixel, events))) await sleep(100)
    for (const { id } of events) acknowledged.add(id)
    await sleep(BETWEEN_POSTS_MS)
  }
}

/** What a writer brings with one of its posts. */
export function eventsOf(writer: number, post: number): { readonly id: string }[] {
  return Array.from({ length: EVENTS_PER_POST }, (_, index) => ({
    id: `event_${writer}_${post}_${index}`,
    type: 'order_created',
    timestamp_ms: Date.now(),
    data: { type: 'contents', amount: 100, currency: 'USD' },
  }))
}

async function isTaken(relay: Relay, pixel: string, events: readonly object[]): Promise<boolean> {
  if (relay.isPaused) return false
  try {
    const { url } = (await relay.life)!
    const answer = await fetch(`${url}/v1/events?pid=${pixel}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
      signal: AbortSignal.timeout(10_000),
    })
    await answer.text()
    return answer.status === 200
  } catch {
    return false
  }
}

/** Waits until what was acknowledged is stored, for as long as it becomes more. */
export async function drained(emulator: Emulator, acknowledged: ReadonlySet<string>): Promise<void> {
  await untilDrained({
    left() {
      const stored = new Set(emulator.events().map(({ event }) => event.id))
      return [...acknowledged].filter((id) => !stored.has(id)).length
    },
  })
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      relays: { type: 'string', default: '3' },
      pixels: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '120' },
      kills: { type: 'string', default: '8' },
      pauses: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
    },
  })
  const number = (name: keyof typeof values): number => Number(values[name])
  const result = await relaysTest({
    relays: number('relays'),
    pixels: number('pixels'),
    seconds: number('seconds'),
    kills: number('kills'),
    pauses: number('pauses'),
    seed: number('seed'),
  })
  await report(result)
}
