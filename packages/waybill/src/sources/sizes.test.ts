/** Who takes one source does not pay for the others, and who takes `waybill` pays for none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const SOURCES = ['shopify', 'stripe', 'woocommerce', 'hubspot', 'generic', 'segment', 'ga4'] as const
/** Minified and compressed, in bytes, with what is shared and `@noble/hashes`. */
const MAX_SOURCE_BYTES = 20 * 1_024
/** With the readers of amounts and times, which know the names of months and zones. */
const MAX_ALL_BYTES = 42 * 1_024

async function bundled(entry: string): Promise<{ readonly bytes: number; readonly files: string[] }> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*'],
    logLevel: 'silent',
    metafile: true,
    write: false,
  })
  const [output] = Object.values(result.metafile.outputs)
  const files = Object.keys(output!.inputs).map((path) => path.replaceAll('\\', '/'))
  return { bytes: gzipSync(result.outputFiles[0]!.contents, { level: 9 }).length, files }
}

const vendorsIn = (files: readonly string[]): string[] =>
  SOURCES.filter((name) => files.some((file) => file.includes(`/sources/${name}/`)))

test('the main entry has nothing of the sources in it', async () => {
  const { files } = await bundled('index.ts')
  assert.ok(files.some((file) => file.includes('/contract/')))
  assert.deepEqual(
    files.filter((file) => file.includes('/sources/')),
    [],
  )
})

for (const name of SOURCES) {
  test(`${name} comes alone, below its ceiling`, async () => {
    const { bytes, files } = await bundled(`sources/${name}/index.ts`)
    assert.deepEqual(vendorsIn(files), [name])
    assert.ok(bytes <= MAX_SOURCE_BYTES, `${bytes} bytes`)
  })
}

test('all of them stay below theirs', async () => {
  const { bytes, files } = await bundled('sources/index.ts')
  assert.deepEqual(vendorsIn(files), [...SOURCES])
  assert.ok(bytes <= MAX_ALL_BYTES, `${bytes} bytes`)
})
