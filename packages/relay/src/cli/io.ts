import { styleText } from 'node:util'

/** The outside world of a command, so that tests can stand in for it. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Unix milliseconds. */
  readonly now: () => number
}

export const EXIT = { ok: 0, refused: 1, usage: 2, failed: 3 } as const

/** Wrong use or configuration: one line that says what to do, and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** Data, on stdout. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`)
}

/** Talk, on stderr. */
export function say(io: Io, text: string = ''): void {
  io.stderr.write(`${text}\n`)
}

type Style = Parameters<typeof styleText>[0]

/** Colour on a terminal that wants it. */
export function style(io: Io, format: Style, text: string): string {
  const wanted = io.stderr.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  return wanted ? styleText(format, text, { validateStream: false }) : text
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
