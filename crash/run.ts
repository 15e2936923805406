/**
 * `npm run crash -- --kills 50 [--seed 1]`: the real relay under load against the emulator with faults, killed with SIGKILL at named
 * points (`points.ts`) and at random moments by turns, and started again on the same data, until every acknowledged event is
 * accounted for. Exits 1 with what does not hold.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createEmulator } from '@waybill/emulator'
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'
import { type Accounted, account, type Ledger, missingOf, statusOf } from './account.ts'
import { untilDrained } from './draining.ts'
import { BAD, load } from './load.ts'
import { POINTS, type Point } from './points.ts'
import { processorWaitMs } from './processor-wait.ts'
import { startRecorder } from './recorder.ts'
import { type RelayProcess, startRelayProcess } from './relay-process.ts'

const FAULTS = { lost: 0.1, reset: 0.05, 429: 0.05, 500: 0.05 } as const
/** From the start of the process to its first request to the API, less what the machine let it wait for a processor. */
const MAX_START_MS = 2_000
const POINT_WITHIN_MS = 20_000
const FIRST_REQUEST_WITHIN_MS = 10_000
/** A limit that was not needed keeps no process alive. */
const IDLE = { ref: false } as const

export type Moment = Point | 'random moment'

export interface CrashResult extends Accounted {
  readonly kills: number
  /** Where the kills struck. */
  readonly killsAt: Readonly<Partial<Record<Moment, number>>>
  readonly acknowledged: number
  /** Of each life that found events waiting, less waits for a processor. */
  readonly startsMs: readonly number[]
}

interface Run extends Ledger {
  readonly folder: string
  /** Where Node keeps what it compiled, so that a start from sources takes about as long as one of what is published. */
  readonly codeFolder: string
  readonly isBroken: boolean
  readonly acknowledged: Set<string>
  readonly killed: Set<number>
  readonly startsMs: number[]
  readonly problems: string[]
}

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  readonly say?: (text: string) => void
  /** Uses a relay that is broken on purpose (`broken.ts`), which must be found. */
  readonly isBroken?: boolean
}

/** Kills the relay so many times under load and gives what was found afterwards. */
export async function crashTest({ kills, seed, say, isBroken = false }: CrashOptions): Promise<CrashResult> {
  const emulator = createEmulator({ fault: FAULTS, seed, retryAfter: 0, poison: BAD })
  const run: Run = {
    folder: mkdtempSync(join(tmpdir(), 'waybill-crash-')),
    codeFolder: mkdtempSync(join(tmpdir(), 'waybill-crash-code-')),
    isBroken,
    emulator,
    recorder: await startRecorder(emulator),
    acknowledged: new Set(),
    killed: new Set(),
    startsMs: [],
    problems: [],
  }
  const killsAt: Partial<Record<Moment, number>> = {}
  const random = seededRandom(seed)
  try {
    await compile(run)
    for (let life = 0; life < kills; life++) {
      const moment = momentOf(life)
      await liveAndDie(run, life, moment, random)
      killsAt[moment] = (killsAt[moment] ?? 0) + 1
      if ((life + 1) % 10 === 0) say?.(`${life + 1} of ${kills} kills, ${run.acknowledged.size} events acknowledged`)
    }
    const accounted = await lastLife(run, kills, say)
    const { startsMs, acknowledged } = run
    const problems = [...run.problems, ...slowStarts(startsMs), ...accounted.problems]
    return { ...accounted, kills, killsAt, startsMs, acknowledged: acknowledged.size, problems }
  } finally {
    await run.recorder.close()
    for (const folder of [run.folder, run.codeFolder]) rmSync(folder, { recursive: true, force: true })
  }
}

/** A life without events, which ends by itself: only then does Node keep what it compiled. */
async function compile({ recorder, folder, codeFolder }: Run): Promise<void> {
  const relay = await startRelayProcess({ folder, endpoint: recorder.url, env: { NODE_COMPILE_CACHE: codeFolder } })
  relay.process.kill('SIGTERM')
  await relay.ended
}

/** Every second kill strikes at a random moment, the others at one named point after the other. */
function momentOf(life: number): Moment {
  return life % 2 === 1 ? 'random moment' : POINTS[(life / 2) % POINTS.length]!
}

