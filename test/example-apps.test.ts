/** The projects of `examples/apps`, as far as it costs nothing: `npm run examples` installs and runs them. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { problemsOf, type Visit } from '../scripts/examples-visit.ts'
import { blocksOf, isRunElsewhere } from './guides.helpers.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const APPS = join(ROOT, 'examples/apps')
const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8')
const json = (...path: readonly string[]) => JSON.parse(read(...path))

const names = readdirSync(APPS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'packed')
  .map(({ name }) => name)
const WITHOUT_PACKAGES = ['php', 'python']
const ofNode = names.filter((name) => !WITHOUT_PACKAGES.includes(name))
const MADE = /node_modules|\/(?:dist|build|\.[a-z-]+)\//
const filesOf = (name: string): string[] =>
  readdirSync(join(APPS, name), { recursive: true, encoding: 'utf8' }).filter((file) => !MADE.test(`/${file}/`))

/** Where the same file stands in several projects, because each is one of its own. */
const COPIES: Readonly<Record<string, readonly string[]>> = {
  'examples/apps/fastify/waybill.ts': [
    'examples/apps/hono/waybill.ts',
    'examples/apps/nest/src/waybill.ts',
    'examples/apps/react-router/app/waybill.server.ts',
    'examples/apps/sveltekit/src/lib/server/waybill.ts',
    'examples/apps/astro/src/lib/waybill.ts',
  ],
  'examples/guides/express/shop.ts': ['examples/apps/express/shop.ts'],
  'examples/guides/next/waybill.ts': ['examples/apps/next/lib/waybill.ts'],
}
/** The head says where a program is, and how to run it there. */
const withoutHead = (text: string): string => text.replace(/^\/\*\*[\s\S]*?\*\/\n/, '')

const GOOD: Visit = {
  consent: 'yes',
  html: '<script nonce="n">window.oaiq&&oaiq("measure","order_created",{},{"event_id":"order_1"})</script>',
  policy: "script-src 'nonce-n'",
}
const STORED = {
  id: 'order_1',
  type: 'order_created',
  action_source: 'web',
  oppref: 'AbC%2Bd%20e+f%C3%A4',
  user: { email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514' },
  data: { amount: 2599, currency: 'EUR' },
}

describe('the example projects', () => {
  it('are those of the page, each with a page of its own whose links lead somewhere', () => {
    const page = read('examples/apps/README.md')
    assert.deepEqual([...page.matchAll(/^\| \[[^\]]+\]\(([a-z-]+)\)/gm)].map(([, name]) => name!).sort(), names.sort())
    for (const name of names) {
      const links = [...read('examples/apps', name, 'README.md').matchAll(/\]\((?!https?:)([^)#]+)\)/g)]
      assert.ok(links.length > 0, name)
      for (const [, path] of links) assert.ok(existsSync(join(APPS, name, path!)), `${name}: ${path}`)
    }
  })

  for (const name of ofNode)
    it(`${name}: the README says what it takes, and every file that it names is there`, () => {
      const text = read('examples/apps', name, 'README.md')
      const { scripts } = json('examples/apps', name, 'package.json')
      for (const [, script] of text.matchAll(/npm run (\w+)/g)) assert.ok(script! in scripts, script)
      assert.ok('start' in scripts && ('build' in scripts ? text.includes('npm run build') : true))
      const files = [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, file]) => file!)
      assert.deepEqual(
        files.filter((file) => !existsSync(join(APPS, name, file))),
        [],
      )
    })

  for (const name of ofNode)
    it(`${name}: exact versions and a lock file of its own, without a registry's host, for the version that the package has`, () => {
      const { dependencies, devDependencies } = json('examples/apps', name, 'package.json')
      const { waybill, ...others } = { ...dependencies, ...devDependencies }
      const { version } = json('packages/waybill/package.json')
      const tarball = `file:../packed/waybill-${version}.tgz`
      assert.equal(waybill, tarball)
      for (const [other, wanted] of Object.entries<string>(others)) assert.match(wanted, /^\d+\.\d+\.\d+$/, other)
      const lock = json('examples/apps', name, 'package-lock.json')
      assert.deepEqual(lock.packages[''].dependencies, dependencies)
      assert.deepEqual(lock.packages[''].devDependencies, devDependencies)
      assert.equal(lock.packages['node_modules/waybill'].version, version)
      type Locked = { resolved?: string; integrity?: string; link?: boolean; inBundle?: boolean }
      for (const [path, one] of Object.entries<Locked>(lock.packages)) {
        if (path === '') continue
        if (path === 'node_modules/waybill') assert.deepEqual([one.resolved, one.integrity], [tarball, undefined])
        else assert.ok(one.resolved === undefined && (one.integrity !== undefined || one.inBundle), path)
      }
    })

  it('use nothing but what the packages export', async () => {
    const sources = ofNode.flatMap((name) =>
      filesOf(name)
        .filter((file) => /\.(?:tsx?|astro)$/.test(file))
        .map((file) => [`${name}/${file}`, read('examples/apps', name, file)] as const),
    )
    let found = 0
    for (const [file, text] of sources)
      for (const [, words, from] of text.matchAll(/^import \{([^}]*)\} from '(waybill(?:\/[^']*)?)'/gm)) {
        const there = Object.keys(await import(from!))
        const values = words!.split(',').filter((word) => word.trim() !== '' && !/^\s*type /.test(word))
        for (const value of values) assert.ok(there.includes(value.trim()), `${file}: ${value}`)
        found++
      }
    assert.ok(found >= ofNode.length)
  })

  it('have the same file where they have a copy, and the very files of the guide for Next.js', () => {
    for (const [first, copies] of Object.entries(COPIES))
      for (const copy of copies)
        assert.equal(withoutHead(read(copy)), withoutHead(read(first)), `${copy} is not ${first}`)
    const shown = blocksOf('next').filter(isRunElsewhere)
    const files = ['proxy.ts', 'app/checkout/route.ts', 'app/thank-you/[key]/page.tsx']
    assert.deepEqual(
      shown.map(({ code }) => code.trim()),
      files.map((file) => read('examples/apps/next', file).trim()),
    )
  })
})

describe('what is asked of a shop', () => {
  it('holds for a good one', () => assert.deepEqual(problemsOf([GOOD], [STORED]), []))

  const WRONG: readonly (readonly [what: string, visit: Partial<Visit>, stored: Partial<typeof STORED>, RegExp])[] = [
    ['a click that was decoded', {}, { oppref: 'AbC+d e f' }, /oppref is AbC\+d e f/],
    ['raw identity', {}, { user: { email_sha256: 'user@example.com' } }, /email_sha256 is/],
    ['another amount', {}, { data: { amount: 25, currency: 'EUR' } }, /amount is 25/],
    ['another id in the page', { html: GOOD.html.replace('order_1', 'order_2') }, {}, /another id/],
    ['no pixel', { html: '<h1>Thank you</h1>' }, {}, /has 0 calls/],
    ['another nonce', { policy: "script-src 'nonce-m'" }, {}, /another nonce/],
    ['a visitor who did not consent', { consent: 'no' }, {}, /oppref is/],
  ]
  for (const [what, visit, stored, problem] of WRONG)
    it(`finds ${what}`, () => {
      assert.match(problemsOf([{ ...GOOD, ...visit }], [{ ...STORED, ...stored }]).join('\n'), problem)
    })

  it('finds one that was not stored', () => assert.match(problemsOf([GOOD], []).join(), /0 events are stored/))
})
