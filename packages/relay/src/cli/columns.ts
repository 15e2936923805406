import { type Io, type Style, style } from './io.ts'
import { HANGING, NARROWEST, widthOfScreen, wrapped } from './screen.ts'

/** One cell; the colour is for a terminal that wants it. */
export interface ColumnCell {
  readonly text: string
  readonly format?: Style | undefined
}

const GAP = '  '

/**
 * Rows as lines whose columns stand under each other. On a terminal what does not fit goes on in lines of its own under the last column, broken
 * between words; where the columns before it leave no room for that, each row is a text that goes on below. In a pipe each row is one line.
 */
export function columns(rows: readonly (readonly ColumnCell[])[], io: Io): string[] {
  const most = Math.max(0, ...rows.map((row) => row.length))
  const widthOf = (index: number): number => Math.max(...rows.map((row) => row[index]?.text.length ?? 0))
  const widths = Array.from({ length: most }, (_, index) => widthOf(index))
  const width = widthOfScreen(io.stdout)
  const isNarrow = rows.some((row) => indentOf(row, widths) + needed(row.at(-1)?.text ?? '', width) > width)
  return rows.flatMap((row) => (isNarrow ? flowing(row, width, io) : linesOf(row, widths, width, io)))
}

const indentOf = (row: readonly ColumnCell[], widths: readonly number[]): number =>
  widths.slice(0, row.length - 1).reduce((sum, width) => sum + width + GAP.length, 0)

/** Room without which the last column would break in the middle of a word; a word that no line holds cannot be helped. */
function needed(text: string, width: number): number {
  const words = text.split(' ').map((word) => word.length)
  return Math.min(text.length, Math.max(NARROWEST, ...words.filter((length) => length < width - HANGING)))
}

const painted = ({ format }: ColumnCell, text: string, io: Io): string =>
  format === undefined || text === '' ? text : style(io, format, text, io.stdout)

function linesOf(row: readonly ColumnCell[], widths: readonly number[], width: number, io: Io): string[] {
  const last = row.at(-1) ?? { text: '' }
  const head = row.slice(0, -1).map((cell, index) => painted(cell, cell.text.padEnd(widths[index] ?? 0), io))
  const indent = indentOf(row, widths)
  const [first = '', ...more] = wrapped(last.text, width - indent)
  const begun = [...head, painted(last, first, io)].join(GAP).trimEnd()
  return [begun, ...more.map((text) => `${' '.repeat(indent)}${painted(last, text, io)}`)]
}

/** A row as one text, whose lines break between cells and words. */
function flowing(row: readonly ColumnCell[], width: number, io: Io): string[] {
  const lines: { text: string; length: number }[] = [{ text: '', length: 0 }]
  for (const cell of row.filter(({ text }) => text.trim() !== ''))
    for (const [at, word] of cell.text.trim().split(' ').entries()) {
      const line = lines.at(-1)!
      const gap = line.length === 0 ? '' : at === 0 ? GAP : ' '
      const text = painted(cell, word, io)
      const isRoom = line.length <= HANGING || line.length + gap.length + word.length <= width
      if (isRoom) Object.assign(line, { text: line.text + gap + text, length: line.length + gap.length + word.length })
      else lines.push({ text: ' '.repeat(HANGING) + text, length: HANGING + word.length })
    }
  return lines.map(({ text }) => text)
}

/** State of an event, or type of a message → its colour. */
export function colourOf(state: string): Style | undefined {
  if (/delivered$|resumed$|confirmed$/.test(state)) return 'green'
  if (/refused$|expired$|wrong$|failed$/.test(state)) return 'red'
  if (/held$|suspected$|doubted$|expiring$/.test(state)) return 'yellow'
  return undefined
}
