/** What the page costs: its first view, each further page, and what the relay's package carries. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

const BUILT = fileURLToPath(new URL('../packages/relay/page/', import.meta.url))
const ASSETS = `${BUILT}assets/`
const BYTES_PER_KB = 1_024
const FIRST_VIEW_KB = 200
const FURTHER_KB = 40
const PACKAGE_BYTES = 1_000_000

const names = readdirSync(ASSETS)
const chunkOf = (page: string): string => names.find((name) => new RegExp(`^${page}-[\\w-]{8}\\.js$`).test(name))!
const textOf = (name: string): string => readFileSync(ASSETS + name, 'utf8')
const packedBytes = (name: string): number =>
  names.includes(`${name}.br`)
    ? statSync(`${ASSETS}${name}.br`).size
    : brotliCompressSync(readFileSync(ASSETS + name)).length

/** A chunk with all that it imports before it runs. */
function closure(name: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const [, other] of textOf(name).matchAll(/(?:from|import)"\.\/([\w.-]+\.js)"/g)) closure(other!, found)
  return found
}

const sum = (chunks: Iterable<string>): number => [...chunks].reduce((bytes, name) => bytes + packedBytes(name), 0)

/** What is on the screen of Today: the shell, the figures, the chart. */
const FIRST = names.filter((name) => /^(?:index|app|today|chart|uPlot\.esm)-[\w-]{8}\.js$/.test(name))
const first = new Set(FIRST.flatMap((name) => [...closure(name)]))
const styles = names.filter((name) => name.endsWith('.css'))

describe('the page', () => {
  it(`has a first view of at most ${FIRST_VIEW_KB} KB`, (test) => {
    const bytes = sum(first) + sum(styles) + statSync(`${BUILT}index.html`).size
    test.diagnostic(`${bytes} bytes`)
    assert.ok(bytes <= FIRST_VIEW_KB * BYTES_PER_KB, `${bytes} bytes`)
  })

  for (const page of [
    'refused',
    'events',
    'event',
    'pixels',
    'signal',
    'requests',
    'activity',
    'sandbox',
    'login',
    'palette',
  ]) {
    it(`adds at most ${FURTHER_KB} KB for ${page}`, (test) => {
      const bytes = sum([...closure(chunkOf(page))].filter((name) => !first.has(name)))
      test.diagnostic(`${page}: ${bytes} bytes`)
      assert.ok(bytes <= FURTHER_KB * BYTES_PER_KB, `${bytes} bytes`)
    })
  }

  it(`takes at most ${PACKAGE_BYTES} bytes of the relay's package`, (test) => {
    const files = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).map((name) => statSync(BUILT + name))
    const bytes = files.filter((file) => file.isFile()).reduce((total, { size }) => total + size, 0)
    test.diagnostic(`${bytes} bytes`)
    assert.ok(bytes <= PACKAGE_BYTES, `${bytes} bytes`)
  })
})
