import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'

/** What users install: the packed packages, in a folder where nothing of this repository is near. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PACKAGES = ['waybill', 'emulator', 'relay'] as const
const ATTW = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')

interface Packed {
  readonly name: string
  readonly version: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Children use this very Node, and hear nothing of the export condition that the tests run with. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  return { ...rest, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
}

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], cwd: string): Ran {
  const shell = process.platform === 'win32' && command === 'npm'
  return spawnSync(command, args, { cwd, shell, env: environment(), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd)
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}

function npm(args: readonly string[], cwd: string): Ran {
  const script = process.env['npm_execpath']
  return script?.endsWith('.js') ? run(process.execPath, [script, ...args], cwd) : run('npm', args, cwd)
}

function mustNpm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = npm(args, cwd)
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}

/** After `npm ci` all is built; while somebody works on the sources it may be old. */
function isBuilt(name: string): boolean {
  const folder = join(ROOT, 'packages', name)
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
  return sources
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|cases|helpers)\.ts$/.test(path))
    .every((path) =>
      outputs(name).every((dist) =>
        isNewer(join(folder, dist, path.replace(/\.ts$/, '.js')), join(folder, 'src', path)),
      ),
    )
}

/** The SDK is built twice. */
const outputs = (name: string): readonly string[] => (name === 'waybill' ? ['dist', 'dist/cjs'] : ['dist'])

function isNewer(made: string, source: string): boolean {
  return existsSync(made) && statSync(made).mtimeMs >= statSync(source).mtimeMs
}

function pack(folder: string): Packed[] {
  if (!PACKAGES.every(isBuilt)) mustNpm(['run', 'build'], ROOT)
  const workspaces = PACKAGES.flatMap((name) => ['-w', `packages/${name}`])
  const told = mustNpm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder, ...workspaces], ROOT)
  return JSON.parse(told) as Packed[]
}

/** From npm's cache where that is enough, so that no network is needed. */
function install(folder: string, tarballs: readonly string[]): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs]
  if (npm([...args, '--offline'], folder).status !== 0) mustNpm([...args, '--prefer-offline'], folder)
}

