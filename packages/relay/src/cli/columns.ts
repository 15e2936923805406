import { type Io, type Style, style } from './io.ts'

/** One cell; the colour is for a terminal that wants it. */
export interface ColumnCell {
  readonly text: string
  readonly format?: Style | undefined
}

const GAP = '  '
const NARROWEST = 20

/**
 * Rows as lines whose columns stand under each other. On a terminal what does not fit goes on in lines of its own under the last column, broken
 * between words; in a pipe each row is one line.
 */
export function columns(rows: readonly (readonly ColumnCell[])[], io: Io): string[] {
  const most = Math.max(0, ...rows.map((row) => row.length))
  const widthOf = (index: number): number => Math.max(...rows.map((row) => row[index]?.text.length ?? 0))
  const widths = Array.from({ length: most }, (_, index) => widthOf(index))
  return rows.flatMap((row) => linesOf(row, widths, io))
}

function linesOf(row: readonly ColumnCell[], widths: readonly number[], io: Io): string[] {
  const last = row.length - 1
  const paint = ({ format }: ColumnCell, text: string): string =>
    format === undefined ? text : style(io, format, text, io.stdout)
  const head = row.slice(0, last).map((cell, index) => paint(cell, cell.text.padEnd(widths[index] ?? 0)))
  const indent = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0)
  const [first = '', ...more] = wrapped(row[last]?.text ?? '', roomFor(indent, io))
  const begun = [...head, paint(row[last]!, first)].join(GAP).trimEnd()
  return [begun, ...more.map((text) => `${' '.repeat(indent)}${paint(row[last]!, text)}`)]
}

/** Characters that are left for the last column; without end where nobody reads a screen. */
function roomFor(indent: number, { stdout }: Io): number {
  if (stdout.isTTY !== true) return Number.POSITIVE_INFINITY
  const { columns: width = 80 } = stdout as { readonly columns?: number }
  return Math.max(NARROWEST, width - indent)
}

/** A text in lines of at most so many characters; a word that is longer has a line for itself. */
export function wrapped(text: string, room: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

/** State of an event, or type of a message → its colour. */
export function colourOf(state: string): Style | undefined {
  if (/delivered$|resumed$|confirmed$/.test(state)) return 'green'
  if (/refused$|expired$|wrong$|failed$/.test(state)) return 'red'
  if (/held$|suspected$|doubted$|expiring$/.test(state)) return 'yellow'
  return undefined
}
