import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { statOf, TICKS_PER_SECOND } from './processor.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const PIXEL = 'bench'

/** A service in a process of its own. */
export interface Service {
  readonly url: string
  readonly pid: number
  /** The most memory that it had resident, in MB. */
  peakMb(): number
  /** Seconds of processor so far, all threads. */
  cpuSeconds(): number
  stop(): Promise<void>
}

export interface RelayOptions {
  readonly dataDir: string
  /** Base URL of the API. */
  readonly endpoint: string
  /** Of the working copy whose relay it is. Default: this one. */
  readonly root?: string
  /** Of Node. */
  readonly flags?: readonly string[]
  /** Where its wall clock begins, Unix milliseconds. Default: now. */
  readonly clockMs?: number
  /** URL of a database. Default: a file in `dataDir`. */
  readonly store?: string
}

/** `waybill serve`, with its defaults, except that it may send as fast as it can. */
export function startRelay({ dataDir, endpoint, root, flags = [], clockMs, store }: RelayOptions): Promise<Service> {
  const env = {
    WAYBILL_PIXEL_ID: PIXEL,
    WAYBILL_API_KEY: 'bench-key',
    WAYBILL_ENDPOINT: endpoint,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: dataDir,
    WAYBILL_MAX_REQUESTS_PER_SECOND: '1000',
    ...clockEnv(clockMs),
    ...(store !== undefined && { WAYBILL_STORE: store }),
  }
  const profile = process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []
  return startCommand(['serve'], { env, root, flags: [...profile, ...flags, ...clockFlags(clockMs)] })
}

/** Nothing is sent from here on. */
export async function holdPixel({ url }: Service): Promise<void> {
  const body = JSON.stringify({ reason: 'only intake is measured' })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const { status } = await fetch(`${url}/api/pixels/${PIXEL}/hold`, init)
  if (status !== 200) throw new Error(`the pixel could not be held: ${status}`)
}

/** How many events it has delivered in all. */
export async function deliveredOf({ url }: Service): Promise<number> {
  const { counts } = (await (await fetch(`${url}/api/status`)).json()) as { counts: { delivered: number } }
  return counts.delivered
}

/** `waybill emulate`, counting only. */
export function startEmulator(clockMs?: number): Promise<Service> {
  const how = { env: clockEnv(clockMs), flags: clockFlags(clockMs) }
  return startCommand(['emulate', '--port', '0', '--keep', 'count'], how)
}

/** All that a made store has is kept: pruning it would be measured too. */
function clockEnv(clockMs: number | undefined): Record<string, string> {
  return clockMs === undefined ? {} : { BENCH_CLOCK_MS: String(clockMs), WAYBILL_RETENTION_DAYS: '90' }
}

function clockFlags(clockMs: number | undefined): string[] {
  return clockMs === undefined ? [] : ['--import', new URL('./shifted-clock.ts', import.meta.url).href]
}

interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly root?: string | undefined
  readonly flags?: readonly string[]
}

async function startCommand(args: readonly string[], options: CommandOptions): Promise<Service> {
  const { env, root = ROOT, flags = [] } = options
  const bin = join(root, 'packages/relay/bin/waybill.js')
  const child = spawn(process.execPath, ['--conditions=waybill-source', ...flags, bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  })
  if (process.env['BENCH_STDERR'] && args[0] === 'serve') child.stderr!.pipe(process.stderr)
  const url = await Promise.race([firstUrl(child.stdout!), firstUrl(child.stderr!), ended(child)])
  return serviceOf(child, url)
}

/** The bench file itself, in a second process, with a role. It has to send its URL. */
export async function startRole(file: string, role: string, ...about: string[]): Promise<Service> {
  const child = fork(file, [role, ...about], { execArgv: ['--conditions=waybill-source'] })
  const [url] = (await Promise.race([once(child, 'message'), ended(child)])) as [string]
  return serviceOf(child, url)
}

function serviceOf(child: ChildProcess, url: string): Service {
  // A bench that fails leaves nothing running.
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    url,
    pid: child.pid!,
    peakMb: () => peakMbOf(child.pid!),
    cpuSeconds: () => (statOf(child.pid!)?.own ?? 0) / TICKS_PER_SECOND,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

async function firstUrl(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    stream.resume()
    return url
  }
  return new Promise(() => {})
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number]
  throw new Error(`a process of the bench ended with code ${code}`)
}

function peakMbOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}
