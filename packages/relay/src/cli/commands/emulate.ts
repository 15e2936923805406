import { createEmulator, type Emulator, type EmulatorOptions } from '@waybill/emulator'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, type Io, print, say, style, UsageError } from '../io.ts'

interface EmulateOptions {
  readonly port: number
  readonly host: string
  readonly json?: boolean
  readonly fault: Readonly<Record<string, number>>
  readonly [option: string]: unknown
}

const NOT_OF_THE_EMULATOR: ReadonlySet<string> = new Set(['port', 'host', 'json'])

export function registerEmulate(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('emulate')
    .option('--port <number>', 'port; 0 takes any that is free', wholeNumber, 8788)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--contract <generation>', 'generations it reads')
        .choices(['2026-06', '2026-11', 'both'])
        .default('both'),
    )
    .option('--pixel <id>', 'the only Pixel ID it knows (default: any)')
    .option('--api-key <key>', 'the only key it takes (default: any); a made-up one, since this is no real account')
    .option('--max-body <bytes>', 'larger bodies are answered 413', wholeNumber)
    .option('--now <time>', 'fixes the clock (ISO 8601)')
    .addOption(
      new Option('--errors <naming>', 'how bad events are named')
        .choices(['all', 'first', 'none', 'wrong'])
        .default('all'),
    )
    .option('--poison <regex>', 'rejects events whose id matches')
    .option(
      '--fault <kind=share>',
      '429, 500, 503, timeout, reset, lost, html200, short or slow; can be repeated',
      addFault,
      {},
    )
    .option('--seed <number>', 'seed of the faults', wholeNumber)
    .option('--retry-after <seconds>', 'sent with 429 and 503')
    .option('--latency <ms>', 'delay of every answer', wholeNumber)
    .addOption(new Option('--keep <what>', 'what it remembers').choices(['all', 'ledger', 'count']).default('all'))
    .option('--json', 'print address and final summary as JSON on stdout')
    .action(async (options: EmulateOptions) => exit(await emulate(options, io)))
}

function wholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

export function addFault(text: string, faults: Readonly<Record<string, number>>): Record<string, number> {
  const [, kind, share] = /^(\w+)=(\d*\.?\d+)$/.exec(text) ?? []
  if (kind === undefined || share === undefined)
    throw new InvalidArgumentError('Write it as kind=share, for example lost=0.2.')
  return { ...faults, [kind]: Number(share) }
}

async function emulate(options: EmulateOptions, io: Io): Promise<number> {
  const emulator = createFrom(options)
  const server = await listenOn(emulator, options)
  if (options.json === true) print(io, JSON.stringify({ url: server.url, port: server.port }))
  else {
    say(
      io,
      `${style(io, 'green', 'emulating')} the Conversions API on ${server.url} (an imitation: nothing is sent anywhere)`,
    )
    say(io, `  send to it:   WAYBILL_API_KEY=test waybill send orders.csv --pixel test --endpoint ${server.url}`)
    say(io, `  look at it:   ${server.url}/_emulator/summary   ${server.url}/_emulator/events`)
  }
  await aborted(io.signal)
  await server.close()
  const summary = emulator.summary()
  if (options.json === true) print(io, JSON.stringify(summary))
  else say(io, `\n${summary.stored} stored, ${summary.requests} requests, ${summary.duplicates} duplicates`)
  return EXIT.ok
}

/** An emulator by what the command line says; wrong values are wrong use. */
export function createFrom(options: Readonly<Record<string, unknown>>): Emulator {
  const given = Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_OF_THE_EMULATOR.has(name)))
  try {
    return createEmulator(given as EmulatorOptions)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Opens the port, or says that it is taken. */
export async function listenOn(
  emulator: Emulator,
  { port, host, option = '--port' }: { readonly port: number; readonly host: string; readonly option?: string },
): ReturnType<Emulator['listen']> {
  try {
    return await emulator.listen({ port, host })
  } catch (error) {
    const busy = (error as { code?: string }).code === 'EADDRINUSE'
    throw new UsageError(
      busy
        ? `Port ${port} is taken: stop what uses it, or choose another with ${option}.`
        : `Cannot listen on ${host}:${port}: ${(error as Error).message}`,
    )
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
