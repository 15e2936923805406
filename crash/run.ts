/**
 * `npm run crash -- --kills 50 [--seed 1]`: the real relay under load against the emulator with faults, killed with SIGKILL at random
 * moments and started again on the same data, until every acknowledged event is accounted for and the emulator stored each once.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createEmulator, type Emulator } from '@waybill/emulator'
import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'

const BIN = fileURLToPath(new URL('../packages/relay/bin/waybill.js', import.meta.url))
const FAULTS = { lost: 0.1, reset: 0.05, 429: 0.05, 500: 0.05 } as const
const EVENTS_PER_POST = 20
const PIXEL = 'crash'

export interface CrashResult {
  readonly kills: number
  readonly acknowledged: number
  readonly stored: number
  readonly restartsToDeliveryMs: readonly number[]
  readonly problems: readonly string[]
}

/** Kills the relay so many times under load and gives what was found afterwards. */
export async function crashTest(
  kills: number,
  seed: number,
  say: (text: string) => void = () => {},
): Promise<CrashResult> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-crash-'))
  const emulator = createEmulator({ fault: FAULTS, seed, retryAfter: 0, keep: 'all' })
  const api = await emulator.listen({ port: 0 })
  const random = seededRandom(seed)
  const acknowledged = new Set<string>()
  const restartsToDeliveryMs: number[] = []
  try {
    for (let kill = 0; kill <= kills; kill++) {
      const startedMs = performance.now()
      const requestsBefore = emulator.summary().requests
      const relay = await start(folder, api.url)
      const load = new Load(relay.url, `k${kill}`, acknowledged)
      const lifeMs = kill === kills ? 0 : 50 + random() * 400
      if (kill > 0 && acknowledged.size > emulator.summary().stored) {
        await until(() => emulator.summary().requests > requestsBefore, 10_000)
        restartsToDeliveryMs.push(performance.now() - startedMs)
      }
      if (kill < kills) await Promise.race([load.run(), sleep(lifeMs)])
      else await until(() => missingOf(emulator, acknowledged).length === 0, 60_000, 100)
      load.stop()
      if (kill === kills) {
        const problems = await account(relay.url, emulator, acknowledged)
        relay.process.kill('SIGTERM')
        const [code] = (await once(relay.process, 'exit')) as [number | null]
        if (code !== 0) problems.push(`SIGTERM ended the relay with ${code}`)
        return {
          kills,
          acknowledged: acknowledged.size,
          stored: emulator.summary().stored,
          restartsToDeliveryMs,
          problems,
        }
      }
      relay.process.kill('SIGKILL')
      await once(relay.process, 'exit')
      if ((kill + 1) % 10 === 0) say(`${kill + 1} of ${kills} kills, ${acknowledged.size} events acknowledged`)
    }
    throw new Error('unreachable')
  } finally {
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Relay {
  readonly process: ChildProcess
  readonly url: string
}

/** Starts the relay and waits until it listens. */
async function start(folder: string, endpoint: string): Promise<Relay> {
  const child = spawn(process.execPath, ['--conditions=waybill-source', BIN, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      WAYBILL_PIXEL_ID: PIXEL,
      WAYBILL_API_KEY: 'crash-key',
      WAYBILL_ENDPOINT: endpoint,
      WAYBILL_LISTEN: '127.0.0.1:0',
      WAYBILL_DATA_DIR: folder,
      WAYBILL_MAX_REQUESTS_PER_SECOND: '200',
    },
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    child.stdout!.resume()
    return { process: child, url }
  }
  throw new Error('the relay ended before it listened')
}

/** Posts events one request after the other and notes what was acknowledged. */
class Load {
  readonly #url: string
  readonly #prefix: string
  readonly #acknowledged: Set<string>
  #stopped = false

  constructor(url: string, prefix: string, acknowledged: Set<string>) {
    this.#url = url
    this.#prefix = prefix
    this.#acknowledged = acknowledged
  }

  async run(): Promise<void> {
    for (let batch = 0; !this.#stopped; batch++) {
      const events = Array.from({ length: EVENTS_PER_POST }, (_, index) =>
        orderEvent(`${this.#prefix}_${batch}_${index}`),
      )
      try {
        const response = await fetch(`${this.#url}/v1/events?pid=${PIXEL}`, {
          method: 'POST',
          body: JSON.stringify({ events }),
        })
        const answer = (await response.json()) as { accepted_events: number }
        if (response.status === 200 && answer.accepted_events === events.length)
          for (const { id } of events) this.#acknowledged.add(id)
      } catch {
        return
      }
    }
  }

  stop(): void {
    this.#stopped = true
  }
}

function orderEvent(id: string): { id: string } & Record<string, unknown> {
  return {
    id,
    type: 'order_created',
    timestamp_ms: Date.now(),
    data: { type: 'contents', amount: 100, currency: 'USD' },
  }
}

/** What is not as it was promised. */
async function account(url: string, emulator: Emulator, acknowledged: ReadonlySet<string>): Promise<string[]> {
  const problems: string[] = []
  const status = (await (await fetch(`${url}/api/status`)).json()) as { counts: Record<string, number> }
  if (status.counts['unaccounted'] !== 0) problems.push(`unaccounted: ${status.counts['unaccounted']}`)
  const missing = missingOf(emulator, acknowledged)
  if (missing.length > 0)
    problems.push(`${missing.length} acknowledged events were never stored, such as ${missing.slice(0, 3).join(', ')}`)
  return problems
}

function missingOf(emulator: Emulator, acknowledged: ReadonlySet<string>): string[] {
  const stored = new Set(emulator.events().map(({ event }) => event.id))
  return [...acknowledged].filter((id) => !stored.has(id))
}

async function until(done: () => boolean, withinMs: number, everyMs: number = 5): Promise<void> {
  const endMs = performance.now() + withinMs
  while (!done() && performance.now() < endMs) await sleep(everyMs)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
  })
  const result = await crashTest(Number(values.kills), Number(values.seed), (text) => process.stderr.write(`${text}\n`))
  const sorted = [...result.restartsToDeliveryMs].sort((left, right) => left - right)
  process.stdout.write(
    `${result.kills} kills, ${result.acknowledged} events acknowledged, ${result.stored} stored once; ` +
      `start to first request: median ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms, worst ${Math.round(sorted.at(-1) ?? 0)} ms\n`,
  )
  for (const problem of result.problems) process.stdout.write(`${problem}\n`)
  process.exitCode = result.problems.length > 0 ? 1 : 0
}
