import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { explainFailure } from './explain-failure.ts'
import { EXIT, forTerminal, type Io, print } from './io.ts'

type Register = (program: Command, io: Io, exit: (code: number) => void) => void

/** Command → its code, which is loaded when it is asked for: most of what a command needs no other does. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  send: () => import('./commands/send.ts').then(({ registerSend }) => registerSend),
  validate: () => import('./commands/validate.ts').then(({ registerValidate }) => registerValidate),
  dev: () => import('./commands/dev.ts').then(({ registerDev }) => registerDev),
  serve: () => import('./commands/serve.ts').then(({ registerServe }) => registerServe),
  status: () => import('./commands/status.ts').then(({ registerStatus }) => registerStatus),
  events: () => import('./commands/events.ts').then(({ registerEvents }) => registerEvents),
  tail: () => import('./commands/tail.ts').then(({ registerTail }) => registerTail),
  refused: () => import('./commands/refused.ts').then(({ registerRefused }) => registerRefused),
  hold: () => import('./commands/hold.ts').then(({ registerHold }) => registerHold),
  link: () => import('./commands/link.ts').then(({ registerLink }) => registerLink),
  mark: () => import('./commands/mark.ts').then(({ registerMark }) => registerMark),
  resume: () => import('./commands/resume.ts').then(({ registerResume }) => registerResume),
  init: () => import('./commands/init.ts').then(({ registerInit }) => registerInit),
  completion: () => import('./commands/completion.ts').then(({ registerCompletion }) => registerCompletion),
  config: () => import('./commands/config.ts').then(({ registerConfig }) => registerConfig),
  dedup: () => import('./commands/dedup.ts').then(({ registerDedup }) => registerDedup),
  doctor: () => import('./commands/doctor.ts').then(({ registerDoctor }) => registerDoctor),
  outbox: () => import('./commands/outbox.ts').then(({ registerOutbox }) => registerOutbox),
  backup: () => import('./commands/backup.ts').then(({ registerBackup }) => registerBackup),
  emulate: () => import('./commands/emulate.ts').then(({ registerEmulate }) => registerEmulate),
  hash: () => import('./commands/hash.ts').then(({ registerHash }) => registerHash),
  explain: () => import('./commands/explain.ts').then(({ registerExplain }) => registerExplain),
}
const HELP =
  '\nExit codes: 0 all well, 1 something was found (refused events, a failed check), 2 wrong use or configuration, or nothing was sent, 3 interrupted or failed after some was sent.'

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

/** The one command that is meant; all of them where that is not clear, for help and for "Did you mean". */
function commandsFor(argv: readonly string[]): readonly string[] {
  const [first = ''] = argv
  // Completion says all of them too.
  return Object.hasOwn(COMMANDS, first) && first !== 'completion' ? [first] : Object.keys(COMMANDS)
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
  const registers = await Promise.all(commandsFor(argv).map((name) => COMMANDS[name]!()))
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
  return program
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
