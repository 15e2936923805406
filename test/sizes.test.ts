import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildResult, build, type Metafile } from 'esbuild'

/**
 * How much each entry point of the SDK costs a browser or a worker: bundled and minified with all its dependencies, then compressed
 * with gzip, which every server has (brotli makes less of it). And that nothing of Node is in it.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const BYTES_PER_KB = 1_024

/** Entry point → its ceiling in KB of 1,024 bytes. The others must only be free of Node. */
const CEILINGS_KB: Readonly<Record<string, number>> = {
  'waybill/contract': 24,
  'waybill/pixel': 4,
  'waybill/oppref': 3,
  'waybill/oppref/express': 3,
  'waybill/oppref/fastify': 3,
  'waybill/oppref/hono': 3,
  'waybill/oppref/next': 3,
}

function entryPoints(): string[] {
  const { exports } = JSON.parse(readFileSync(`${ROOT}packages/waybill/package.json`, 'utf8')) as { exports: object }
  const paths = Object.keys(exports).filter((path) => path !== './package.json')
  return paths.map((path) => path.replace('.', 'waybill'))
}

/** The bundle of a program that uses all of an entry point. */
function bundle(contents: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['waybill-source'],
    external: ['node:*'],
    logLevel: 'silent',
    metafile: true,
    write: false,
  })
}

const gzippedBytes = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length

/** What a bundle would ask its runtime for: imports that were left in it, and packages named like those of Node. */
function foreignImports({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
}

/** Files whose code is in a bundle. */
const filesIn = ({ outputs }: Metafile): string[] => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))

describe('the entry points of the SDK', () => {
  for (const name of entryPoints()) {
    const ceilingKb = CEILINGS_KB[name] ?? Number.POSITIVE_INFINITY
    it(`${name} has no import of Node${name in CEILINGS_KB ? ` and at most ${ceilingKb} KB` : ''}`, async (test) => {
      const { outputFiles, metafile } = await bundle(`export * from ${JSON.stringify(name)}`)
      assert.deepEqual(foreignImports(metafile), [])
      const bytes = gzippedBytes(outputFiles[0]!.contents)
      test.diagnostic(`${name}: ${bytes} bytes`)
      assert.ok(bytes <= ceilingKb * BYTES_PER_KB, `${bytes} bytes`)
    })
  }

  it('have every ceiling for one that exists', () => {
    const names = new Set(entryPoints())
    assert.deepEqual(
      Object.keys(CEILINGS_KB).filter((name) => !names.has(name)),
      [],
    )
  })

  it('would be found with an import of Node', async () => {
    const { metafile } = await bundle("import { readFileSync } from 'node:fs'\nexport const read = readFileSync")
    assert.deepEqual(foreignImports(metafile), ['node:fs'])
    await assert.rejects(bundle("export { readFileSync } from 'fs'"), /Could not resolve "fs"/)
  })

  it('the pixel carries none of the rules of check', async () => {
    const rulesIn = async (name: string): Promise<number> => {
      const { metafile } = await bundle(`export * from '${name}'`)
      return filesIn(metafile).filter((path) => /contract\/(?:check|wire|friendly|issue)\.ts$/.test(path)).length
    }
    assert.deepEqual([await rulesIn('waybill/contract'), await rulesIn('waybill/pixel')], [4, 0])
  })
})
