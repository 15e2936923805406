/**
 * For trying a guide: `waybill serve` with the guide's configuration, in this process and for as long as its program needs it.
 * Unless WAYBILL_ENDPOINT names another API, the emulator stands behind it and nothing leaves this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@waybill/emulator'
import { main } from '@waybill/relay'

/** The Pixel ID of the guides' configurations. */
export const PIXEL_ID = 'px_1'

export interface Relay {
  readonly url: string
  /** Posts what somebody else's system would, and says what the relay answered. */
  post(path: string, init: RequestInit): Promise<void>
  /** Waits until nothing is left to deliver, and says what became of these ids. */
  settle(...ids: readonly string[]): Promise<void>
}

/** `secrets`: the variables that the configuration names. */
export async function withRelay(
  configuration: URL,
  secrets: Readonly<Record<string, string>>,
  work: (relay: Relay) => Promise<void>,
): Promise<void> {
  const { WAYBILL_ENDPOINT, WAYBILL_API_KEY = 'any-key' } = process.env
  const emulator = WAYBILL_ENDPOINT ? undefined : await createEmulator().listen({ port: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'waybill-guide-'))
  const stop = new AbortController()
  const env = {
    ...secrets,
    WAYBILL_API_KEY,
    WAYBILL_ENDPOINT: WAYBILL_ENDPOINT || emulator?.url,
    WAYBILL_LISTEN: '127.0.0.1:0',
    WAYBILL_DATA_DIR: folder,
  }
  const { url, ended } = await serve(['serve', '--config', fileURLToPath(configuration)], env, stop.signal)
  try {
    await work({ url, post: (path, init) => post(url + path, init), settle: (...ids) => settle(url, ids) })
  } finally {
    stop.abort()
    await ended
    await emulator?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

type Environment = Readonly<Record<string, string | undefined>>

async function serve(
  argv: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<{ url: string; ended: Promise<number> }> {
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
  const ended = main(argv, { env, signal, stdout })
  const early = ended.then((code) => {
    throw new Error(`The relay ended with ${code}:\n${log}`)
  })
  return { url: await Promise.race([url, early]), ended }
}

async function post(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, { method: 'POST', ...init })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  say(`${new URL(url).pathname}: ${text}`)
}

async function settle(url: string, ids: readonly string[]): Promise<void> {
  for (;;) {
    const { counts } = (await (await fetch(`${url}/api/status`)).json()) as { counts: Record<string, number> }
    if (counts['queued'] === 0 && counts['sending'] === 0) break
    await sleep(50)
  }
  for (const id of ids) {
    const answer = await fetch(`${url}/api/events/${encodeURIComponent(id)}`)
    const { accounts = [] } = (await answer.json()) as { accounts?: { name: string; state: string }[] }
    say(`${id}: ${accounts.map(({ name, state }) => `${name} ${state}`).join(', ') || 'nothing'}`)
  }
}
