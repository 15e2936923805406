import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What the sources of `packages/` may import, how long they may be, and what they may not contain. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Parts of the SDK (a folder, or a file at the root), and what each may import beside itself. */
const SDK_EDGES: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  identity: ['@noble/hashes'],
  money: ['errors', 'contract/currency'],
  'event-id': ['identity'],
  contract: ['identity', 'money', 'errors'],
  delivery: ['contract'],
  client: ['contract', 'identity', 'delivery', 'errors'],
  pixel: ['contract', 'errors'],
  oppref: ['errors'],
  sources: ['contract', 'identity', 'money', 'event-id', 'errors', 'oppref/visit', '@noble/hashes'],
  index: ['errors', 'money', 'event-id', 'contract', 'identity', 'delivery', 'client'],
}

/** Packages of this repository, and which of the others each may import, by name. */
const PACKAGE_EDGES: Readonly<Record<string, readonly string[]>> = {
  waybill: [],
  emulator: [],
  relay: ['waybill', '@waybill/emulator'],
}
const PACKAGE_NAMES: ReadonlySet<string> = new Set(['waybill', '@waybill/emulator', '@waybill/relay'])

const MAX_FILE_LINES = 400
const MAX_FUNCTION_LINES = 60
const LONG_FILES: readonly { readonly file: string; readonly reason: string }[] = [
  { file: 'packages/waybill/src/contract/issue.ts', reason: 'it is one table: every code with its meaning and remedy' },
]

interface Source {
  /** From the repository's root, as in `packages/waybill/src/money.ts`. */
  readonly file: string
  readonly text: string
}

interface Import {
  readonly from: string
  readonly isType: boolean
}

const IMPORT = /(?:^|[;\n])\s*(?:import|export)\s+(type\s)?([^'"`;()]*?)\s*from\s*['"]([^'"]+)['"]/g
const BARE_IMPORT = /(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]/g
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf({ text }: Source): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const named = [...code.matchAll(IMPORT)].map(([, type, names, from]) => ({
    from: from!,
    isType: type !== undefined || isAllTypes(names!),
  }))
  const others = [...code.matchAll(BARE_IMPORT), ...code.matchAll(DYNAMIC_IMPORT)]
  return [...named, ...others.map(([, from]) => ({ from: from!, isType: false }))]
}

/** `{ type A, type B }` leaves nothing at run time. */
function isAllTypes(names: string): boolean {
  const list = /^\{([\s\S]*)\}$/
    .exec(names.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim()) ?? ['']
  return list.every((name) => name.startsWith('type ') || name === '') && list.some((name) => name !== '')
}

const packageOf = (file: string): string => file.split('/')[1]!
/** The package that a bare import names, without its subpath. */
const bareName = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/')
const resolved = (file: string, from: string): string => posix.join(posix.dirname(file), from)
const isRelative = (from: string): boolean => from.startsWith('.')
const isShipped = ({ file }: Source): boolean => !/\.(?:test|cases|helpers)\.ts$/.test(file)

/** Edges that the architecture forbids, in words. */
function forbiddenEdges(source: Source): string[] {
  return importsOf(source).flatMap(({ from }) => {
    const why = isRelative(from) ? relativeFault(source, from) : packageFault(source, from)
    return why === undefined ? [] : [`${source.file} imports ${from}: ${why}`]
  })
}

function relativeFault({ file }: Source, from: string): string | undefined {
  const target = resolved(file, from)
  const home = `packages/${packageOf(file)}/`
  if (!target.startsWith(home)) return 'another package is imported by its name'
  if (packageOf(file) !== 'waybill') return undefined
  const [mine, theirs] = [partOf(file), partOf(target)]
  if (mine === theirs) return undefined
  const allowed = SDK_EDGES[mine] ?? []
  const path = target.replace(/^packages\/waybill\/src\//, '').replace(/\.ts$/, '')
  return allowed.includes(theirs) || allowed.includes(path) ? undefined : `${mine} may import ${listed(allowed)}`
}

function packageFault({ file }: Source, from: string): string | undefined {
  const mine = packageOf(file)
  const name = bareName(from)
  if (isBuiltin(from)) return mine === 'waybill' ? 'the SDK runs where there is no Node' : undefined
  if (PACKAGE_NAMES.has(name)) {
    const allowed = PACKAGE_EDGES[mine] ?? []
    return allowed.includes(name) ? undefined : `${mine} may import ${listed(allowed)} of this repository`
  }
  if (mine === 'waybill' && !SDK_EDGES[partOf(file)]?.includes(name)) return `${partOf(file)} may not import packages`
  return undefined
}

const listed = (names: readonly string[]): string => names.join(', ') || 'nothing'
const partOf = (file: string): string =>
  file
    .replace(/^packages\/waybill\/src\//, '')
    .split('/')[0]!
    .replace(/\.ts$/, '')

/** Rings of imports, each as a list of nodes. */
function cycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) return void found.push([...path.slice(path.indexOf(node)), node])
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) visit(next, [...path, node])
    done.add(node)
  }
  for (const node of edges.keys()) visit(node, [])
  return found
}

