/**
 * Compares relays of several working copies, or one with different flags of Node, in turns within the same minutes: the speed of a
 * machine changes more between two runs than most changes of the code do. Prints medians of all but the first quarter of the rounds,
 * which warm up; the processor's time is the relay's own, all of its threads.
 *
 *   npm run compare -- singles . ../before
 *   npm run compare -- settled --rounds 20 .,--max-semi-space-size=16 .,--max-semi-space-size=64
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { bodyOf, eventText, type IdKind, idsOf } from './relay/events.ts'
import { postAll } from './relay/load.ts'
import { deliveredOf, holdPixel, PIXEL, type Service, startEmulator, startRelay } from './relay/processes.ts'
import { median, whole } from './relay/rounds.ts'

interface Work {
  readonly events: number
  readonly perBody: number
  readonly connections: number
  /** Until all is delivered, or only until it is on disk. */
  readonly isSettled: boolean
}

const WORKS: Readonly<Record<string, Work>> = {
  singles: { events: 8_000, perBody: 1, connections: 128, isSettled: false },
  bodies: { events: 30_000, perBody: 100, connections: 32, isSettled: false },
  settled: { events: 30_000, perBody: 100, connections: 16, isSettled: true },
}
/** Ticks of the kernel's clock, by which it counts a process's time. */
const TICK_MS = 10

interface Candidate {
  readonly name: string
  readonly relay: Service
  readonly rates: number[]
  readonly cpuUs: number[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '12' }, ids: { type: 'string', default: 'sequential' } },
})
const [workName = '', ...names] = positionals
const work = WORKS[workName]
if (work === undefined || names.length === 0) throw new Error(`usage: ${Object.keys(WORKS).join('|')} <folder[,flag]>…`)
const kind: IdKind = values.ids === 'random' ? 'random' : 'sequential'
const rounds = Number(values.rounds)

const folder = mkdtempSync(join(tmpdir(), 'waybill-compare-'))
const emulator = await startEmulator()
const candidates: Candidate[] = []
try {
  for (const [index, name] of names.entries()) candidates.push(await start(name, join(folder, String(index))))
  for (let round = 0; round < rounds; round++)
    for (const candidate of candidates) await measure(candidate, work, `r${round}_`)
  for (const { name, relay, rates, cpuUs } of candidates) {
    const middle = (all: readonly number[]): number => median(all.slice(Math.floor(rounds / 4)))
    const figures = `${whole(middle(rates))} events/s, ${middle(cpuUs).toFixed(1)} µs of processor each`
    process.stdout.write(`${name}: ${figures}, ${whole(relay.peakMb())} MB at most\n`)
  }
} finally {
  await Promise.all([...candidates.map(({ relay }) => relay.stop()), emulator.stop()])
  rmSync(folder, { recursive: true, force: true })
}

async function start(name: string, dataDir: string): Promise<Candidate> {
  const [root = '.', ...flags] = name.split(',')
  const relay = await startRelay({ dataDir, endpoint: emulator.url, root: resolve(root), flags })
  if (work?.isSettled === false) await holdPixel(relay)
  return { name, relay, rates: [], cpuUs: [] }
}

async function measure(
  { relay, rates, cpuUs }: Candidate,
  { events, perBody, connections, isSettled }: Work,
  prefix: string,
): Promise<void> {
  const nextId = idsOf(kind)
  const now = Date.now()
  const bodies = Array.from({ length: events / perBody }, () =>
    bodyOf(Array.from({ length: perBody }, () => eventText(prefix + nextId(), now))),
  )
  const before = isSettled ? await deliveredOf(relay) : 0
  const [usedMs, startedMs] = [processorMs(relay.pid), performance.now()]
  await postAll({ url: relay.url, path: `/v1/events?pid=${PIXEL}`, connections, nextBody: () => bodies.pop() })
  while (isSettled && (await deliveredOf(relay)) - before < events) await sleep(5)
  rates.push((events * 1_000) / (performance.now() - startedMs))
  cpuUs.push(((processorMs(relay.pid) - usedMs) * 1_000) / events)
}

/** What all threads of a process have used of the processors. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
