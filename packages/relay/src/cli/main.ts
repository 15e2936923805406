import { Command } from 'commander'
import { VERSION } from 'waybill'
import { registerBackup } from './commands/backup.ts'
import { registerConfig } from './commands/config.ts'
import { registerDedup } from './commands/dedup.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerEmulate } from './commands/emulate.ts'
import { registerEvents } from './commands/events.ts'
import { registerExplain } from './commands/explain.ts'
import { registerHash } from './commands/hash.ts'
import { registerHold } from './commands/hold.ts'
import { registerInit } from './commands/init.ts'
import { registerLink } from './commands/link.ts'
import { registerRefused } from './commands/refused.ts'
import { registerResume } from './commands/resume.ts'
import { registerSend } from './commands/send.ts'
import { registerServe } from './commands/serve.ts'
import { registerStatus } from './commands/status.ts'
import { registerTail } from './commands/tail.ts'
import { registerValidate } from './commands/validate.ts'
import { explainFailure } from './explain-failure.ts'
import { EXIT, forTerminal, type Io } from './io.ts'

const COMMANDS = [
  registerSend,
  registerValidate,
  registerServe,
  registerStatus,
  registerEvents,
  registerTail,
  registerRefused,
  registerHold,
  registerLink,
  registerResume,
  registerInit,
  registerConfig,
  registerDedup,
  registerDoctor,
  registerBackup,
  registerEmulate,
  registerHash,
  registerExplain,
]
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
  const program = createProgram(io, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
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
      writeOut: (text) => void io.stdout.write(forTerminal(text)),
      writeErr: (text) => void io.stderr.write(forTerminal(text)),
      outputError: () => {},
    })
    .addHelpText('after', HELP)
  for (const register of COMMANDS) register(program, io, exit)
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
