/**
 * `npm run examples`: packs the packages, and installs, builds, starts and visits each project of `examples/apps` in an empty folder of
 * its own, with the emulator for the API. `npm run examples -- hono php` tries these; `--lock` writes the lock files anew.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmulator, type Emulator } from '@waybill/emulator'
import { freePort } from '../packages/relay/src/free-port.helpers.ts'
import { CLICK_IN, problemsOf, shopTwice } from './examples-visit.ts'
import { packInto, ROOT } from './packed.ts'

const APPS = join(ROOT, 'examples/apps')
const START_TIMEOUT_MS = 120_000
const PIXEL_ID = 'px_1'
const TOKEN = 'a-token-of-this-run'

/** Projects that need a program of the machine, and talk to a relay rather than to the API. */
const OF_MACHINE: Readonly<Record<string, { readonly program: string; readonly start: (port: number) => string[] }>> = {
  python: { program: 'python3', start: () => ['python3', 'shop.py'] },
  php: { program: 'php', start: (port) => ['php', '-S', `127.0.0.1:${port}`, 'shop.php'] },
}

/** Their command takes the port as an option, not from PORT. */
const PORT_OPTION: readonly string[] = ['cloudflare-worker']

type Variables = Readonly<Record<string, string>>

interface Ended {
  readonly ok: boolean
  readonly output: string
}

const say = (text: string): void => void process.stdout.write(`${text}\n`)

function environment(more: Variables): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`
  const quiet = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', WRANGLER_SEND_METRICS: 'false' }
  return { ...rest, PATH, ...quiet, ...more }
}

/** A group of its own, so that what npm started ends with it. */
function begin([command, ...args]: readonly string[], cwd: string, env: Variables): ChildProcess & { said: string } {
  const child = Object.assign(spawn(command!, args, { cwd, env: environment(env), detached: true }), { said: '' })
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (child.said += bytes.toString()))
  child.once('error', ({ message }) => (child.said += message))
  return child
}

async function run(command: readonly string[], cwd: string, env: Variables = {}): Promise<Ended> {
  const child = begin(command, cwd, env)
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { ok: code === 0, output: code === 0 ? '' : `${child.said.slice(0, 1_000)}\n…\n${child.said.slice(-2_000)}` }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  process.kill(-child.pid, 'SIGTERM')
  const inTime = await Promise.race([closed.then(() => true), sleep(10_000, false, { ref: false })])
  if (!inTime) process.kill(-child.pid, 'SIGKILL')
  await closed
}

/** Asks until something is given; throws with what the program said where it ended, or after two minutes. */
async function waitFor<T>(child: ChildProcess & { said: string }, ask: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const found = await ask().catch(() => undefined)
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Error(`it did not get that far:\n${child.said.slice(-3_000)}`)
}

const answers = async (url: string): Promise<true | undefined> =>
  (await fetch(url, { redirect: 'manual' })).status < 500 ? true : undefined

/** Copies a project beside the packed packages, as it lies in the repository, and gives its folder. */
function lay(name: string, base: string): string {
  const folder = join(base, name)
  cpSync(join(APPS, name), folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
  return folder
}

const scriptsOf = (folder: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts

const siteAt = (port: number): string => `http://127.0.0.1:${port}`

/** Starts a project, shops in it twice, and throws with what is not as it should be. */
async function shop(folder: string, command: readonly string[], port: number, env: Variables, emulator: Emulator) {
  const site = siteAt(port)
  const more = { PORT: `${port}`, HOST: '127.0.0.1', ORIGIN: site, WAYBILL_PIXEL_ID: PIXEL_ID, ...env }
  const child = begin(command, folder, more)
  try {
    await waitFor(child, () => answers(site))
    const visits = await shopTwice(site)
    await waitFor(child, async () => (emulator.events(PIXEL_ID).length >= visits.length ? true : undefined))
    const stored = emulator.events(PIXEL_ID).map(({ event }) => event as Readonly<Record<string, unknown>>)
    const problems = problemsOf(visits, stored, CLICK_IN[basename(folder)])
    if (problems.length > 0) throw new Error(`${problems.join('\n')}\n${child.said.slice(-2_000)}`)
  } finally {
    await end(child)
  }
}