function edgesBetween(sources: readonly Source[], nodeOf: (file: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>()
  for (const source of sources) {
    const targets = importsOf(source).filter(({ from, isType }) => isRelative(from) && !isType)
    const nodes = edges.get(nodeOf(source.file)) ?? new Set()
    for (const { from } of targets) nodes.add(nodeOf(resolved(source.file, from)))
    nodes.delete(nodeOf(source.file))
    edges.set(nodeOf(source.file), nodes)
  }
  return edges
}

const FUNCTION_START =
  /\bfunction\b.*\{$|=> \{$|^\s*(?:(?:async|static|get|set|override|private|protected) )*\*?#?[\w$]+\(.*\)(?:: .+)? \{$/
const NO_FUNCTION = /^\s*(?:\} )?(?:if|for|while|switch|catch|else|do|try)\b/
const SPLIT_HEAD_END = /^\s*\).*\{$/

/** Functions longer than the ceiling. The sources are formatted, so that a block ends where its indentation returns. */
function longFunctions({ file, text }: Source, ceiling: number = MAX_FUNCTION_LINES): string[] {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const isSplit = SPLIT_HEAD_END.test(line)
    if (NO_FUNCTION.test(line) || !(isSplit || FUNCTION_START.test(line))) return []
    const start = isSplit ? lastAtIndent(lines, at) : at
    if (NO_FUNCTION.test(lines[start]!)) return []
    const end = lines.findIndex(
      (other, index) => index > at && indentOf(other) === indentOf(line) && /^\s*\}/.test(other),
    )
    const length = end - start + 1
    return length > ceiling ? [`${file}:${start + 1} has ${length} lines`] : []
  })
}

const indentOf = (line: string): number => line.length - line.trimStart().length

function lastAtIndent(lines: readonly string[], at: number): number {
  let start = at - 1
  while (start > 0 && (indentOf(lines[start]!) > indentOf(lines[at]!) || lines[start] === '')) start -= 1
  return start
}

function readSources(): Source[] {
  return readdirSync(`${ROOT}packages`).flatMap((name) => {
    const folder = `packages/${name}/src`
    if (!existsSync(ROOT + folder)) return []
    const files = readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    )
    return files
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ file: `${folder}/${path}`, text: readFileSync(`${ROOT}${folder}/${path}`, 'utf8') }))
  })
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8')) as Manifest

const sources = readSources()
const shipped = sources.filter(isShipped)
const ofSdk = shipped.filter(({ file }) => packageOf(file) === 'waybill')

describe('the architecture', () => {
  it('has no edge that is forbidden', () => assert.deepEqual(shipped.flatMap(forbiddenEdges), []))

  it('has tests import other packages by name only, too', () => {
    const byPath = sources.flatMap((source) =>
      importsOf(source)
        .filter(({ from }) => isRelative(from) && packageOf(resolved(source.file, from)) !== packageOf(source.file))
        .filter(({ from }) => resolved(source.file, from).startsWith('packages/'))
        .map(({ from }) => `${source.file} imports ${from}`),
    )
    assert.deepEqual(byPath, [])
  })

  it('has no cycle between the folders of the SDK', () => {
    const folders = ofSdk.filter(({ file }) => !file.endsWith('/src/index.ts') && !file.endsWith('/src/money.ts'))
    assert.deepEqual(cycles(edgesBetween(folders, partOf)), [])
  })

  it('has no cycle between the files of a package', () => {
    for (const name of readdirSync(`${ROOT}packages`)) {
      const ofPackage = shipped.filter(({ file }) => packageOf(file) === name)
      assert.deepEqual(cycles(edgesBetween(ofPackage, (file) => file)), [])
    }
  })

  it('has every imported package declared by the package that imports it', () => {
    const undeclared = shipped.flatMap((source) => {
      const { dependencies = {} } = manifestOf(packageOf(source.file))
      return importsOf(source)
        .filter(({ from }) => !isRelative(from) && !isBuiltin(from) && !(bareName(from) in dependencies))
        .map(({ from }) => `${source.file} imports ${from}`)
    })
    assert.deepEqual(undeclared, [])
  })

  it('has every declared dependency imported', () => {
    for (const name of Object.keys(PACKAGE_EDGES)) {
      const imported = new Set(
        shipped
          .filter(({ file }) => packageOf(file) === name)
          .flatMap((source) => importsOf(source).map(({ from }) => bareName(from))),
      )
      const unused = Object.keys(manifestOf(name).dependencies ?? {}).filter((dependency) => !imported.has(dependency))
      assert.deepEqual(unused, [], `packages/${name}`)
    }
  })

  it('has a line in docs/dependencies.md for every runtime dependency', () => {
    const page = readFileSync(`${ROOT}docs/dependencies.md`, 'utf8')
    const names = new Set(
      Object.keys(PACKAGE_EDGES).flatMap((name) => Object.keys(manifestOf(name).dependencies ?? {})),
    )
    const missing = [...names].filter((name) => !PACKAGE_NAMES.has(name) && !page.includes(`\`${name}\``))
    assert.deepEqual(missing, [])
  })
})

