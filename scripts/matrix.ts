/**
 * `npm run matrix`: the packed SDK where people use it: Node 20 to 26 as ES module and CommonJS, TypeScript's ways to resolve, Jest, Vitest, Bun,
 * Deno, workerd, esbuild, Vite, webpack. Each cell is a folder of its own; what does not install here is said so. `--only <part of a name>`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packInto, run } from './packed.ts'

interface Cell {
  readonly name: string
  readonly packages?: readonly string[]
  readonly files: Readonly<Record<string, string>>
  /** Programs with their arguments, one after the other; the last has to say `ok`, unless it only compiles. */
  readonly commands: readonly (readonly string[])[]
  readonly isCompiled?: boolean
}

const USE = `
const emulator = createEmulator()
const client = createClient({ pixelId: 'p', apiKey: 'k', fetch: emulator.fetch })
const sent = client.send([{ id: 'a', type: 'lead_created', timestamp: new Date(), user: { email: 'a@example.com' } }])`
const ESM = `import { createClient, isConfigError } from 'waybill'
import { createEmulator } from '@waybill/emulator'${USE}
const [outcome] = await sent
if (outcome.status !== 'delivered') throw new Error(JSON.stringify(outcome))
console.log('ok')`
const CJS = `const { createClient, check, isMoneyError, money } = require('waybill')
const { captureOppref } = require('waybill/oppref')
const event = { id: 'a', type: 'order_created', timestamp: new Date(), data: { amount: '25.99', currency: 'USD' } }
const result = check(event, { now: Date.now() })
if (!result.ok || typeof captureOppref !== 'function') throw new Error(JSON.stringify(result))
const answer = async () => Response.json({ accepted_events: 1 })
const client = createClient({ pixelId: 'p', apiKey: 'k', fetch: answer, preflight: 'never' })
client.send([event]).then(([outcome]) => console.log(outcome.status === 'delivered' ? 'ok' : outcome))`
const TYPED = `import { check, createClient } from 'waybill'
import { captureOppref } from 'waybill/oppref'
export const client = createClient({ pixelId: 'p', apiKey: 'k' })
export const used = [check, captureOppref]
`
const BUNDLED = `import { createClient } from 'waybill'
import { createEmulator } from '@waybill/emulator'${USE}
sent.then(([outcome]) => console.log(outcome.status === 'delivered' ? 'ok' : outcome))`
const JEST = `const { createClient, isConfigError } = require('waybill')
test('loads, and knows its errors in another realm', () => {
  let error
  try { createClient({}) } catch (thrown) { error = thrown }
  expect(isConfigError(error)).toBe(true)
})`
const VITEST = JEST.replace(
  /const .*\n/,
  "import { createClient, isConfigError } from 'waybill'\nimport { expect, test } from 'vitest'\n",
)

const bin = (name: string): string => `node_modules/.bin/${name}`

function nodeCells(version: string): Cell[] {
  const packages = [`node@${version}`]
  return [
    { name: `Node ${version}, ES module`, packages, files: { 'a.mjs': ESM }, commands: [[bin('node'), 'a.mjs']] },
    { name: `Node ${version}, CommonJS`, packages, files: { 'a.cjs': CJS }, commands: [[bin('node'), 'a.cjs']] },
  ]
}

function typeCell(module: string, resolution: string, file: string): Cell {
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--module', module, '--moduleResolution', resolution]
  return {
    name: `TypeScript 5.9, module ${module}, resolution ${resolution}, ${file}`,
    packages: ['typescript@5.9.3'],
    files: { [file]: TYPED },
    commands: [[process.execPath, 'node_modules/typescript/bin/tsc', ...flags, file]],
    isCompiled: true,
  }
}