/** Gives why a project was not tried; throws where it does not do what it says. */
async function tryOfNode(name: string, base: string): Promise<string | undefined> {
  const folder = lay(name, base)
  const installed = await run(['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline'], folder)
  // A lock file that does not fit is a mistake of ours; anything else is the machine's.
  if (installed.output.includes('EUSAGE')) throw new Error(`npm ci\n${installed.output}`)
  if (!installed.ok) return `npm did not install it: ${installed.output.trim()}`
  const port = await freePort()
  for (const script of ['build', 'types'].filter((one) => one in scriptsOf(folder))) {
    const { ok, output } = await run(['npm', 'run', script], folder, { ORIGIN: siteAt(port) })
    if (!ok) throw new Error(`npm run ${script}\n${output}`)
  }
  const emulator = createEmulator()
  const api = await emulator.listen({ port: 0 })
  try {
    const env = { WAYBILL_API_KEY: 'any-key', WAYBILL_ENDPOINT: api.url, CLOUDFLARE_INCLUDE_PROCESS_ENV: 'true' }
    const option = PORT_OPTION.includes(name) ? ['--', '--port', `${port}`] : []
    await shop(folder, ['npm', 'start', ...option], port, env, emulator)
  } finally {
    await api.close()
  }
  return undefined
}

async function tryOfMachine(name: string, base: string): Promise<string | undefined> {
  const { program, start } = OF_MACHINE[name]!
  if (!(await run([program, '--version'], base)).ok) return `${program} is not on this machine`
  const emulator = createEmulator()
  const api = await emulator.listen({ port: 0 })
  const relay = begin([join(await relayIn(base), 'node_modules/.bin/waybill'), 'serve'], base, {
    WAYBILL_PIXEL_ID: PIXEL_ID,
    WAYBILL_API_KEY: 'any-key',
    WAYBILL_ENDPOINT: api.url,
    WAYBILL_INTAKE_TOKEN: TOKEN,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: join(base, `data-${name}`),
  })
  try {
    const url = await waitFor(relay, async () => /http:\/\/127\.0\.0\.1:\d+/.exec(relay.said)?.[0])
    const port = await freePort()
    const env = { WAYBILL_RELAY: url, WAYBILL_INTAKE_TOKEN: TOKEN, TMPDIR: base }
    await shop(lay(name, base), start(port), port, env, emulator)
  } finally {
    await end(relay)
    await api.close()
  }
  return undefined
}

/** The relay from its packages, installed once. */
async function relayIn(base: string): Promise<string> {
  const folder = join(base, 'relay')
  if (existsSync(folder)) return folder
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const tarballs = readdirSync(join(base, 'packed')).map((file) => join('../packed', file))
  const { ok, output } = await run(
    ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs],
    folder,
  )
  if (!ok) throw new Error(`npm install of the relay\n${output}`)
  return folder
}

/** Resolves a project's packages anew. Without the host of a registry, and without the checksum of a tarball that each build makes. */
async function writeLock(name: string, base: string): Promise<undefined> {
  const folder = lay(name, base)
  const args = [
    '--package-lock-only',
    '--omit-lockfile-registry-resolved',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ]
  const { ok, output } = await run(['npm', 'install', ...args], folder)
  if (!ok) throw new Error(output)
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  for (const one of Object.values<{ resolved?: string; integrity?: string }>(lock.packages))
    if (one.resolved?.startsWith('file:')) delete one.integrity
  writeFileSync(join(APPS, name, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`)
}

async function tryOne(name: string, base: string, isLock: boolean): Promise<boolean> {
  const startedMs = performance.now()
  try {
    const attempt = name in OF_MACHINE ? tryOfMachine : isLock ? writeLock : tryOfNode
    const whyNot = isLock && name in OF_MACHINE ? 'it has no packages' : await attempt(name, base)
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
    say(
      whyNot === undefined ? `${name}: ${isLock ? 'written' : 'holds'}, ${seconds} s` : `${name}: not tried: ${whyNot}`,
    )
    return true
  } catch (error) {
    say(`${name}: does not hold: ${(error as Error).message}`)
    return false
  }
}

if (import.meta.main) {
  const words = process.argv.slice(2)
  const wanted = words.filter((word) => !word.startsWith('--'))
  const all = readdirSync(APPS, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'packed',
  )
  const base = mkdtempSync(join(tmpdir(), 'waybill-examples-'))
  try {
    mkdirSync(join(base, 'packed'))
    packInto(join(base, 'packed'))
    for (const { name } of all) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      if (!(await tryOne(name, base, words.includes('--lock')))) process.exitCode = 1
      rmSync(join(base, name), { recursive: true, force: true })
    }
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}