async function liveAndDie(run: Run, life: number, moment: Moment, random: () => number): Promise<void> {
  const drawn = random()
  const death = moment === 'random moment' ? undefined : { point: moment, times: 1 + Math.floor(drawn * 12) }
  const relay = await start(run, life, death)
  run.killed.add(life)
  let isStopped = false
  const loading = load(relay.url, `k${life}`, { acknowledged: run.acknowledged, isStopped: () => isStopped })
  if (death === undefined) await sleep(50 + drawn * 400)
  else await Promise.race([relay.ended, sleep(POINT_WITHIN_MS, undefined, IDLE)])
  isStopped = true
  if (death !== undefined && relay.process.exitCode === null && relay.process.signalCode === null)
    run.problems.push(`life ${life} never came to "${moment}"`)
  relay.process.kill('SIGKILL')
  const ended = await relay.ended
  if (ended !== 'SIGKILL') run.problems.push(`life ${life} ended by itself with ${ended}`)
  await loading
}

/** Starts the relay; where events wait, measures how long it takes to its first request. */
async function start(
  { recorder, folder, codeFolder, isBroken, acknowledged, emulator, startsMs }: Run,
  life: number,
  death?: { readonly point: Point; readonly times: number },
): Promise<RelayProcess> {
  recorder.beginLife(life)
  const waits = missingOf({ emulator, acknowledged }).length > 0
  const startedMs = performance.now()
  let pid: number | undefined
  const first = recorder.nextRequest().then(() => performance.now() - startedMs - processorWaitMs(pid))
  const env = { NODE_COMPILE_CACHE: codeFolder }
  const relay = await startRelayProcess({ folder, endpoint: recorder.url, death, isBroken, env }, (child) => {
    pid = child.pid
  })
  if (!waits) return relay
  const tookMs = await Promise.race([
    first,
    relay.ended.then(() => undefined),
    sleep(FIRST_REQUEST_WITHIN_MS, undefined, IDLE),
  ])
  if (typeof tookMs === 'number') startsMs.push(tookMs)
  else if (relay.process.signalCode === null) startsMs.push(Number.POSITIVE_INFINITY)
  return relay
}

/** Nothing kills this one: it delivers what is left, is told to stop, and stops. */
async function lastLife(run: Run, life: number, say: CrashOptions['say']): Promise<Accounted> {
  const relay = await start(run, life)
  const left = await untilDrained({ left: () => waitingAt(relay.url), say })
  if (left > 0)
    run.problems.push(`${left} events wait, and it becomes no less: ${JSON.stringify(await statusOf(relay.url))}`)
  const accounted = await account(relay.url, run)
  relay.process.kill('SIGTERM')
  const ended = await relay.ended
  return ended === 0
    ? accounted
    : { ...accounted, problems: [...accounted.problems, `SIGTERM ended the relay with ${ended}`] }
}

/** Events that wait; whether all of it arrived is the account's to say. */
async function waitingAt(url: string): Promise<number> {
  // A relay that cannot say is not waited for: its account tells of it.
  const { counts } = await statusOf(url).catch(() => ({ counts: {} as Readonly<Record<string, number>> }))
  // A shape whose oldest events are the bad ones is held for some seconds, until a probe of a good one passes.
  return (counts['queued'] ?? 0) + (counts['sending'] ?? 0) + (counts['held'] ?? 0)
}

function slowStarts(startsMs: readonly number[]): string[] {
  const slow = startsMs.filter((ms) => ms > MAX_START_MS)
  return slow.length === 0
    ? []
    : [`${slow.length} of ${startsMs.length} starts took more than ${MAX_START_MS} ms to the first request`]
}

function summaryOf(result: CrashResult): string {
  const { kills, killsAt, acknowledged, stored, doubled, mayBeDoubled, startsMs } = result
  const sorted = [...startsMs].sort((left, right) => left - right)
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0].map(Math.round)
  const points = Object.entries(killsAt).map(([moment, times]) => `${times} ${moment}`)
  return [
    `${kills} kills: ${points.join(', ')}`,
    `${acknowledged} events acknowledged, ${stored} stored by the API, the bad refused`,
    `stored again ${doubled} times, of ${mayBeDoubled} that unknown outcomes explain`,
    `start to first request: median ${median} ms, worst ${worst} ms of ${startsMs.length}`,
  ].join('\n')
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
  })
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const result = await crashTest({ kills: Number(values.kills), seed: Number(values.seed), say })
  process.stdout.write(`${summaryOf(result)}\n`)
  for (const problem of result.problems) process.stdout.write(`problem: ${problem}\n`)
  process.exitCode = result.problems.length > 0 ? 1 : 0
}
