import type { CommanderError } from 'commander'
import { errorText, isWaybillError } from 'waybill/errors'
import { ConfigFaults, faultLine } from '../config/fault.ts'
import { complain, EXIT, type Io } from './io.ts'

/** Says what is wrong and what to do, in one line, or in one for each fault of a configuration; gives the exit code. */
export function explainFailure(error: unknown, io: Io): number {
  if (isWrongUse(error)) return explainWrongUse(error, io)
  if (error instanceof ConfigFaults) for (const fault of error.faults) complain(io, faultLine(fault))
  else if (isWaybillError(error)) complain(io, errorText(error))
  else complain(io, `An error that should not happen: ${error instanceof Error ? error.stack : String(error)}`)
  return isWaybillError(error) && MAY_PASS.includes(error.code) ? EXIT.failed : EXIT.usage
}

/** Codes of errors after which the same command may succeed: a supervisor starts it again. */
const MAY_PASS: readonly string[] = ['store_away', 'store_not_migrated']

/** Known by its code: commander itself is loaded with a command only. */
function isWrongUse(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}

function explainWrongUse({ exitCode, code, message }: CommanderError, io: Io): number {
  if (exitCode === 0) return EXIT.ok
  if (code !== 'commander.help') complain(io, `${tidied(message)} See waybill --help.`)
  return EXIT.usage
}

/** Commander's words as sentences, without the value of an unknown option: it may be a key. */
function tidied(message: string): string {
  if (message.includes("unknown option '--api-key")) {
    return 'The API key is never given on the command line, where others can see it: set WAYBILL_API_KEY, or name a file with --api-key-file.'
  }
  const plain = message
    .replace(/^error: /, '')
    .replace(/(unknown option '[^=']*)=.*'/s, "$1'")
    .replace(/\s*\((Did you mean .*\?)\)$/s, '. $1')
  return /[.?]$/.test(plain) ? plain : `${plain}.`
}
