import { fault, type Issue } from './issue.ts'
import { REPORT_COLUMNS, type Row } from './row.ts'

/** Longer records are refused alone: no row of a table is that long, and a quotation mark that is never closed would take all the rest. */
export const MAX_RECORD_CHARACTERS = 1_000_000
const LINE_BREAKS = /\r\n|\r|\n/g

/** How many lines of the file a record takes. */
export function linesOf(cells: readonly string[]): number {
  let lines = 1
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) lines += countLineBreaks(cell)
  }
  return lines
}

export function countLineBreaks(text: string): number {
  return text.match(LINE_BREAKS)?.length ?? 0
}

/**
 * The column names of a header record, trimmed. One without a name, as spreadsheets leave them at the end, is called by its place, and one
 * whose name stood before by its number: `Name (2)`. They are shown among what is ignored, and cost nothing.
 */
export function headerColumns(header: readonly string[]): string[] {
  const columns: string[] = []
  const seen = new Map<string, number>()
  for (const [at, cell] of header.entries()) {
    const name = cell.trim() || `column ${at + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    columns.push(times === 1 ? name : `${name} (${times})`)
  }
  return columns
}

/** How a map names a column: the first of several of one name by its number too, so that nobody takes it by accident. */
export function nameInMap(column: string, columns: readonly string[]): string {
  return columns.includes(`${column} (2)`) ? `${column} (1)` : column
}

/** Whether a record is a blank line, or what a spreadsheet makes of one: nothing but delimiters. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '') || (cells.length === 1 && cells[0]!.trim() === '')
}

/** What to say of a row that has more cells, or other cells, than the header has columns. */
export function wrongCount(count: number, wanted: number): Issue {
  const many = count > wanted
  return fault(
    'malformed_row',
    '',
    `The row has ${count} ${count === 1 ? 'cell' : 'cells'}, the header ${wanted}.`,
    many ? 'Quote cells that contain the delimiter.' : 'Add the missing cells; an empty one keeps its delimiter.',
  )
}

/** What to say of a row below the header of another table. */
export function ofAnotherTable(line: number): Issue {
  return fault(
    'malformed_row',
    '',
    `Another table begins in line ${line}: its columns need not be those of the first one.`,
    'Put each table into a file of its own.',
  )
}

/** A line break in a cell without quotation marks has made two rows of one. */
export function brokenInTwo(row: Row, columns: number): Row {
  const issue = fault(
    'malformed_row',
    '',
    `The row has ${row.cells?.length} cells and its neighbour the others of the header's ${columns}: a line break parts them.`,
    'Put the cell that holds the line break in quotation marks.',
  )
  return { ...row, issues: [issue] }
}

/** A row for a record that is longer than what is read of one. */
export function tooLong(line: number, raw: string): Row {
  const issue = fault(
    'malformed_row',
    '',
    `The row is longer than ${MAX_RECORD_CHARACTERS.toLocaleString('en-US')} characters, which is the most that is read of one.`,
    'Shorten its longest cell, or leave that column out of the export.',
  )
  return { line, raw: `${raw}…`, issues: [issue] }
}

/** A row for a line on which a quotation mark stands where none can. */
export function strayQuote(line: number, raw: string): Row {
  const issue = fault(
    'malformed_row',
    '',
    'A quotation mark stands inside a cell, or the one that opens a cell is not closed.',
    'Put the whole cell in quotation marks and double each one inside it.',
  )
  return { line, raw, issues: [issue] }
}

/** Whether the columns are those that only a refused file has. */
export function isReportColumn(column: string): boolean {
  return REPORT_COLUMNS.includes(column.trim().toLowerCase())
}
