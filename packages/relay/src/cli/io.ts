import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { styleText } from 'node:util'
import type { Runtime } from 'waybill'
import { WaybillError } from 'waybill/errors'
import { shown } from '../observe/shown.ts'
import { folded, widthOfScreen } from './screen.ts'

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

/** Stands for the escape character of our own colours until the text is written; nobody outside can know it. */
const OWN_ESCAPE = `\u0001${randomUUID()}`
const ESCAPE = '\u001b'

/** A text as it may be written to a terminal: of what steers one, only our own colours are left. */
export function forTerminal(text: string): string {
  return text.split(OWN_ESCAPE).map(shown).join(ESCAPE)
}

/** Data, on stdout. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${forTerminal(text)}\n`)
}

/** A sentence on stdout; on a screen no word of it is cut. */
export function printText(io: Io, text: string): void {
  print(io, fitted(text, io.stdout))
}

/** Talk, on stderr; on a screen no word of it is cut. */
export function say(io: Io, text: string = ''): void {
  io.stderr.write(`${forTerminal(fitted(text, io.stderr))}\n`)
}

const OWN_COLOUR = new RegExp(`${OWN_ESCAPE}\\[\\d+m`, 'g')
const shownLength = (text: string): number => text.replace(OWN_COLOUR, '').length

function fitted(text: string, stream: Io['stdout']): string {
  const width = widthOfScreen(stream)
  if (width === Number.POSITIVE_INFINITY) return text
  const lines = text.split('\n')
  return lines.map((line) => folded(line, width, shownLength)).join('\n')
}

export type Style = Parameters<typeof styleText>[0]

/** Colour on a terminal that wants it; talk goes to stderr, so that is the terminal meant unless another is named. */
export function style(io: Io, format: Style, text: string, stream: { isTTY?: boolean } = io.stderr): string {
  const wanted = stream.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  if (!wanted) return text
  // Only what the style itself adds is an escape of ours.
  const [before, after] = styleText(format, '|', { validateStream: false }).split('|')
  return `${own(before)}${text}${own(after)}`
}

function own(sequence: string | undefined): string {
  return (sequence ?? '').replaceAll(ESCAPE, OWN_ESCAPE)
}

/** What went wrong, in one line. */
export function complain(io: Io, text: string): void {
  say(io, `${style(io, 'red', 'waybill:')} ${text.replace(/\s*\n\s*/g, ' ').trim()}`)
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}
