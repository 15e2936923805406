import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { explainFailure } from './explain-failure.ts'
import { EXIT, forTerminal, type Io, print, UsageError } from './io.ts'

type Register = (program: Command, io: Io, exit: (code: number) => void) => void

interface Entry {
  /** What it is for, in one line of the help. */
  readonly about: string
  /** Its code, loaded when it is asked for: most of what a command needs no other does. */
  readonly load: () => Promise<Register>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  send: {
    about: 'check the events of files and deliver them',
    load: () => import('./commands/send.ts').then(({ registerSend }) => registerSend),
  },
  validate: {
    about: 'check the events of files on this machine; sends nothing',
    load: () => import('./commands/validate.ts').then(({ registerValidate }) => registerValidate),
  },
  dev: {
    about: 'relay and emulator together on this machine, with a live view; nothing to configure, nothing leaves',
    load: () => import('./commands/dev.ts').then(({ registerDev }) => registerDev),
  },
  serve: {
    about: 'take events over HTTP, keep them on disk and deliver them',
    load: () => import('./commands/serve.ts').then(({ registerServe }) => registerServe),
  },
  status: {
    about: 'show how a running relay stands',
    load: () => import('./commands/status.ts').then(({ registerStatus }) => registerStatus),
  },
  events: {
    about: 'look at the events of a running relay',
    load: () => import('./commands/events.ts').then(({ registerEvents }) => registerEvents),
  },
  tail: {
    about: 'show what a running relay does, as it happens, until Ctrl-C',
    load: () => import('./commands/tail.ts').then(({ registerTail }) => registerTail),
  },
  refused: {
    about: 'what was refused: see why, fix it, send it again, give it up (a dead letter queue elsewhere)',
    load: () => import('./commands/refused.ts').then(({ registerRefused }) => registerRefused),
  },
  hold: {
    about: 'send nothing more of a pixel until it is resumed; events are still taken',
    load: () => import('./commands/hold.ts').then(({ registerHold }) => registerHold),
  },
  link: {
    about: 'make a link to the page for somebody without a token: it shows some pixels and changes nothing',
    load: () => import('./commands/link.ts').then(({ registerLink }) => registerLink),
  },
  mark: {
    about: 'note a change, such as a release, which stands on the charts of the page then',
    load: () => import('./commands/mark.ts').then(({ registerMark }) => registerMark),
  },
  resume: {
    about: 'send again what was held of a pixel',
    load: () => import('./commands/resume.ts').then(({ registerResume }) => registerResume),
  },
  init: {
    about: 'write a first configuration and .env.waybill beside it; asks only on a terminal',
    load: () => import('./commands/init.ts').then(({ registerInit }) => registerInit),
  },
  completion: {
    about: 'print what completes waybill in a shell:  source <(waybill completion bash)',
    load: () => import('./commands/completion.ts').then(({ registerCompletion }) => registerCompletion),
  },
  config: {
    about: 'the configuration of the relay',
    load: () => import('./commands/config.ts').then(({ registerConfig }) => registerConfig),
  },
  dedup: {
    about: 'compare what the pixel sent with what the server sent; sends nothing',
    load: () => import('./commands/dedup.ts').then(({ registerDedup }) => registerDedup),
  },
  doctor: {
    about: 'find out whether a relay can work here: configuration, disk, network, clock, keys, contract',
    load: () => import('./commands/doctor.ts').then(({ registerDoctor }) => registerDoctor),
  },
  outbox: {
    about: "conversions in the order's own transaction (docs/outbox.md)",
    load: () => import('./commands/outbox.ts').then(({ registerOutbox }) => registerOutbox),
  },
  backup: {
    about: "copy the relay's data while it runs, and verify the copy; docs/operating.md says how to restore it",
    load: () => import('./commands/backup.ts').then(({ registerBackup }) => registerBackup),
  },
  'migrate-store': {
    about: 'move the data of a relay that is stopped from SQLite to PostgreSQL; docs/operating.md says how',
    load: () => import('./commands/migrate-store.ts').then(({ registerMigrateStore }) => registerMigrateStore),
  },
  emulate: {
    about: 'run the API on this machine, with its rules and its faults',
    load: () => import('./commands/emulate.ts').then(({ registerEmulate }) => registerEmulate),
  },
  hash: {
    about: 'show how an identity is normalised and hashed, step by step',
    load: () => import('./commands/hash.ts').then(({ registerHash }) => registerHash),
  },
  explain: {
    about: 'explain a code that a check or a send gave; without one, list them all',
    load: () => import('./commands/explain.ts').then(({ registerExplain }) => registerExplain),
  },
}
const HELP = `
Exit codes:
  0  all well
  1  something was found: refused events, a failed check
  2  wrong use or configuration, or nothing was sent
  3  interrupted or failed after some was sent`

/** Runs the command line and gives the exit code: 0 all well, 1 some refused, 2 wrong use, 3 interrupted or some failed. */
export async function main(argv: readonly string[], given: Partial<Io> = {}): Promise<number> {
  const interrupt = given.signal === undefined ? listenForInterrupt() : undefined
  const io: Io = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    signal: interrupt?.signal ?? new AbortController().signal,
    now: () => Date.now(),
    ...given,
  }
  let exitCode: number = EXIT.ok
  const exit = (code: number): void => {
    exitCode = code
  }
  if (argv[0] === '--version' || argv[0] === '-V') {
    print(io, readVersion())
    interrupt?.release()
    return EXIT.ok
  }
  try {
    const program = await createProgram(argv, io, exit)
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    exitCode = explainFailure(error, io)
  } finally {
    interrupt?.release()
  }
  return exitCode
}

/** The commands whose code is needed: the one that is meant, none for the list of them and for "Did you mean". */
function commandsFor([first = '', second = '']: readonly string[]): readonly string[] {
  // Completion says all of them.
  if (first === 'completion') return Object.keys(COMMANDS)
  return [first === 'help' ? second : first].filter((name) => Object.hasOwn(COMMANDS, name))
}

/** Read and not imported: with the version would come the whole SDK. */
function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

async function createProgram(argv: readonly string[], io: Io, exit: (code: number) => void): Promise<Command> {
  const { Command } = await import('commander')
  const names = commandsFor(argv)
  const registers = await Promise.all(names.map((name) => COMMANDS[name]!.load()))
  const program = new Command('waybill')
    .description('Deliver conversion events to the OpenAI Ads Conversions API, with an account of every one.')
    .version(readVersion())
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(forTerminal(text)),
      writeErr: (text) => void io.stderr.write(forTerminal(text)),
      outputError: () => {},
    })
    .addHelpText('after', HELP)
  for (const register of registers) register(program, io, exit)
  for (const [name, { about }] of Object.entries(COMMANDS)) {
    const found = program.commands.find((command) => command.name() === name)
    if (found !== undefined) found.description(about)
    else if (names.length === 0)
      program.command(name).description(about).allowUnknownOption().allowExcessArguments().action(nameFirst)
  }
  return program
}

/** Of a command that is listed only, because something stands before its name. */
function nameFirst(): never {
  throw new UsageError('Name the command first: waybill <command>, then what belongs to it.')
}

interface Interrupt {
  readonly signal: AbortSignal
  release(): void
}

/** The first Ctrl-C or SIGTERM ends the run in order; the second ends the process. A reader that went away ends nothing. */
function listenForInterrupt(): Interrupt {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.failed)
    controller.abort()
  }
  const outputs = [process.stdout, process.stderr]
  for (const output of outputs) output.on('error', ignoreClosedPipe)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}

/** `waybill explain | head` closes the pipe early, and a run goes on although nobody looks. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
