/**
 * `npm run crash:upgrade -- --relays 3 --seconds 10`: relays on one PostgreSQL take and deliver events of several pixels while one after the other is
 * stopped in order and started again as the next version, whose first start changes the schema. Clients go to another relay where one refuses.
 * Every request must have an answer of some relay, everything acknowledged must be delivered, once, and the older relays must go on
 * meanwhile. Exits 1 with what does not hold.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createEmulator } from '@waybill/emulator'
import { makeEmptyDatabase } from '../packages/relay/src/postgres-database.helpers.ts'
import type { RelayProcess } from './relay-process.ts'
import { startWitness, type Witness } from './relays/witness.ts'
import { beginLife, drained, eventsOf, makeRelay, type Relay } from './relays.ts'
import { report } from './report.ts'
import { type Answers, askBalanced } from './upgrade/balanced.ts'

export interface UpgradeTestOptions {
  readonly relays: number
  readonly pixels: number
  /** Before the first, between two, and after the last. */
  readonly seconds: number
  /** How each is ended: SIGTERM unless it is to be done wrongly. */
  readonly signal?: 'SIGTERM' | 'SIGKILL'
}

export interface UpgradeTestResult {
  readonly acknowledged: number
  readonly byStatus: Readonly<Record<number, number>>
  /** Requests that went on to another relay. */
  readonly moved: number
  /** Requests that relays of the older version sent after the schema had changed. */
  readonly olderSentAfter: number
  readonly problems: readonly string[]
}

const NEXT_VERSION = fileURLToPath(new URL('upgrade/next-version.ts', import.meta.url))
const WRITERS = 3
const BETWEEN_POSTS_MS = 60
const AGAIN_AFTER_MS = 100

export async function upgradeTest({
  relays: count,
  pixels: pixelCount,
  seconds,
  signal = 'SIGTERM',
}: UpgradeTestOptions): Promise<UpgradeTestResult> {
  const database = await makeEmptyDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'waybill-upgrade-'))
  const emulator = createEmulator()
  const witness = await startWitness(emulator)
  const pixels = Array.from({ length: pixelCount }, (_, at) => `pixel_${at}`)
  writeFileSync(join(folder, 'url'), database.url, { mode: 0o600 })
  const relays = Array.from({ length: count }, (_, at) => makeRelay(folder, at))
  const begin = (relay: Relay, program?: string): Promise<RelayProcess> =>
    beginLife(relay, { folder, pixels, endpoint: witness.url, ...(program !== undefined && { program }) })
  let load: Load | undefined
  try {
    const lives = await Promise.all(relays.map((relay) => begin(relay)))
    const addresses = lives.map(({ url }) => url)
    load = startLoad(addresses, pixels)
    const ends = await replaceEach({ relays, addresses, seconds, signal, begin })
    await load.stop()
    await drained(emulator, load.acknowledged)
    const stored = new Map(emulator.events().map(({ event, received }) => [event.id, received]))
    const olderSentAfter = olderSince(witness, relays, ends.changedMs)
    return {
      acknowledged: load.acknowledged.size,
      byStatus: Object.fromEntries(load.answers.byStatus),
      moved: load.answers.moved,
      olderSentAfter,
      problems: judge({ ...load, stored, codes: ends.codes, olderSentAfter }),
    }
  } finally {
    await load?.stop()
    for (const relay of relays) (await relay.life?.catch(() => undefined))?.process.kill('SIGKILL')
    await witness.close()
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Load {
  readonly acknowledged: ReadonlySet<string>
  readonly answers: Answers
  stop(): Promise<void>
}

/** Writers that bring each post until it is taken. */
function startLoad(addresses: readonly string[], pixels: readonly string[]): Load {
  const acknowledged = new Set<string>()
  const answers: Answers = { byStatus: new Map(), moved: 0, unanswered: 0 }
  let isWriting = true
  const write = async (writer: number): Promise<void> => {
    for (let post = 0; isWriting; post++) {
      const events = eventsOf(writer, post)
      const path = `/v1/events?pid=${pixels[post % pixels.length]}`
      const request = { first: writer + post, path, body: JSON.stringify({ events }) }
      let status: number | undefined
      while (isWriting && status !== 200) {
        status = await askBalanced(addresses, request, answers)
        if (status !== 200) await sleep(AGAIN_AFTER_MS)
      }
      if (status === 200) for (const { id } of events) acknowledged.add(id)
      await sleep(BETWEEN_POSTS_MS)
    }
  }
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  return {
    acknowledged,
    answers,
    async stop() {
      isWriting = false
      await writing
    },
  }
}

interface Replacing extends Required<Pick<UpgradeTestOptions, 'seconds' | 'signal'>> {
  readonly relays: readonly Relay[]
  readonly addresses: string[]
  readonly begin: (relay: Relay, program?: string) => Promise<RelayProcess>
}

interface Ends {
  /** How the older relays ended. */
  readonly codes: readonly (number | string | null)[]
  /** When the first of the next version listened, and so had changed the schema. */
  readonly changedMs: number
}

async function replaceEach({ relays, addresses, seconds, signal, begin }: Replacing): Promise<Ends> {
  const codes: (number | string | null)[] = []
  let changedMs = Number.POSITIVE_INFINITY
  for (const relay of relays) {
    await sleep(seconds * 1_000)
    const { process, ended } = (await relay.life)!
    process.kill(signal)
    codes.push(await ended)
    addresses[relay.at] = (await begin(relay, NEXT_VERSION)).url
    changedMs = Math.min(changedMs, performance.now())
  }
  await sleep(seconds * 1_000)
  return { codes, changedMs }
}

/** The first life of each relay is of the older version. */
function olderSince({ seen }: Witness, relays: readonly Relay[], sinceMs: number): number {
  const older = new Set(relays.map(({ at }) => `relay-${at}-life-1`))
  return seen.filter(({ relay, begunMs }) => older.has(relay) && begunMs > sinceMs).length
}

interface Evidence extends Pick<Load, 'acknowledged' | 'answers'>, Pick<Ends, 'codes'> {
  /** How often the API counted each id. */
  readonly stored: ReadonlyMap<string, number>
  readonly olderSentAfter: number
}

function judge({ acknowledged, answers, stored, codes, olderSentAfter }: Evidence): string[] {
  const lost = [...acknowledged].filter((id) => !stored.has(id))
  const again = [...stored].filter(([, times]) => times > 1)
  const strange = [...answers.byStatus.keys()].filter((status) => ![200, 429, 503].includes(status))
  return [
    ...(answers.unanswered > 0 ? [`${answers.unanswered} requests had no answer of any relay`] : []),
    ...strange.map((status) => `a request was answered ${status}`),
    ...(lost.length > 0 ? [`${lost.length} acknowledged events were never stored, such as ${lost[0]}`] : []),
    ...(again.length > 0 ? [`${again.length} events were sent more than once, such as ${again[0]?.[0]}`] : []),
    ...codes.filter((code) => code !== 0).map((code) => `an older relay ended with ${code}`),
    ...(olderSentAfter === 0 ? ['no older relay sent anything once the schema had changed'] : []),
  ]
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      relays: { type: 'string', default: '3' },
      pixels: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '10' },
    },
  })
  const { relays, pixels, seconds } = values
  const result = await upgradeTest({ relays: Number(relays), pixels: Number(pixels), seconds: Number(seconds) })
  await report(result)
}
