/**
 * `npm run crash:send -- [--file orders|json|wide] [--rows 1000000] [--kills 6] [--faults] [--seed 1]`: `waybill send` of a large file,
 * killed with SIGKILL as often as asked, at moments spread over the run, and started again each time, until it ends by itself. Every row
 * must have been taken, and again only what was under way when it was killed or lost its answer. Prints how long the runs took and the most
 * memory that one had. Exits 1 with what does not hold.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../packages/waybill/src/delivery/plan.cases.ts'
import { type CountingApi, startCountingApi } from './counting-api.ts'
import { type Kind, writeOrders } from './files.ts'

const BIN = fileURLToPath(new URL('../../packages/relay/bin/waybill.js', import.meta.url))
const FAULTS = { lost: 0.02, reset: 0.02, 429: 0.02, 500: 0.02 } as const
const LOOK_EVERY_MS = 20
/** Two slices of 4,000: what was sent and not yet written down when a run was killed. */
const MOST_UNDER_WAY = 8_000
const REQUEST_EVENTS = 1_000
/** Kinds with the number of rows that make them large. */
const ROWS: Readonly<Record<Kind, number>> = { orders: 1_000_000, json: 300_000, wide: 20_000 }

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: 'orders' },
    rows: { type: 'string' },
    kills: { type: 'string', default: '6' },
    faults: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
})
const kind = values.file as Kind
const rows = Number(values.rows ?? ROWS[kind])
const kills = Number(values.kills)
const folder = mkdtempSync(join(tmpdir(), 'waybill-crash-send-'))
const random = seededRandom(Number(values.seed))
const api = await startCountingApi(rows, values.faults ? FAULTS : undefined, random)
try {
  const path = join(folder, kind === 'json' ? 'orders.json' : 'orders.csv')
  await writeOrders(path, kind, rows)
  say(`${rows.toLocaleString('en-US')} rows, ${Math.round(statSync(path).size / 1e6)} MB, ${kills} kills`)
  const startedMs = performance.now()
  let peakMb = 0
  for (let kill = 1; kill <= kills; kill++) {
    const until = Math.floor((rows * (kill - random() * 0.5)) / (kills + 1))
    peakMb = Math.max(peakMb, await runUntil(path, api, () => api.counts.events >= until))
  }
  peakMb = Math.max(peakMb, await runUntil(path, api, () => false))
  say(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s, ${peakMb.toFixed(0)} MB at most`)
  judge(`${path}.report.json`)
} finally {
  api.stop()
  rmSync(folder, { recursive: true })
}

/** Runs the command until it ends, or is killed; gives the most memory that it had resident. */
async function runUntil(path: string, { url }: CountingApi, isTime: () => boolean): Promise<number> {
  const args = ['send', path, '--pixel', 'px', '--endpoint', url, '--report', `${path}.report.json`]
  const child = spawn(process.execPath, ['--conditions=waybill-source', BIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WAYBILL_API_KEY: 'crash' },
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said = `${said}${text}`.slice(-1_000)))
  let peakMb = 0
  let isKilled = false
  const watch = setInterval(() => {
    peakMb = peakMbOf(child.pid!) ?? peakMb
    if (isKilled || !isTime()) return
    isKilled = true
    child.kill('SIGKILL')
  }, LOOK_EVERY_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  if (!isKilled && code !== 0) throw new Error(`waybill send ended with ${code}: ${said}`)
  const { events, again } = api.counts
  say(`${isKilled ? 'killed' : 'ended'} at ${events.toLocaleString('en-US')} events, ${again} of them taken again`)
  return peakMb
}

function peakMbOf(pid: number): number | undefined {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024 || undefined
  } catch {
    return undefined
  }
}

function judge(report: string): void {
  const { delivered, deliveredBefore = 0, refused, failed } = JSON.parse(readFileSync(report, 'utf8'))
  const { events, again, requests } = api.counts
  const lost = values.faults ? Math.ceil(requests * FAULTS.lost * 2) * REQUEST_EVENTS : 0
  const problems = [
    events === rows ? '' : `${rows - events} rows never came`,
    delivered + deliveredBefore === rows ? '' : `the last run counts ${delivered} and ${deliveredBefore} before it`,
    refused === 0 && failed === 0 ? '' : `${refused} refused, ${failed} failed`,
    again <= kills * MOST_UNDER_WAY + lost ? '' : `${again} events were taken again`,
  ].filter((problem) => problem !== '')
  for (const problem of problems) say(`NOT HELD: ${problem}`)
  if (problems.length === 0) say('every row was taken; again only what was under way')
  process.exitCode = problems.length === 0 ? 0 : 1
}

function say(text: string): void {
  process.stdout.write(`crash:send: ${text}\n`)
}
