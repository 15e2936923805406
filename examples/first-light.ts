/**
 * `npm start`: the relay. While no pixel is configured, the API's emulator stands behind it, the examples are sent through it,
 * and what happened is shown; then it runs on until Ctrl-C. With `--once` it ends there.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEmulator } from '@waybill/emulator'
import { main } from '@waybill/relay'
import { DATA_FOLDER, makeExamples } from './make.ts'

const PORT = 8787
/** One subscription that only the API knows to be bad. */
const POISON = '^sub_13$'

const { env } = process
const isConfigured = env['WAYBILL_PIXEL_ID'] || env['WAYBILL_CONFIG'] || existsSync('waybill.config.json')
process.exitCode = isConfigured ? await main(['serve']) : await firstLight(process.argv.includes('--once'))

async function firstLight(once: boolean): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const emulator = createEmulator({ poison: POISON })
  const api = await emulator.listen({ port: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'waybill-first-light-'))
  try {
    const relay = await startRelay(api.url, folder, stop.signal)
    show(`The page: ${relay.url}/\n`)
    show(`The relay listens on ${relay.url}. No pixel is configured, so the API is emulated behind it;`)
    show('nothing leaves this machine.')
    await sendExamples(relay.url)
    const { stored, duplicates, requests } = emulator.summary()
    show(`\nThe API stored ${stored} conversions, each once (${duplicates} duplicates), in ${requests} requests.`)
    show('The mistakes are in the examples on purpose.')
    if (!once) sayWhereToLook(relay.url, api.url)
    if (once) stop.abort()
    return await relay.ended
  } finally {
    await api.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function show(text: string): void {
  process.stderr.write(`${text}\n`)
}

interface Relay {
  readonly url: string
  readonly ended: Promise<number>
}

/** `waybill serve` in this process. Its log is watched for the address and otherwise not shown. */
async function startRelay(endpoint: string, folder: string, signal: AbortSignal): Promise<Relay> {
  let log = ''
  let listening: (url: string) => void = () => {}
  const url = new Promise<string>((resolve) => {
    listening = resolve
  })
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0]
      if (found !== undefined) listening(found)
      done()
    },
  })
  const ended = main(['serve'], {
    stdout,
    signal,
    env: {
      WAYBILL_PIXEL_ID: 'demo',
      WAYBILL_API_KEY: 'demo-key',
      WAYBILL_ENDPOINT: endpoint,
      WAYBILL_LISTEN: `127.0.0.1:${(await isFree(PORT)) ? PORT : 0}`,
      WAYBILL_DATA_DIR: join(folder, 'data'),
    },
  })
  const early = ended.then((code) => {
    throw new Error(`The relay ended with ${code}:\n${log}`)
  })
  return { url: await Promise.race([url, early]), ended }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

async function sendExamples(relay: string): Promise<void> {
  const { orders, subscriptions } = makeExamples(Date.now())
  const file = relative('', orders)
  const refused = relative('', join(DATA_FOLDER, 'refused.csv'))
  // What is left of the last time would be taken for what this relay has.
  for (const path of [refused, `${file}.waybill`]) rmSync(path, { force: true })
  await run(`send ${file} --pixel demo --endpoint ${relay} --refused ${refused}`)
  await post(bodyOf(subscriptions), relay)
  await untilDelivered(relay)
  await run(`status --relay ${relay}`)
  await run(`refused ls --relay ${relay}`)
}

/** The request's body, written beside the events that it is made of. Gives its path. */
function bodyOf(events: string): string {
  const file = events.replace(/\.ndjson$/, '.json')
  writeFileSync(file, `{"events":[${readFileSync(events, 'utf8').trimEnd().split('\n').join()}]}`)
  return relative('', file)
}

/** A backend that was written for the API needs another base URL, and nothing else. */
async function post(file: string, relay: string): Promise<void> {
  const url = `${relay}/v1/events?pid=demo`
  show(`\n$ curl '${url}' -H 'content-type: application/json' -d @${file}`)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: readFileSync(file, 'utf8') })
  show(await response.text())
}

async function untilDelivered(relay: string): Promise<void> {
  for (;;) {
    const { counts } = (await (await fetch(`${relay}/api/status`)).json()) as { counts: Record<string, number> }
    if (counts['queued'] === 0 && counts['sending'] === 0) return
    await sleep(50)
  }
}

/** A command as the reader would type it. Data goes to stderr too: it is one picture. */
async function run(words: string): Promise<void> {
  show(`\n$ waybill ${words}`)
  const stdout = { isTTY: false, write: (text: string) => process.stderr.write(text) }
  await main(words.split(' '), {
    stdout: stdout as unknown as NodeJS.WritableStream,
    env: { ...env, WAYBILL_API_KEY: 'demo-key' },
  })
}

function sayWhereToLook(relay: string, api: string): void {
  const there = relay.endsWith(`:${PORT}`) ? '' : ` --relay ${relay}`
  show(`\nWhere to look: ${relay}/ in a browser, or in another terminal:`)
  show(`  npx waybill events show sub_13${there}   what became of one event, request by request`)
  show(`  npx waybill tail${there}                 what happens, as it happens`)
  show(`  ${relay}/metrics and ${relay}/openapi.json`)
  show(`  ${api}/_emulator/events      what the emulated API has stored`)
  show('Your own pixel: npx waybill init, or set WAYBILL_PIXEL_ID and WAYBILL_API_KEY; then npm start.')
  show('Ctrl-C ends it.')
}
