import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Emulator } from '@waybill/emulator'
import type { Command } from 'commander'
import { readPort } from '../argument.ts'
import { createSwitchboard, FAULT_KEYS, type Switchboard } from '../dev-faults.ts'
import { count, EXIT, type Io, say, style } from '../io.ts'
import { onKeys } from '../keys.ts'
import { addFault, createFrom, listenOn } from './emulate.ts'
import { tail } from './tail.ts'

interface DevOptions {
  readonly port: number
  readonly emulatorPort: number
  readonly pixel: string
  readonly data?: string
  readonly fault: Readonly<Record<string, number>>
  readonly poison?: string
}

const HOST = '127.0.0.1'

export function registerDev(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('dev')
    .option('--port <number>', 'port of the relay; 0 takes any that is free', readPort, 8787)
    .option('--emulator-port <number>', 'port of the emulator; 0 takes any that is free', readPort, 8788)
    .option('--pixel <id>', 'the Pixel ID that your app uses', 'dev')
    .option('--data <folder>', 'keep the data there (default: a temporary folder, which goes at the end)')
    .option('--fault <kind=share>', 'as of waybill emulate, such as 503=0.2 or lost=0.1; can be repeated', addFault, {})
    .option('--poison <regex>', 'the API rejects events whose id matches')
    .action(async (options: DevOptions) => exit(await dev(options, io)))
}

async function dev(options: DevOptions, io: Io): Promise<number> {
  const { fault, poison, data } = options
  const emulator = createFrom({ fault, ...(poison !== undefined && { poison }) })
  const api = await listenOn(emulator, { port: options.emulatorPort, host: HOST, option: '--emulator-port' })
  const folder = data ?? mkdtempSync(join(tmpdir(), 'waybill-dev-'))
  try {
    return await runBoth(options, { emulator, apiUrl: api.url, folder }, io)
  } finally {
    await api.close()
    if (data === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

interface Parts {
  readonly emulator: Emulator
  readonly apiUrl: string
  readonly folder: string
}

/** The relay runs until Ctrl-C, and the view with it. */
async function runBoth(options: DevOptions, { emulator, apiUrl, folder }: Parts, io: Io): Promise<number> {
  const { loadConfig } = await import('../../config/index.ts')
  const { runRelay } = await import('../../service/index.ts')
  const ending = new AbortController()
  const signal = AbortSignal.any([io.signal, ending.signal])
  const switchboard = createSwitchboard(fetch)
  let view: Promise<unknown> = Promise.resolve()
  const ended = await runRelay({
    // In a folder of its own no configuration of the project is read.
    load: () => loadConfig({ env: environmentOf(options, apiUrl, folder), cwd: folder }),
    fetch: switchboard.fetch,
    stream: new PassThrough().resume(),
    signal,
    onListening({ url }) {
      sayWhere(options, url, apiUrl, io)
      onKeys(io, signal, (key) => pressed(key, { switchboard, emulator, stop: () => ending.abort(), io }))
      view = tail({ relay: url }, { ...io, signal, env: {} }).catch((error: unknown) => say(io, String(error)))
    },
  })
  await view
  sayLedger(emulator, io)
  return ended ? EXIT.ok : EXIT.failed
}

function environmentOf({ port, pixel }: DevOptions, apiUrl: string, folder: string): Record<string, string> {
  return {
    WAYBILL_PIXEL_ID: pixel,
    WAYBILL_API_KEY: 'dev',
    WAYBILL_ENDPOINT: apiUrl,
    WAYBILL_LISTEN: `${HOST}:${port}`,
    WAYBILL_DATA_DIR: folder,
  }
}

function sayWhere({ pixel, data }: DevOptions, url: string, apiUrl: string, io: Io): void {
  say(io, `${style(io, 'green', 'waybill dev')}: relay and emulator on this machine; nothing is sent anywhere`)
  say(io, `  put into your app   endpoint: '${url}', pixelId: '${pixel}', apiKey: 'dev'`)
  say(io, `  the relay's page    ${url}/`)
  say(io, `  what the API has    ${apiUrl}/_emulator/events`)
  say(io, `  data                ${data ?? 'in a temporary folder, which goes at the end (--data keeps it)'}`)
  if (io.stdin === process.stdin && process.stdin.isTTY === true) say(io, `  keys                ${keysText()}`)
  say(io)
}

const keysText = (): string =>
  [...Object.entries(FAULT_KEYS).map(([key, { says }]) => `${key} ${says}`), 'l ledger', 'q end'].join(', ')

interface Pressed {
  readonly switchboard: Switchboard
  readonly emulator: Emulator
  readonly stop: () => void
  readonly io: Io
}

function pressed(key: string, { switchboard, emulator, stop, io }: Pressed): void {
  if (key === 'q') stop()
  else if (key === 'l') sayLedger(emulator, io)
  else if (Object.hasOwn(FAULT_KEYS, key)) {
    switchboard.choose(key)
    say(io, `from now on: ${FAULT_KEYS[key]!.says}`)
  }
}

function sayLedger(emulator: Emulator, io: Io): void {
  const { requests, stored, duplicates } = emulator.summary()
  say(
    io,
    `ledger of the API: ${count(stored, 'event')} stored, ${count(requests, 'request')}, ${count(duplicates, 'duplicate')}`,
  )
}