const CELLS: readonly Cell[] = [
  ...['20', '22', '24', '26'].flatMap(nodeCells),
  typeCell('node16', 'node16', 'a.mts'),
  typeCell('node16', 'node16', 'a.cts'),
  typeCell('nodenext', 'nodenext', 'a.ts'),
  typeCell('esnext', 'bundler', 'a.ts'),
  typeCell('commonjs', 'node10', 'a.ts'),
  { name: 'Jest 29', packages: ['jest@29'], files: { 'a.test.js': JEST }, commands: [[bin('jest')]], isCompiled: true },
  {
    name: 'Vitest',
    packages: ['vitest'],
    files: { 'a.test.js': VITEST },
    commands: [[bin('vitest'), 'run']],
    isCompiled: true,
  },
  {
    name: 'Bun',
    packages: ['bun'],
    files: { 'a.mjs': ESM },
    commands: [
      ['node', 'node_modules/bun/install.js'],
      [bin('bun'), 'a.mjs'],
    ],
  },
  {
    name: 'Deno, without a right',
    packages: ['deno'],
    files: { 'a.mjs': ESM },
    commands: [[bin('deno'), 'run', '--no-prompt', 'a.mjs']],
  },
  {
    name: 'workerd',
    packages: ['miniflare', 'esbuild'],
    files: {
      'worker.js': `import { createClient } from 'waybill'
import { createEmulator } from '@waybill/emulator'
export { worker as default }
const worker = { async fetch() {${USE}
const [outcome] = await sent
return new Response(outcome.status === 'delivered' ? 'ok' : JSON.stringify(outcome)) } }`,
      'run.mjs': `import { Miniflare } from 'miniflare'
const worker = new Miniflare({ modules: [{ type: 'ESModule', path: 'bundle.mjs' }], compatibilityDate: '2025-01-01' })
console.log(await (await worker.dispatchFetch('http://worker/')).text())
await worker.dispose()`,
    },
    commands: [
      [bin('esbuild'), 'worker.js', '--bundle', '--format=esm', '--outfile=bundle.mjs'],
      [process.execPath, 'run.mjs'],
    ],
  },
  {
    name: 'esbuild',
    packages: ['esbuild'],
    files: { 'a.js': BUNDLED },
    commands: [
      [bin('esbuild'), 'a.js', '--bundle', '--platform=browser', '--outfile=out.mjs'],
      [process.execPath, 'out.mjs'],
    ],
  },
  {
    name: 'Vite',
    packages: ['vite'],
    files: { 'a.js': BUNDLED },
    commands: [
      [
        process.execPath,
        '-e',
        "import('vite').then((v) => v.build({ logLevel: 'warn', build: { lib: { entry: 'a.js', formats: ['es'], fileName: 'out' } } }))",
      ],
      [
        process.execPath,
        '--input-type=module',
        '-e',
        "import { readdirSync } from 'node:fs'; await import(process.cwd() + '/dist/' + readdirSync('dist')[0])",
      ],
    ],
  },
  {
    name: 'webpack',
    packages: ['webpack'],
    files: { 'a.js': BUNDLED },
    commands: [
      [
        process.execPath,
        '-e',
        "require('webpack')({ mode: 'production', entry: './a.js', target: 'web', output: { path: process.cwd() + '/dist', filename: 'out.cjs' } }, (error, stats) => { if (error || stats.hasErrors()) { console.log(String(error ?? stats)); process.exit(1) } })",
      ],
      [process.execPath, 'dist/out.cjs'],
    ],
  },
]

type Verdict = 'ok' | 'FAILED' | 'not installed here'

function tryCell(
  { name, packages = [], files, commands, isCompiled = false }: Cell,
  folder: string,
  tarballs: readonly string[],
): Verdict {
  const at = join(folder, name.replace(/\W+/g, '-'))
  mkdirSync(at)
  writeFileSync(join(at, 'package.json'), '{ "private": true }')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
  const installed = run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages, ...tarballs], at)
  if (!installed.ok) {
    process.stdout.write(
      `${installed.output
        .split('\n')
        .filter((line) => line.includes('error'))
        .slice(0, 2)
        .join('\n')}\n`,
    )
    return 'not installed here'
  }
  let last = { ok: true, output: '' }
  for (const [command = '', ...args] of commands) {
    last = run(command.startsWith('node_modules') ? join(at, command) : command, args, at)
    if (!last.ok) break
  }
  if (last.ok && (isCompiled || /^ok$/m.test(last.output))) return 'ok'
  process.stdout.write(`${last.output.slice(-1_500)}\n`)
  return 'FAILED'
}

if (import.meta.main) {
  const only = process.argv[process.argv.indexOf('--only') + 1]
  const folder = mkdtempSync(join(tmpdir(), 'waybill-matrix-'))
  try {
    const { waybill, emulator } = packInto(folder)
    const cells = process.argv.includes('--only') ? CELLS.filter(({ name }) => name.includes(only ?? '')) : CELLS
    for (const cell of cells) {
      const startedMs = performance.now()
      const verdict = tryCell(cell, folder, [waybill, emulator])
      if (verdict === 'FAILED') process.exitCode = 1
      process.stdout.write(
        `${verdict.padEnd(18)}  ${cell.name}  ${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
