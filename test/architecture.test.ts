import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { describe, it } from 'node:test'
import { cycles, edgesBetween } from './architecture/cycles.ts'
import {
  bareName,
  type Edge,
  edgesOf,
  forbiddenEdges,
  isRelative,
  nameOf,
  packageOf,
  type Room,
  readRooms,
  resolved,
  roomOf,
  unusedEntries,
} from './architecture/rooms.ts'
import { parse, ROOT, readTexts, type Source } from './architecture/sources.ts'

/** What the sources may import, how long they may be, and what they may not contain. */

const FOLDERS = ['packages', 'test', 'simulation', 'crash', 'bench', 'scripts', 'examples', 'deploy']
/** Packages whose folders are rooms. The emulator is one room. */
const OF_ROOMS = ['waybill', 'relay']
const OWN_NAMES: ReadonlySet<string> = new Set(['waybill', '@waybill/emulator', '@waybill/relay'])
/** Edges that exist in types only are none between files, but between rooms; money and the table of currencies need each other. */
const NEAR_MONEY = 'packages/waybill/src/money.ts'

const MAX_FILE_LINES = 400
const MAX_FUNCTION_LINES = 60
const LONG_FILES: readonly { readonly file: string; readonly reason: string }[] = [
  { file: 'packages/waybill/src/contract/issue.ts', reason: 'it is one table: every code with its meaning and remedy' },
]

const sources = parse(readTexts(FOLDERS))
const rooms = readRooms(readFileSync(`${ROOT}ARCHITECTURE.md`, 'utf8'))
const inPackages = sources.filter(({ file }) => file.startsWith('packages/'))
const isTest = ({ file }: { readonly file: string }): boolean => /\.(?:test|cases|helpers)\.ts$/.test(file)
const shipped = inPackages.filter((source) => !isTest(source))
const edges = shipped.flatMap((source) => edgesOf(source, rooms))

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8')) as Manifest
const packages = readdirSync(`${ROOT}packages`).filter((name) => existsSync(`${ROOT}packages/${name}/src`))

/** Imports of the SDK that exist only where there is Node. */
const nodeImports = ({ file, imports }: Source): string[] =>
  packageOf(file) === 'waybill'
    ? imports.filter(({ from }) => isBuiltin(from)).map(({ from }) => `${file}: ${from}`)
    : []

const longFunctions = ({ file, functions }: Source): string[] =>
  functions
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ line, lines }) => `${file}:${line} has ${lines} lines`)

