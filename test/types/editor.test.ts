import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type * as TypeScript from '../compilers/5.9/node_modules/typescript/lib/typescript.js'
import { COMPILERS, declarationsOf, newProject } from './project.helpers.ts'

/** What an editor shows: the words on hover of every public field, and the keys that it offers, asked of TypeScript 5.9's language service. */

const ts: typeof TypeScript = createRequire(COMPILERS['5.9'])('../lib/typescript.js')

const project = newProject()
after(() => project.remove())
const FILE = join(project.folder, 'editor.ts')

/** A program with `|` where the cursor stands. */
interface Cursor {
  readonly title: string
  readonly text: string
  readonly offered: readonly string[]
  readonly absent?: readonly string[]
}

const EVENT = ['id', 'timestamp', 'type', 'oppref', 'optOut', 'user', 'data', 'actionSource', 'sourceUrl']
const send = (fields: string): string => `client.send([{ ${fields} }])`
const WEB_ORDER = "id: 'a', timestamp: 0, type: 'order_created', actionSource: 'web', sourceUrl: ''"
const USER06 = 'email externalId country city postalCode ipAddress userAgent obref'.split(' ')
const USER11 = [...USER06, 'phone', 'firstName', 'lastName', 'region', 'androidAdvertisingId']
const ITEM = 'id name contentType quantity groupId variantDict amount currency'.split(' ')

const CURSORS: readonly Cursor[] = [
  { title: 'an empty event', text: send('|'), offered: [...EVENT, 'customEventName'] },
  { title: 'an order', text: send("type: 'order_created', |"), offered: EVENT.filter((key) => key !== 'type') },
  {
    title: 'data of an order',
    text: send(`${WEB_ORDER}, data: { | }`),
    offered: ['type', 'amount', 'currency', 'contents'],
  },
  {
    title: 'data of a lead',
    text: send("id: 'a', timestamp: 0, type: 'lead_created', data: { | }"),
    offered: ['type', 'amount', 'currency'],
  },
  {
    title: 'data of a subscription',
    text: send("id: 'a', timestamp: 0, type: 'subscription_created', data: { | }"),
    offered: ['type', 'amount', 'currency', 'contents', 'planId'],
  },
  { title: 'an item', text: send(`${WEB_ORDER}, data: { contents: [{ | }] }`), offered: ITEM },
  { title: 'user under 2026-06', text: send(`${WEB_ORDER}, user: { | }`), offered: USER06 },
  {
    title: 'user under 2026-11',
    text: send(`${WEB_ORDER}, user: { | }`).replace('client', 'client11'),
    offered: USER11,
  },
  {
    title: 'a custom event',
    text: send("id: 'a', timestamp: 0, type: 'custom', |"),
    offered: ['oppref', 'optOut', 'user', 'data', 'actionSource', 'sourceUrl', 'customEventName'],
  },
]

const PRELUDE = `import { createClient } from 'waybill'
const client = createClient({ pixelId: 'p', apiKey: 'k' })
const client11 = createClient({ pixelId: 'p', apiKey: 'k', contract: '2026-11' })
`

