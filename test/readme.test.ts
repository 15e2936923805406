import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@waybill/emulator'
import { main } from '@waybill/relay'
import { makeExamples } from '../examples/make.ts'
import { isPictureStale } from '../scripts/picture.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text!)
}

function commands(): string[][] {
  return blocks('sh')
    .flatMap((block) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, ''))
    .filter((line) => line.startsWith('npx waybill '))
    .map((line) =>
      line
        .slice('npx waybill '.length)
        .match(/'[^']*'|\S+/g)!
        .map((word) => word.replaceAll("'", '')),
    )
}

test('the picture shows what npm start prints', () => {
  assert.equal(isPictureStale(), false, 'run node --conditions=waybill-source scripts/picture.ts')
})

test('the README’s program delivers its order', async () => {
  const emulator = createEmulator()
  const server = await emulator.listen({ port: 0 })
  const folder = mkdtempSync(join(ROOT, 'examples', 'data-readme-'))
  try {
    const program = blocks('ts')[0]!.replace(
      'createClient({',
      'createClient({ endpoint: process.env.WAYBILL_ENDPOINT!,',
    )
    const file = join(folder, 'program.ts')
    writeFileSync(file, program)
    const env = { ...process.env, WAYBILL_PIXEL_ID: 'p', WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: server.url }
    const output = await runInBackground(['--conditions=waybill-source', file], env)
    assert.match(output, /index: 0,\s+id: 'order_12345',\s+status: 'delivered',\s+issues: \[\],\s+attempts: 1/)
    assert.equal(emulator.summary().stored, 1)
  } finally {
    rmSync(folder, { recursive: true })
    await server.close()
  }
})

test('the README’s commands run as they are written', async () => {
  const emulator = createEmulator()
  const server = await emulator.listen({ port: 0 })
  const folder = mkdtempSync(join(ROOT, 'examples', 'data-readme-'))
  try {
    const { orders } = makeExamples(Date.now(), folder)
    const codes: Record<string, number> = {}
    for (const words of commands()) {
      const argv = words.map((word) =>
        word === 'orders.csv' ? orders : word === 'refused.csv' ? join(folder, word) : word,
      )
      const run = words[0] === 'emulate' ? runEmulate(argv) : runMain([...argv], server.url)
      codes[words[0]!] = await run
    }
    assert.deepEqual(codes, { validate: 1, send: 1, emulate: 0 })
    assert.equal(emulator.summary().stored, 296)
  } finally {
    rmSync(folder, { recursive: true })
    await server.close()
  }
})

test('every page and folder that the README links to exists', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!)
  assert.deepEqual(
    links.filter((path) => !existsSync(join(ROOT, path))),
    [],
  )
})

test('the two commands of the README are scripts of the root package', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const wanted = [...README.matchAll(/^npm ci && npm (\w+)/gm)].map(([, script]) => script!)
  assert.deepEqual(wanted, ['start', 'test'])
  for (const script of wanted) assert.ok(scripts[script], script)
})

const SILENT = { write: () => true } as unknown as NodeJS.WritableStream

function runMain(argv: string[], endpoint: string): Promise<number> {
  const env = { WAYBILL_API_KEY: 'k', WAYBILL_ENDPOINT: endpoint }
  return main(argv, { env, stdout: SILENT, stderr: SILENT, signal: new AbortController().signal })
}

/** Ends the emulator as soon as it says that it runs. */
function runEmulate(argv: string[]): Promise<number> {
  const stop = new AbortController()
  const stderr = {
    write(text: string) {
      if (text.includes('emulating')) stop.abort()
      return true
    },
  } as unknown as NodeJS.WritableStream
  const anyPort = argv.map((word) => (word === '8788' ? '0' : word))
  return main(anyPort, { env: {}, stdout: SILENT, stderr, signal: stop.signal })
}

function runInBackground(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  // A synchronous child would keep the emulator of this process from answering.
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env }, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}