describe('the architecture', () => {
  it('has a row of the table for every folder and file of a package of rooms, and no other row', () => {
    const expected = OF_ROOMS.flatMap((name) => {
      const entries = readdirSync(`${ROOT}packages/${name}/src`).map((entry) => `packages/${name}/src/${entry}`)
      return entries.filter((entry) => !isTest({ file: entry }))
    })
    const rows = rooms.map(({ path }) => path)
    assert.deepEqual(
      expected.filter((entry) => !rows.includes(entry)),
      [],
    )
    assert.deepEqual(
      rows.filter((path, at) => !existsSync(ROOT + path) || rows.indexOf(path) !== at),
      [],
    )
    assert.deepEqual(
      shipped.filter(({ file }) => roomOf(file, rooms) === undefined).map(({ file }) => file),
      [],
    )
    assert.deepEqual(
      OF_ROOMS.filter((name) => rows.includes(`packages/${name}/src`)),
      [],
    )
  })

  it('has no edge that its table does not have', () => assert.deepEqual(forbiddenEdges(edges), []))

  it('has no entry in its table that no file uses', () => assert.deepEqual(unusedEntries(edges, rooms), []))

  it('has no import of Node in the SDK', () => assert.deepEqual(shipped.flatMap(nodeImports), []))

  it('has nothing of the tests in what is published', () => {
    const found = shipped.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => isRelative(from) && isTest({ file: from }))
        .map(({ from }) => `${file} imports ${from}`),
    )
    assert.deepEqual(found, [])
  })

  it('has tests import other packages by name only, too', () => {
    const byPath = inPackages.flatMap(({ file, imports }) =>
      imports
        .filter(({ from }) => isRelative(from) && resolved(file, from).startsWith('packages/'))
        .filter(({ from }) => packageOf(resolved(file, from)) !== packageOf(file))
        .map(({ from }) => `${file} imports ${from}`),
    )
    assert.deepEqual(byPath, [])
  })

  for (const name of OF_ROOMS) {
    it(`has no cycle between the rooms of packages/${name}, not in types either`, () => {
      const files = shipped.filter(({ file }) => packageOf(file) === name && file !== NEAR_MONEY)
      const roomName = (file: string): string => nameOf(roomOf(file, rooms)!.path)
      assert.deepEqual(cycles(edgesBetween(files, roomName, true)), [])
    })
  }

  it('has no cycle between the files of a package', () => {
    for (const name of packages) {
      const ofPackage = shipped.filter(({ file }) => packageOf(file) === name)
      assert.deepEqual(cycles(edgesBetween(ofPackage, (file) => file)), [])
    }
  })

  it('has every imported package declared by the package that imports it', () => {
    const undeclared = shipped.flatMap(({ file, imports }) => {
      const { dependencies = {} } = manifestOf(packageOf(file))
      return imports
        .filter(({ from }) => !isRelative(from) && !isBuiltin(from) && !(bareName(from) in dependencies))
        .map(({ from }) => `${file} imports ${from}`)
    })
    assert.deepEqual(undeclared, [])
  })

  it('has every declared dependency imported', () => {
    for (const name of packages) {
      const ofPackage = shipped.filter(({ file }) => packageOf(file) === name)
      const imported = new Set(ofPackage.flatMap(({ imports }) => imports.map(({ from }) => bareName(from))))
      const unused = Object.keys(manifestOf(name).dependencies ?? {}).filter((dependency) => !imported.has(dependency))
      assert.deepEqual(unused, [], `packages/${name}`)
    }
  })

  it('has a line in docs/dependencies.md for every runtime dependency', () => {
    const page = readFileSync(`${ROOT}docs/dependencies.md`, 'utf8')
    const names = new Set(packages.flatMap((name) => Object.keys(manifestOf(name).dependencies ?? {})))
    const missing = [...names].filter((name) => !OWN_NAMES.has(name) && !page.includes(`\`${name}\``))
    assert.deepEqual(missing, [])
  })
})

describe('the sources', () => {
  it(`have at most ${MAX_FILE_LINES} lines a file, but for tables of cases and those with a reason`, () => {
    const excused = new Set(LONG_FILES.map(({ file }) => file))
    const long = sources.filter(
      ({ file, lines }) => !excused.has(file) && !file.endsWith('.cases.ts') && lines > MAX_FILE_LINES,
    )
    assert.deepEqual(
      long.map(({ file, lines }) => `${file} has ${lines} lines`),
      [],
    )
    for (const { file, reason } of LONG_FILES) {
      const source = sources.find((one) => one.file === file)
      assert.ok(source !== undefined && source.lines > MAX_FILE_LINES && reason !== '', file)
    }
  })

  it(`have at most ${MAX_FUNCTION_LINES} lines a function`, () => {
    // What a test hands to describe and it is no function that somebody calls.
    assert.deepEqual(sources.filter(({ file }) => !file.endsWith('.test.ts')).flatMap(longFunctions), [])
  })

  it('have one tree of errors, with code and hint, in SDK and relay', () => {
    const BUILT_IN = /\bclass \w+ extends (?:Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error\b/
    const strange = shipped
      .filter(({ file, text }) => OF_ROOMS.includes(packageOf(file)) && BUILT_IN.test(text))
      .map(({ file }) => file)
      .filter((file) => file !== 'packages/waybill/src/errors.ts')
    assert.deepEqual(strange, [])
  })

  it('have named exports only, no enum and no namespace', () => {
    // What runs a worker takes its default export, and so do the frameworks of the example apps.
    const found = sources.filter(
      ({ file, text }) =>
        file !== 'examples/worker.ts' &&
        !file.startsWith('examples/apps/') &&
        /^\s*export default\b|^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace) \w+/m.test(text),
    )
    assert.deepEqual(
      found.map(({ file }) => file),
      [],
    )
  })
})