describe('the sources', () => {
  it(`have at most ${MAX_FILE_LINES} lines a file, but for those with a reason`, () => {
    const excused = new Set(LONG_FILES.map(({ file }) => file))
    const long = shipped.filter(
      ({ file, text }) => !excused.has(file) && text.trimEnd().split('\n').length > MAX_FILE_LINES,
    )
    assert.deepEqual(
      long.map(({ file }) => file),
      [],
    )
    for (const { file, reason } of LONG_FILES) assert.ok(existsSync(ROOT + file) && reason !== '', file)
  })

  it(`have at most ${MAX_FUNCTION_LINES} lines a function`, () => {
    assert.deepEqual(
      shipped.flatMap((source) => longFunctions(source)),
      [],
    )
  })

  it('have named exports only, no enum and no namespace', () => {
    const found = sources.filter(({ text }) =>
      /^\s*export default\b|^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace) \w+/m.test(text),
    )
    assert.deepEqual(
      found.map(({ file }) => file),
      [],
    )
  })
})

describe('the checker', () => {
  const made = (file: string, text: string): Source => ({ file, text })
  const FORBIDDEN: readonly (readonly [title: string, source: Source])[] = [
    ['delivery to client', made('packages/waybill/src/delivery/x.ts', "import { a } from '../client/a.ts'")],
    ['contract to delivery', made('packages/waybill/src/contract/x.ts', "import type { A } from '../delivery/a.ts'")],
    ['identity to contract', made('packages/waybill/src/identity/x.ts', "export { a } from '../contract/a.ts'")],
    ['errors to anything', made('packages/waybill/src/errors.ts', "import { a } from './money.ts'")],
    [
      'money to another file of contract',
      made('packages/waybill/src/money.ts', "import { a } from './contract/check.ts'"),
    ],
    [
      'anything but the index to client',
      made('packages/waybill/src/event-id.ts', "import { a } from './client/index.ts'"),
    ],
    ['the SDK to Node', made('packages/waybill/src/client/x.ts', "import { readFileSync } from 'node:fs'")],
    ['the SDK to Node without a prefix', made('packages/waybill/src/client/x.ts', "import fs from 'fs'")],
    ['the SDK to Node at run time', made('packages/waybill/src/client/x.ts', "const fs = await import('node:fs')")],
    ['the SDK to a package', made('packages/waybill/src/client/x.ts', "import { x } from 'undici'")],
    ['the SDK to the emulator', made('packages/waybill/src/client/x.ts', "import { x } from '@waybill/emulator'")],
    ['the emulator to the SDK', made('packages/emulator/src/x.ts', "import {\n  check,\n} from 'waybill/contract'")],
    [
      'the relay to another package by path',
      made('packages/relay/src/cli/x.ts', "import { a } from '../../../waybill/src/index.ts'"),
    ],
    ['anybody to the relay', made('packages/emulator/src/x.ts', "import '@waybill/relay'")],
  ]
  for (const [title, source] of FORBIDDEN) {
    it(`finds an edge from ${title}`, () => assert.equal(forbiddenEdges(source).length, 1))
  }

  const ALLOWED: readonly Source[] = [
    made('packages/waybill/src/money.ts', "import { CURRENCIES } from './contract/currency.ts'"),
    made('packages/waybill/src/identity/x.ts', "import { sha256 } from '@noble/hashes/sha2.js'"),
    made(
      'packages/waybill/src/client/x.ts',
      "// import { a } from 'node:fs'\nimport { check } from '../contract/check.ts'",
    ),
    made('packages/relay/src/cli/x.ts', "import { readFile } from 'node:fs/promises'\nimport { check } from 'waybill'"),
  ]
  for (const source of ALLOWED) {
    it(`lets pass ${JSON.stringify(source.text)} in ${source.file}`, () => assert.deepEqual(forbiddenEdges(source), []))
  }

  it('finds a cycle, and takes none for one that exists in types only', () => {
    const ring = (types: string): Source[] => [
      made('packages/waybill/src/client/a.ts', "import { b } from './b.ts'"),
      made('packages/waybill/src/client/b.ts', `import ${types}{ a } from './a.ts'`),
    ]
    assert.equal(cycles(edgesBetween(ring(''), (file) => file)).length, 1)
    assert.equal(cycles(edgesBetween(ring('type '), (file) => file)).length, 0)
  })

  it('finds a function above the ceiling, at the ceiling not', () => {
    const heads = ['function f() {', 'export const f = async () => {', 'function f(\n  a: number,\n): void {']
    for (const head of heads) {
      const extra = head.split('\n').length + 1
      const body = (lines: number): Source => made('x.ts', `${head}\n${'  a()\n'.repeat(lines - extra)}}\n`)
      assert.equal(longFunctions(body(60)).length, 0, head)
      assert.equal(longFunctions(body(61)).length, 1, head)
    }
  })
})
