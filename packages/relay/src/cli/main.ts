import { Command, CommanderError } from 'commander'
import { isWaybillError, VERSION } from 'waybill'
import { FilesError } from '../files/index.ts'
import { registerEmulate } from './commands/emulate.ts'
import { registerExplain } from './commands/explain.ts'
import { registerHash } from './commands/hash.ts'
import { registerSend } from './commands/send.ts'
import { registerValidate } from './commands/validate.ts'
import { EXIT, type Io, say, style, UsageError } from './io.ts'

const COMMANDS = [registerSend, registerValidate, registerEmulate, registerHash, registerExplain]

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
  try {
    await createProgram(io, (code) => {
      exitCode = code
    }).parseAsync(argv, { from: 'user' })
  } catch (error) {
    exitCode = explainFailure(error, io)
  } finally {
    interrupt?.release()
  }
  return exitCode
}

function createProgram(io: Io, exit: (code: number) => void): Command {
  const program = new Command('waybill')
    .description('Deliver conversion events to the OpenAI Ads Conversions API, with an account of every one.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 all delivered, 1 some refused, 2 wrong use or configuration, 3 interrupted or some failed.',
    )
  for (const register of COMMANDS) register(program, io, exit)
  return program
}

/** One line that says what is wrong and what to do. */
function explainFailure(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok
    const asksForHelp = error.code === 'commander.help'
    if (!asksForHelp) complain(io, `${oneLine(error.message.replace(/^error: /, ''))} See waybill --help.`)
    return EXIT.usage
  }
  if (error instanceof UsageError || error instanceof FilesError) complain(io, oneLine(error.message))
  else if (isWaybillError(error)) complain(io, oneLine([error.message, error.hint].filter(Boolean).join(' ')))
  else complain(io, `An error that should not happen: ${error instanceof Error ? error.stack : String(error)}`)
  return EXIT.usage
}

function complain(io: Io, text: string): void {
  say(io, `${style(io, 'red', 'waybill:')} ${text}`)
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

interface Interrupt {
  readonly signal: AbortSignal
  release(): void
}

/** The first Ctrl-C or SIGTERM ends the run in order; the second ends the process. */
function listenForInterrupt(): Interrupt {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.failed)
    controller.abort()
  }
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