function openService(): { readonly service: TypeScript.LanguageService; show(text: string): void } {
  let version = 0
  const read = (path: string): string | undefined => ts.sys.readFile(path)
  const declarations = [...declarationsOf(project.folder).values()]
  const options: TypeScript.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    types: [],
  }
  const service = ts.createLanguageService({
    getScriptFileNames: () => [FILE, ...declarations],
    getScriptVersion: (path) => (path === FILE ? String(version) : '0'),
    getScriptSnapshot: (path) => {
      const text = read(path)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => project.folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: ts.sys.fileExists,
    readFile: read,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
  const show = (text: string): void => {
    writeFileSync(FILE, text)
    version += 1
  }
  return { service, show }
}

const { service, show } = openService()

describe('what an editor offers', () => {
  for (const { title, text, offered } of CURSORS) {
    it(`in ${title}: each key that is valid there, and no other`, () => {
      const whole = PRELUDE + text
      const position = whole.indexOf('|', PRELUDE.length)
      show(whole.slice(0, position) + whole.slice(position + 1))
      const entries = service.getCompletionsAtPosition(FILE, position, {})?.entries ?? []
      assert.deepEqual(entries.map(({ name }) => name).toSorted(), offered.toSorted())
    })
  }
})

interface Field {
  readonly name: string
  readonly path: string
  readonly position: number
}

/** The fields of every interface that an entry point of the package exports. */
function publicFields(): Field[] {
  show(PRELUDE)
  const program = service.getProgram()!
  const checker = program.getTypeChecker()
  const fields = new Map<string, Field>()
  const visit = (node: TypeScript.Node): void => {
    const isField = ts.isPropertySignature(node) || ts.isMethodSignature(node) || ts.isPropertyDeclaration(node)
    if (isField && ts.isIdentifier(node.name)) {
      const path = node.getSourceFile().fileName
      const owner =
        ts.isInterfaceDeclaration(node.parent) || ts.isClassDeclaration(node.parent)
          ? node.parent.name!.text
          : 'literal'
      const name = `${owner}.${node.name.text}`
      fields.set(`${path}:${node.name.getStart()}`, { name, path, position: node.name.getStart() })
    }
    ts.forEachChild(node, visit)
  }
  for (const path of declarationsOf(project.folder).values()) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      for (const declaration of symbol.declarations ?? []) {
        if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)) visit(declaration)
      }
    }
  }
  return [...fields.values()]
}

describe('the words on hover', () => {
  const fields = publicFields()
  const wordsOf = ({ path, position }: Field): string =>
    ts.displayPartsToString(service.getQuickInfoAtPosition(path, position)?.documentation ?? [])

  it('are there for every public field', () => {
    assert.ok(fields.length > 150, String(fields.length))
    const silent = fields
      .filter((field) => !field.name.startsWith('literal.') && wordsOf(field).length < 12)
      .map(({ name }) => name)
    assert.deepEqual([...new Set(silent)].toSorted(), [])
  })

  it('say of every field of a friendly event what, an example and where the rule comes from', () => {
    const FRIENDLY =
      /^(?:CommonFields|From\w+|Named(?:ByYou)?|FriendlyUser\d+|FriendlyItem|ItemFields|In\w+|With\w+|Shaped)\./
    const friendly = fields.filter(({ name }) => FRIENDLY.test(name))
    assert.ok(friendly.length > 40, String(friendly.length))
    const unclear = friendly.filter((field) => !/Example: |Default|`'mobile_app'`/.test(wordsOf(field)))
    assert.deepEqual(
      unclear.map((field) => `${field.name}: ${wordsOf(field)}`),
      [],
    )
  })

  const WRITTEN = `${PRELUDE}client.send([{
    id: 'a', type: 'order_created', timestamp: 0, actionSource: 'web', sourceUrl: 'https://shop.example.com/', oppref: 'x', optOut: false,
    user: { email: 'a@example.com', externalId: '7', country: 'US', city: 'Ulm', postalCode: '1', ipAddress: '203.0.113.7', userAgent: 'b', obref: 'c' },
    data: { amount: '25.99', currency: 'USD', contents: [{ name: 'Bundle', contentType: 'product', quantity: 1, groupId: 'g', variantDict: {} }] } }])
client11.track({ id: 'b', timestamp: 0, type: 'custom', actionSource: 'offline', customEventName: 'c', user: { phone: '1', firstName: 'A', lastName: 'B', region: 'C' },
    data: { planId: 'p', currency: 'EUR' } })`

  it('reach the place where an event is written, for each of its keys', () => {
    show(WRITTEN)
    assert.deepEqual(
      service.getSemanticDiagnostics(FILE).map(({ messageText }) => messageText),
      [],
    )
    const keys = [...WRITTEN.slice(PRELUDE.length).matchAll(/(\w+): /g)]
    assert.ok(keys.length > 35, String(keys.length))
    const silent = keys.filter(({ index }) => {
      const info = service.getQuickInfoAtPosition(FILE, PRELUDE.length + index)
      return !/ /.test(ts.displayPartsToString(info?.documentation ?? []))
    })
    assert.deepEqual(
      silent.map(([, key]) => key),
      [],
    )
  })
})
