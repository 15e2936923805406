import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { validatorFiles } from '../scripts/emulator-validators.ts'

/** The emulator where there is no Node: bundled for a browser, run in a realm that has what the web has and nothing else. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const WEB = {
  AbortController,
  AbortSignal,
  Blob,
  DecompressionStream,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
}
const MORE = { URL, URLSearchParams, atob, btoa, clearTimeout, crypto, performance, setTimeout, structuredClone }

async function bundle(contents: string): Promise<{ code: string; imports: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    format: 'iife',
    globalName: 'made',
    platform: 'browser',
    target: 'es2022',
    conditions: ['waybill-source'],
    logLevel: 'silent',
    metafile: true,
    write: false,
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
  return { code: outputFiles[0]!.text, imports }
}

describe('the emulator on an edge runtime', () => {
  it('is bundled without an import of Node and without a compiler of schemas, and answers', async () => {
    const { code, imports } = await bundle("export { createEmulator } from '@waybill/emulator'")
    assert.deepEqual(imports, [])
    assert.doesNotMatch(code, /new Function\(|\beval\(/)
    const realm = createContext({ ...WEB, ...MORE })
    const event = {
      id: 'lead_1',
      type: 'lead_created',
      timestamp_ms: Date.now(),
      data: { type: 'customer_action' },
      user: { ip_address: '2001:db8::7' },
    }
    const post = { method: 'POST', headers: { authorization: 'Bearer k' }, body: JSON.stringify({ events: [event] }) }
    const asked = `${code};const emulator = made.createEmulator();
      emulator.fetch('https://bzr.openai.com/v1/events?pid=px', ${JSON.stringify(post)}).then((answer) => answer.text())
        .then((text) => JSON.stringify([text, emulator.summary().stored]))`
    assert.deepEqual(JSON.parse(await runInContext(asked, realm)), ['{"accepted_events":1}', 1])
  })

  it('would be found with an import of Node', async () => {
    await assert.rejects(bundle("import { isIPv4 } from 'node:net'\nexport const is = isIPv4"), /Could not resolve/)
  })

  for (const [path, text] of validatorFiles()) {
    it(`has validators as new as their schema: ${path.split('/').at(-1)} (else npm run validators)`, () => {
      assert.ok(readFileSync(path, 'utf8') === text)
    })
  }
})
