import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../packages/relay/bin/waybill.js', import.meta.url))
const COUNTER = fileURLToPath(new URL('./counter.ts', import.meta.url))
const SOURCES = '--conditions=waybill-source'
const LOOK_EVERY_MS = 50
/** Of `/proc/<pid>/stat`. */
const TICKS_PER_SECOND = 100

/** A server that counts events. */
export interface Counted {
  readonly url: string
  /** How many have come in all. */
  events(): Promise<number>
  stop(): void
}

/** What a process took, from its start to its end. */
export interface Took {
  readonly seconds: number
  readonly cpuSeconds: number
  /** The most memory that it had resident. */
  readonly peakMb: number
}

export async function startCounter(): Promise<Counted> {
  const child = fork(COUNTER, { execArgv: [SOURCES] })
  process.once('exit', () => child.kill('SIGKILL'))
  const [port] = (await once(child, 'message')) as [number]
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    events: async () => ((await (await fetch(url)).json()) as { events: number }).events,
    stop: () => void child.kill(),
  }
}

/** Runs a script, or a command of Waybill, to its end. Throws where that is not 0. */
export async function timed(what: string, args: readonly string[]): Promise<Took> {
  process.stderr.write(`${what} … `)
  const script = existsSync(args[0]!) ? args : [BIN, ...args]
  const startedMs = performance.now()
  const child = spawn(process.execPath, [SOURCES, ...profiling(), ...script], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, WAYBILL_API_KEY: 'bench' },
  })
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said = `${said}${text}`.slice(-2_000)))
  let seen = { cpuSeconds: 0, peakMb: 0 }
  const watch = setInterval(() => (seen = lookAt(child.pid!) ?? seen), LOOK_EVERY_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  const seconds = (performance.now() - startedMs) / 1_000
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${said}`)
  process.stderr.write(`${seconds.toFixed(1)} s, ${seen.peakMb.toFixed(0)} MB at most\n`)
  return { seconds, ...seen }
}

function profiling(): string[] {
  return process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? []
}

/** What the system says of a process; `undefined` once it is gone, and where the system says nothing. */
function lookAt(pid: number): Omit<Took, 'seconds'> | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    if (peak === undefined) return undefined
    // Behind the name, which may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, peakMb: Number(peak) / 1_024 }
  } catch {
    return undefined
  }
}