describe('the checker', () => {
  const WAYBILL = 'packages/waybill/src'
  const RELAY = 'packages/relay/src'
  const FORBIDDEN: readonly (readonly [title: string, file: string, text: string])[] = [
    ['delivery to client', `${WAYBILL}/delivery/x.ts`, "import { a } from '../client/a.ts'"],
    ['contract to delivery', `${WAYBILL}/contract/x.ts`, "import type { A } from '../delivery/a.ts'"],
    ['identity to contract', `${WAYBILL}/identity/x.ts`, "export { a } from '../contract/a.ts'"],
    ['errors to anything', `${WAYBILL}/errors.ts`, "import { a } from './money.ts'"],
    ['money to another file of contract', `${WAYBILL}/money.ts`, "import { a } from './contract/check.ts'"],
    ['anything but the index to client', `${WAYBILL}/event-id.ts`, "import { a } from './client/index.ts'"],
    ['the SDK to a package', `${WAYBILL}/client/x.ts`, "import { x } from 'undici'"],
    ['the SDK to the emulator', `${WAYBILL}/client/x.ts`, "import { x } from '@waybill/emulator'"],
    ['the emulator to the SDK', 'packages/emulator/src/x.ts', "import {\n  check,\n} from 'waybill/contract'"],
    ['a package to another by path', `${RELAY}/cli/x.ts`, "import { a } from '../../../waybill/src/index.ts'"],
    ['a package to what is in none', `${RELAY}/cli/x.ts`, "import { a } from '../../../../crash/load.ts'"],
    ['anybody to the relay', 'packages/emulator/src/x.ts', "import '@waybill/relay'"],
    ['store to http', `${RELAY}/store/x.ts`, "import { a } from '../http/index.ts'"],
    ['store to http, deep down', `${RELAY}/store/sqlite/x.ts`, "export * from '../../http/json.ts'"],
    ['store to http in types', `${RELAY}/store/x.ts`, "type A = import('../http/index.ts').A"],
    ['store to http at run time', `${RELAY}/store/x.ts`, "const a = await import('../http/index.ts')"],
    ['store to http in a thread', `${RELAY}/store/x.ts`, "new URL('../http/thread.ts', import.meta.url)"],
    ['engine to http behind a comment', `${RELAY}/engine/x.ts`, "/* a */ import { a } from '../http/index.ts'"],
    ['engine to a package of http', `${RELAY}/engine/x.ts`, "import fastify from 'fastify'"],
  ]
  const ALLOWED: readonly (readonly [file: string, text: string])[] = [
    [`${WAYBILL}/money.ts`, "import { CURRENCIES } from './contract/currency.ts'"],
    [`${WAYBILL}/identity/x.ts`, "import { sha256 } from '@noble/hashes/sha2.js'"],
    [`${WAYBILL}/client/x.ts`, "// import { a } from '../sources/a.ts'\nimport { check } from '../contract/check.ts'"],
    [`${WAYBILL}/client/x.ts`, 'const a = "import { a } from \'../sources/a.ts\'"'],
    [`${RELAY}/cli/x.ts`, "import { readFile } from 'node:fs/promises'\nimport { check } from 'waybill'"],
    [`${RELAY}/store/sqlite/x.ts`, "import { a } from '../memory/a.ts'"],
  ]
  const HEADS = [
    'function f() {',
    'export const f = async () => {',
    'function f(\n  a: number,\n): void {',
    'class A {\n  #f(a: { b: number }): void {',
    'class A {\n  constructor(\n    a: number,\n  ) {',
    "const a = {\n  ['f']: async function* () {",
    'class A {\n  get f(): { a: 1 } {',
  ]

  /** A function of so many lines under a head, which may stand in something else. */
  function functionOf(head: string, lines: number): string {
    const outer = /^(?:class A|const a =) \{\n/.exec(head)?.[0] ?? ''
    const inner = head.slice(outer.length)
    const body = '  a()\n'.repeat(lines - inner.split('\n').length - 1)
    return `${head}\n${body}}${outer === '' ? '' : '\n}'}\n`
  }

  const made = (texts: readonly (readonly [file: string, text: string])[]): Source[] =>
    parse(texts.map(([file, text]) => ({ file, text })))
  const forbidden = made(FORBIDDEN.map(([, file, text]) => [file, text]))
  const allowed = made(ALLOWED)

  for (const [at, [title]] of FORBIDDEN.entries()) {
    it(`finds an edge from ${title}`, () => {
      assert.equal(forbiddenEdges(edgesOf(forbidden[at]!, rooms)).length, 1)
    })
  }

  for (const source of allowed) {
    it(`lets pass ${JSON.stringify(source.text)} in ${source.file}`, () => {
      assert.deepEqual(forbiddenEdges(edgesOf(source, rooms)), [])
    })
  }

  it('finds Node in the SDK, with and without a prefix, and at run time', () => {
    const texts = [
      "import { readFileSync } from 'node:fs'",
      "import fs from 'fs'",
      "const fs = await import('node:fs')",
    ]
    const found = made(texts.map((text) => [`${WAYBILL}/client/x.ts`, text])).map(
      (source) => nodeImports(source).length,
    )
    assert.deepEqual(found, [1, 1, 1])
  })

  it('finds each entry of the table that is taken away, and each that is too many', () => {
    for (const room of rooms) {
      for (const name of room.mayImport) {
        const without = { ...room, mayImport: room.mayImport.filter((other) => other !== name) }
        assert.notDeepEqual(forbiddenEdges(withRoom(without)), [], `${room.path} imports ${name}`)
      }
      const withMore = { ...room, mayImport: [...room.mayImport, 'nobody'] }
      assert.deepEqual(unusedEntries(withRoom(withMore), [withMore]), [`${room.path} does not import nobody`])
    }
  })

  it('takes an inner folder with a row of its own for a room of its own', () => {
    const table = readRooms(
      ['| `packages/relay/src/store` | | `store/sqlite` |', '| `packages/relay/src/store/sqlite` | | nothing |'].join(
        '\n',
      ),
    )
    const [out, into] = made([
      [`${RELAY}/store/sqlite/x.ts`, "import { a } from '../memory/a.ts'"],
      [`${RELAY}/store/x.ts`, "import { a } from './sqlite/a.ts'"],
    ])
    assert.equal(forbiddenEdges(edgesOf(out!, table)).length, 1)
    assert.equal(forbiddenEdges(edgesOf(into!, table)).length, 0)
  })

  it('finds a cycle, and takes none for one that exists in types only', () => {
    const ring = (second: string): Source[] =>
      made([
        [`${WAYBILL}/client/a.ts`, "import { b } from './b.ts'"],
        [`${WAYBILL}/client/b.ts`, second],
      ])
    const rings = (second: string): number => cycles(edgesBetween(ring(second), (file) => file)).length
    assert.equal(rings("import { a } from './a.ts'"), 1)
    assert.equal(rings("import { type A, a } from './a.ts'"), 1)
    assert.equal(rings("import type { A } from './a.ts'"), 0)
    assert.equal(rings("import { type A, type B } from './a.ts'"), 0)
  })

  it('finds a function above the ceiling, at the ceiling not', () => {
    const texts = HEADS.flatMap((head) =>
      [MAX_FUNCTION_LINES, MAX_FUNCTION_LINES + 1].map((lines): [string, string] => [head, functionOf(head, lines)]),
    )
    const found = made(texts).map((source) => longFunctions(source).length)
    assert.deepEqual(
      found,
      HEADS.flatMap(() => [0, 1]),
    )
  })
})

/** The edges as they are when the table has another row for a room. */
function withRoom(changed: Room): Edge[] {
  return edges.filter(({ room }) => room.path === changed.path).map((edge) => ({ ...edge, room: changed }))
}
