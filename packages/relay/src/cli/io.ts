import type { Readable } from 'node:stream'
import { styleText } from 'node:util'
import { type Runtime, WaybillError } from 'waybill'

/** The outside world of a command, so that tests can stand in for it. */
export interface Io {
  readonly stdin: Readable
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean }
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Unix milliseconds. */
  readonly now: () => number
  /** The client's clock, chance and waiting; for tests. */
  readonly runtime?: Runtime | undefined
}

export const EXIT = { ok: 0, refused: 1, usage: 2, failed: 3 } as const

/** Wrong use or configuration: one line that says what to do, and exit code 2. */
export class UsageError extends WaybillError {
  override readonly name: string = 'UsageError'

  constructor(message: string, code = 'wrong_use') {
    super(code, message)
  }
}

/** Data, on stdout. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`)
}

/** Talk, on stderr. */
export function say(io: Io, text: string = ''): void {
  io.stderr.write(`${text}\n`)
}

export type Style = Parameters<typeof styleText>[0]

/** Colour on a terminal that wants it; talk goes to stderr, so that is the terminal meant unless another is named. */
export function style(io: Io, format: Style, text: string, stream: { isTTY?: boolean } = io.stderr): string {
  const wanted = stream.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  return wanted ? styleText(format, text, { validateStream: false }) : text
}

/** What went wrong, in one line. */
export function complain(io: Io, text: string): void {
  say(io, `${style(io, 'red', 'waybill:')} ${text.replace(/\s*\n\s*/g, ' ').trim()}`)
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
