/**
 * Goes the README's ways as somebody who has never seen Waybill: packs the packages, installs them into empty folders and does what is
 * written there, with seconds and steps for each.
 *
 *   npx node --conditions=waybill-source examples/newcomer.ts          # npm, and pnpm and bun where they install; SDK and relay
 *   npx node --conditions=waybill-source examples/newcomer.ts bun      # bun alone
 *   npx node --conditions=waybill-source examples/newcomer.ts --short  # npm and the SDK alone
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { createEmulator } from '@waybill/emulator'
import { packInto, ROOT, run } from '../scripts/packed.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** What installs files into an empty folder. `ready`: what its package leaves to an install script, which npm may be told not to run. */
const INSTALLERS: Readonly<Record<string, { readonly args: readonly string[]; readonly ready?: string }>> = {
  npm: { args: ['install', '--no-audit', '--no-fund', '--prefer-offline'] },
  pnpm: { args: ['add', '--prefer-offline'] },
  bun: { args: ['add'], ready: 'node_modules/bun/install.js' },
}

interface Way {
  readonly name: string
  readonly steps: readonly (() => Promise<void> | void)[]
}

/** The README's program for a server, as it stands there. */
function programOfReadme(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const block = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, code]) => code!)
    .find((code) => code.includes('client.send'))
  if (block === undefined) throw new Error('README.md has no program for a server')
  return block
}

async function go({ name, steps }: Way): Promise<void> {
  const startedMs = performance.now()
  for (const step of steps) await step()
  say(`${name}: ${steps.length} steps, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`)
}

interface Installer {
  readonly name: string
  readonly program: string
}

/** The installer of this machine, or the one that npm brings; `undefined` where there is none. */
function installerOf(name: string, folder: string): Installer | undefined {
  if (run(name, ['--version'], folder).ok) return { name, program: name }
  const tools = join(folder, `tools-${name}`)
  mkdirSync(tools)
  writeFileSync(join(tools, 'package.json'), '{ "private": true }')
  const { ready } = INSTALLERS[name]!
  const isThere = run('npm', [...INSTALLERS['npm']!.args, name], tools).ok
  const isReady = ready === undefined || run(process.execPath, [ready], tools).ok
  const program = join(tools, 'node_modules/.bin', name)
  return isThere && isReady && run(program, ['--version'], tools).ok ? { name, program } : undefined
}

/** `…/waybill-relay-0.1.0.tgz` is the package `@waybill/relay`. */
const nameOf = (file: string): string =>
  basename(file)
    .replace(/-\d+\.\d+\.\d+.*\.tgz$/, '')
    .replace(/^waybill-/, '@waybill/')

function install({ name, program }: Installer, folder: string, tarballs: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  // Only npm takes a package that another one needs from the files beside it; pnpm and bun are told, until all are on a registry.
  const overrides = Object.fromEntries(tarballs.map((file) => [nameOf(file), `file:${file}`]))
  const given = tarballs.length > 1 && name !== 'npm' ? { overrides } : {}
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', ...given }))
  // JSON is YAML.
  if (name === 'pnpm') writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(given))
  const { ok, output } = run(program, [...INSTALLERS[name]!.args, ...tarballs], folder)
  if (!ok) throw new Error(`${name} could not install: ${output.slice(-2_000)}`)
}

/** From nothing to the first delivered event. The emulator stands for the API. */
function sdkWay(installer: Installer, folder: string, waybill: string, endpoint: string): Way {
  const program = programOfReadme().replace('apiKey:', `endpoint: '${endpoint}',\n  apiKey:`)
  return {
    name: `SDK by ${installer.name}`,
    steps: [
      () => install(installer, folder, [waybill]),
      () => writeFileSync(join(folder, 'order.ts'), program),
      async () => {
        const said = await output(process.execPath, ['order.ts'], folder, {
          WAYBILL_PIXEL_ID: 'px',
          WAYBILL_API_KEY: 'k',
        })
        if (!said.includes("status: 'delivered'")) throw new Error(`the first event was not delivered: ${said}`)
      },
    ],
  }
}

/** `waybill dev`, and an event posted to the address that it names. */
function relayWay(installer: Installer, folder: string, tarballs: readonly string[]): Way {
  return {
    name: `relay by ${installer.name}`,
    steps: [() => install(installer, folder, tarballs), () => tryDev(folder)],
  }
}

async function tryDev(folder: string): Promise<void> {
  const bin = join(folder, 'node_modules/.bin/waybill')
  // Not by Node itself: pnpm's are scripts of the shell.
  const child = spawn(bin, ['dev', '--port', '0', '--emulator-port', '0'], {
    cwd: folder,
    env: clean(),
  })
  try {
    let url: string | undefined
    for await (const line of createInterface({ input: child.stderr })) {
      url ??= /endpoint: '(http:\S+)'/.exec(line)?.[1]
      if (line.includes('  data  ')) break
    }
    const event = { id: 'lead_1', type: 'lead_created', timestamp: new Date(), data: {} }
    const answer = await fetch(`${url}/v1/events?pid=dev`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    })
    if (!answer.ok) throw new Error(`the relay answered ${answer.status}`)
    child.stderr.resume()
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('event:delivered')) break
  } finally {
    child.kill('SIGINT')
  }
}

function clean(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
}

/** Beside an emulator in this process, which a call that blocks would keep from answering. */
async function output(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { cwd, env: { ...clean(), ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  await new Promise((resolve) => child.once('close', resolve))
  return said
}

if (import.meta.main) {
  const isShort = process.argv.includes('--short')
  const folder = mkdtempSync(join(tmpdir(), 'waybill-newcomer-'))
  const emulator = createEmulator()
  const api = await emulator.listen({ port: 0 })
  try {
    const { waybill, emulator: ofEmulator, relay } = packInto(folder)
    const wanted = process.argv.slice(2).filter((word) => word in INSTALLERS)
    const names = wanted.length > 0 ? wanted : Object.keys(INSTALLERS)
    for (const name of isShort ? ['npm'] : names) {
      const installer = installerOf(name, folder)
      if (installer === undefined) {
        say(`${name}: not on this machine and not to be installed, not tried`)
        continue
      }
      await go(sdkWay(installer, join(folder, `sdk-${name}`), waybill, api.url))
      if (!isShort) await go(relayWay(installer, join(folder, `relay-${name}`), [waybill, ofEmulator, relay]))
    }
  } finally {
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
