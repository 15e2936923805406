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
  const { orders } = makeExamples(Date.now(), folder)
  const places: Record<string, string> = { 'orders.csv': orders, 'refused.csv': join(folder, 'refused.csv') }
  const env: Record<string, string> = {
    WAYBILL_API_KEY: 'k',
    WAYBILL_PIXEL_ID: 'p',
    WAYBILL_ENDPOINT: server.url,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: join(folder, 'data'),
  }
  const end = new AbortController()
  const codes: Record<string, number> = {}
  const running: [string, Promise<number>][] = []
  try {
    for (const words of commands()) {
      const argv = words.map((word) => places[word] ?? word)
      const name = argv[0]!
      if (name === 'serve') {
        const relay = startServe(argv, env, end.signal)
        running.push([name, relay.ended])
        env['WAYBILL_RELAY'] = await relay.url
        await bring('order_1', env['WAYBILL_RELAY'])
      } else codes[name] = await (name === 'emulate' ? runEmulate(argv) : runMain(argv, env))
    }
    end.abort()
    for (const [name, ended] of running) codes[name] = await ended
    assert.deepEqual(codes, { doctor: 0, serve: 0, status: 0, events: 0, refused: 0, validate: 1, send: 1, emulate: 0 })
    assert.equal(emulator.summary().stored, 298)
  } finally {
    end.abort()
    await Promise.all(running.map(([, ended]) => ended))
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

function runMain(argv: string[], env: Readonly<Record<string, string>>): Promise<number> {
  return main(argv, { env, stdout: SILENT, stderr: SILENT, signal: new AbortController().signal })
}

/** The relay in this process; `url` is where its log says that it listens. */
function startServe(
  argv: string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): { readonly url: Promise<string>; readonly ended: Promise<number> } {
  let listening: (url: string) => void = () => {}
  const url = new Promise<string>((resolve) => {
    listening = resolve
  })
  const stdout = {
    write(text: string) {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (found !== undefined) listening(found)
      return true
    },
  } as unknown as NodeJS.WritableStream
  return { url, ended: main(argv, { env, stdout, stderr: SILENT, signal }) }
}

async function bring(id: string, relay: string): Promise<void> {
  const data = { type: 'customer_action' }
  const event = { id, type: 'lead_created', timestamp_ms: Date.now(), action_source: 'other', data }
  const response = await fetch(`${relay}/v1/events?pid=p`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  })
  assert.equal(response.status, 200)
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