describe('the packed packages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-packages-'))
  const empty = join(folder, 'empty')
  let packed: Packed[] = []
  /** A folder with nothing installed near it but the SDK's own files. */
  const alone = join(folder, 'alone')
  const tarball = (one: Packed): string => join(folder, one.filename)

  before(() => {
    mkdirSync(empty)
    mkdirSync(alone)
    packed = pack(folder)
    install(empty, packed.map(tarball))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const SUBPATHS = {
    waybill: ['createClient', 'check', 'money', 'eventId', 'isWaybillError'],
    'waybill/errors': ['WaybillError', 'isWaybillError'],
    'waybill/contract': ['check', 'ISSUES'],
    'waybill/identity': ['digest'],
    'waybill/delivery': ['planBatch', 'judgeAnswer', 'chunk'],
    'waybill/client': ['createClient'],
    'waybill/pixel': ['conversion', 'pixelSnippet', 'pixelCall', 'imageTag', 'contentSecurityPolicy'],
    'waybill/oppref': ['captureOppref', 'createContextClient'],
    'waybill/oppref/express': ['opprefMiddleware', 'opprefOf'],
    'waybill/oppref/fastify': ['opprefHook', 'opprefOf'],
    'waybill/oppref/hono': ['opprefMiddleware', 'opprefOf'],
    'waybill/oppref/next': ['withOppref', 'captureOppref'],
    'waybill/outbox': ['enqueue', 'enqueueMany'],
    'waybill/sources': ['createShopifySource', 'verifyGeneric', 'withVisit', 'SKIPS'],
    'waybill/sources/shopify': ['createShopifySource', 'verifyShopify', 'shopifyCall'],
    'waybill/sources/stripe': ['createStripeSource', 'verifyStripe', 'stripeCall'],
    'waybill/sources/woocommerce': ['createWooCommerceSource', 'verifyWooCommerce', 'wooCommerceCall'],
    'waybill/sources/hubspot': ['createHubspotSource', 'verifyHubspot', 'hubspotCall'],
    'waybill/sources/generic': ['createGenericSource', 'verifyGeneric'],
    'waybill/sources/segment': ['createSegmentSource'],
    'waybill/sources/ga4': ['createGa4Source'],
    '@waybill/emulator': ['createEmulator'],
    '@waybill/relay': [],
  } as const
  /** What each subpath exports to plain Node, or why it cannot be imported. */
  let exported: Readonly<Record<string, readonly string[] | string>> = {}
  before(() => {
    const code = `
      const subpaths = ${JSON.stringify(Object.keys(SUBPATHS))}
      const read = async (subpath) => [subpath, await import(subpath).then(Object.keys, String)]
      console.log(JSON.stringify(Object.fromEntries(await Promise.all(subpaths.map(read)))))`
    exported = JSON.parse(mustRun(process.execPath, ['--input-type=module', '-e', code], empty))
  })

  for (const [subpath, names] of Object.entries(SUBPATHS)) {
    it(`let ${subpath} be imported by plain Node`, () => {
      const there = exported[subpath]
      assert.ok(Array.isArray(there) && there.length > 0, String(there))
      for (const name of names) assert.ok(there.includes(name), name)
    })
  }

  it('let every subpath of the SDK be required where Node cannot require a module, as in Jest', () => {
    const subpaths = Object.keys(SUBPATHS).filter((subpath) => subpath.startsWith('waybill'))
    const code = `
      const subpaths = ${JSON.stringify(subpaths)}
      console.log(JSON.stringify(Object.fromEntries(subpaths.map((subpath) => [subpath, Object.keys(require(subpath))]))))`
    const args = ['--no-experimental-require-module', '--input-type=commonjs', '-e', code]
    const required = JSON.parse(mustRun(process.execPath, args, empty)) as Record<string, readonly string[]>
    for (const subpath of subpaths) {
      assert.deepEqual(
        required[subpath]!.filter((name) => name !== '__esModule').toSorted(),
        [...exported[subpath]!].toSorted(),
      )
    }
  })

  it('know the errors of the other copy: module and CommonJS in one process', () => {
    const code = `
      import { createRequire } from 'node:module'
      import * as esm from 'waybill'
      const cjs = createRequire(process.cwd() + '/x.js')('waybill')
      const thrown = (act) => { try { act() } catch (error) { return error } }
      const fromCjs = thrown(() => cjs.money('1.234', 'USD')), fromEsm = thrown(() => esm.createClient({}))
      console.log(fromCjs instanceof esm.MoneyError, esm.isMoneyError(fromCjs), esm.isWaybillError(fromCjs), cjs.isConfigError(fromEsm), cjs.isMoneyError(fromEsm))`
    assert.equal(
      mustRun(process.execPath, ['--input-type=module', '-e', code], empty).trim(),
      'false true true true false',
    )
  })

  it('deliver an event to the emulator', () => {
    const code = `
      import { createClient } from 'waybill'
      import { createEmulator } from '@waybill/emulator'
      const emulator = createEmulator()
      const client = createClient({ pixelId: 'px_1', apiKey: 'sk-1', fetch: emulator.fetch })
      const event = { id: 'o1', type: 'order_created', timestamp: new Date(), data: { amount: '25.99', currency: 'USD' } }
      const [outcome] = await client.send([event])
      console.log(outcome.status, emulator.summary().stored)`
    assert.equal(mustRun(process.execPath, ['--input-type=module', '-e', code], empty).trim(), 'delivered 1')
  })

  it('have the command say its version', () => {
    const { version } = packed.find(({ name }) => name === '@waybill/relay')!
    assert.match(
      mustNpm(['exec', '--offline', '--', 'waybill', '--version'], empty),
      new RegExp(`(^|\\s|v)${version}\\s*$`),
    )
  })

  it('start the command of the relay from the SDK, and say without a relay what one can do', () => {
    const { version } = packed.find(({ name }) => name === '@waybill/relay')!
    const command = join('node_modules', 'waybill', 'bin', 'waybill.js')
    assert.equal(mustRun(process.execPath, [command, '--version'], empty).trim(), version)
    cpSync(join(ROOT, 'packages/waybill/bin'), join(alone, 'bin'), { recursive: true })
    writeFileSync(join(alone, 'package.json'), '{ "type": "module" }')
    const { status, stderr } = run(process.execPath, [join(alone, 'bin/waybill.js')], alone)
    assert.equal(status, 2)
    assert.match(stderr, /npm install @waybill\/relay[\s\S]*createEmulator[\s\S]*createClient/)
  })

  it('start a command with little work of the processor', (test) => {
    const log = join(folder, 'cpu.txt')
    const hook = join(folder, 'cpu.cjs')
    const code = `process.on('exit', () => { const { user, system } = process.cpuUsage(); require('fs').writeFileSync(${JSON.stringify(log)}, String(user + system)) })`
    writeFileSync(hook, code)
    const least = (args: readonly string[]): number => {
      const once = (): number => {
        run(process.execPath, ['--require', hook, ...args], empty)
        return Number(readFileSync(log, 'utf8'))
      }
      return Math.min(...Array.from({ length: 5 }, once))
    }
    const command = join('node_modules', '@waybill', 'relay', 'bin', 'waybill.js')
    const nothing = least(['-e', '0'])
    const version = least([command, '--version']) / nothing
    const status = least([command, 'status', '--relay', 'http://127.0.0.1:1']) / nothing
    const help = least([command, '--help']) / nothing
    const said = `--version ${version.toFixed(1)} times node -e 0, --help ${help.toFixed(1)}, status ${status.toFixed(1)}`
    test.diagnostic(said)
    assert.ok(version <= 4 && help <= 5 && status <= 6.5, said)
  })

  it('hold what is needed and nothing of the tests', () => {
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path)
      assert.deepEqual(
        paths.filter((path) => /\.(?:test|cases|helpers)\.(?:ts|js|d\.ts)$|\.env|\.tgz$|tsconfig/.test(path)),
        [],
        name,
      )
      assert.ok(
        paths.includes('dist/index.js') && paths.includes('dist/index.d.ts') && paths.includes('src/index.ts'),
        name,
      )
    }
  })

  for (const name of PACKAGES) {
    it(`pass publint without errors or warnings: ${name}`, async () => {
      const one = packed[PACKAGES.indexOf(name)]!
      const bytes = readFileSync(tarball(one))
      const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
      const { messages } = await publint({
        pack: { tarball: data },
        strict: true,
      })
      assert.deepEqual(
        messages.filter(({ type }) => type !== 'suggestion'),
        [],
      )
    })

    it(`have types that fit what is imported: ${name}`, () => {
      const one = packed[PACKAGES.indexOf(name)]!
      const profile = name === 'waybill' ? 'strict' : 'esm-only'
      const args = [ATTW, tarball(one), '--profile', profile, '--no-color', '--no-emoji']
      mustRun(process.execPath, args, folder)
    })
  }
})

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean; integrity?: string }>
  }
  it('names no host: packages come from whatever registry is configured', () => {
    const hosts = Object.entries(lock.packages).filter(
      ([, { resolved }]) => resolved !== undefined && /^https?:/.test(resolved),
    )
    assert.deepEqual(hosts, [])
  })
  it('has a checksum for every package from a registry', () => {
    const isForeign = (path: string): boolean => path.includes('node_modules/')
    const unchecked = Object.entries(lock.packages).filter(
      ([path, { link, integrity }]) => isForeign(path) && !link && !integrity,
    )
    assert.deepEqual(
      unchecked.map(([path]) => path),
      [],
    )
  })
})
