/**
 * `node --conditions=waybill-source deploy/try.ts`: does what the Dockerfile says in a temporary folder, without Docker, and runs the
 * outcome: its version, a relay as a user without rights whose only writable folder is the data's, its health command with and
 * without a relay. It needs npm and its cache or a registry. What it cannot try is the base image itself and what the engine isolates.
 */
import { spawn, spawnSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isPrivateAddress } from 'waybill/client'
import { freePort } from '../packages/relay/src/free-port.helpers.ts'
import { find, isInContext, readCommand, readCopy, readDockerfile, readEnv, type Stage } from './dockerfile.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const STAGES = readDockerfile(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8'))
const IGNORED = readFileSync(join(ROOT, 'deploy/Dockerfile.dockerignore'), 'utf8')
/** Folders of the image that a RUN may name; anything else would be of this machine. */
const OF_IMAGE = /(?<=^|\s)\/(?:app|data|usr\/local\/bin)(?=[/\s]|$)/g
const NOBODY = 65_534

type Variables = Readonly<Record<string, string | undefined>>

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Builds every stage in a folder of its own and gives that of the last. */
function build(folder: string): string {
  const roots = new Map<string, string>()
  for (const [index, stage] of STAGES.entries()) {
    const root = join(folder, `stage-${index}`)
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
    roots.set(stage.name, root)
    runStage(stage, root, roots)
  }
  return join(folder, `stage-${STAGES.length - 1}`)
}

function runStage({ instructions }: Stage, root: string, roots: ReadonlyMap<string, string>): void {
  let workdir = root
  for (const { word, rest } of instructions) {
    if (word === 'WORKDIR') {
      workdir = join(root, rest)
      mkdirSync(workdir, { recursive: true })
    }
    if (word === 'COPY') copy(rest, workdir, root, roots)
    if (word === 'RUN') runShell(rest, workdir, root)
  }
}

function copy(rest: string, workdir: string, root: string, roots: ReadonlyMap<string, string>): void {
  const { from, sources, target } = readCopy(rest)
  for (const source of sources) {
    const path = join(from === undefined ? ROOT : (roots.get(from) ?? ''), source)
    const isFolderOfMany = target.endsWith('/')
    const base = target.startsWith('/') ? join(root, target) : join(workdir, target)
    cpSync(path, isFolderOfMany ? join(base, basename(source)) : base, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => from !== undefined || isInContext(relative(ROOT, file), IGNORED),
    })
  }
}

function runShell(command: string, workdir: string, root: string): void {
  const startedMs = performance.now()
  const local = command.replaceAll(OF_IMAGE, (path) => join(root, path))
  // There is no user "node" on most machines; who may write where is tried below.
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', `chown() { :; }\n${local}`], {
    cwd: workdir,
    encoding: 'utf8',
    env: environment({ npm_config_prefer_offline: 'true' }),
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}\n${stderr}`)
  say(`  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s  ${command}`)
}

/** This very Node first, and nothing of the package scripts around it. */
function environment(more: Variables): NodeJS.ProcessEnv {
  return { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`, HOME: process.env['HOME'], ...more }
}

/** Runs the image's command and health check as a user that may write to the data folder alone. */
async function tryImage(root: string, image: Stage): Promise<void> {
  const bin = join(root, 'usr/local/bin', readCommand(find(image, 'ENTRYPOINT'))[0] ?? '')
  const version = spawnSync(process.execPath, [bin, '--version'], { env: environment({}), encoding: 'utf8' })
  expect(version.status === 0, `waybill --version: ${version.stdout.trim()}${version.stderr}`)
  const port = await freePort()
  const data = join(root, 'data')
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid)
  const env = environment({
    ...readEnv(find(image, 'ENV')),
    HOME: undefined,
    WAYBILL_DATA_DIR: data,
    WAYBILL_LISTEN: `0.0.0.0:${port}`,
    WAYBILL_PIXEL_ID: 'px',
    WAYBILL_API_KEY: 'made-up',
    WAYBILL_ENDPOINT: 'http://127.0.0.1:9',
    WAYBILL_INTAKE_TOKEN: 'made-up-too',
  })
  const isHealthy = (): boolean => {
    const [program, ...args] = readCommand(find(image, 'HEALTHCHECK'))
    return program === 'node' && spawnSync(process.execPath, args, { env, ...user }).status === 0
  }
  expect(!isHealthy(), 'the health command fails where there is no relay')
  const relay = spawn(process.execPath, [bin, ...readCommand(find(image, 'CMD'))], {
    cwd: join(root, find(image, 'WORKDIR')),
    env,
    ...user,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: relay.stdout })) if (line.includes('relay listening')) break
  relay.stdout.resume()
  expect(isHealthy(), 'the health command passes while the relay runs')
  expect(existsSync(join(data, 'waybill.db')), 'the data is in /data')
  await tryApp(port)
  relay.kill(find(image, 'STOPSIGNAL') as NodeJS.Signals)
  const [code] = (await once(relay, 'exit')) as [number | null]
  expect(code === 0, `the stop signal ends it with ${code}`)
}

/** The app of the other container, which knows the relay by a name that is not loopback's: here this machine's own, where it has a private one. */
async function tryApp(port: number): Promise<void> {
  const name = hostname().toLowerCase()
  const found = await lookup(name, { all: true }).catch(() => [])
  if (found.length === 0 || !found.every(({ address }) => isPrivateAddress(address)))
    return say(`  not tried: the app in another container, as ${name} has no private address here`)
  const app = spawnSync(
    process.execPath,
    ['--conditions=waybill-source', join(ROOT, 'examples/two-containers/app.ts')],
    {
      encoding: 'utf8',
      env: environment({
        WAYBILL_PIXEL_ID: 'px',
        WAYBILL_ENDPOINT: `http://${name}:${port}`,
        WAYBILL_ALLOW_HTTP: name,
        WAYBILL_INTAKE_TOKEN: 'made-up-too',
      }),
    },
  )
  expect(
    app.stdout.trim() === 'queued',
    `an app that allows http to ${name} gets its order into the relay${app.stderr}`,
  )
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`It does not hold that ${what}`)
  say(`  holds: ${what}`)
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-image-'))
  // The user without rights has to get there.
  chmodSync(folder, 0o755)
  try {
    const root = build(folder)
    const size = spawnSync('du', ['-sm', join(root, 'app')], { encoding: 'utf8' }).stdout.split('\t')[0]
    say(`  ${size} MB above the base image`)
    await tryImage(root, STAGES.at(-1)!)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
