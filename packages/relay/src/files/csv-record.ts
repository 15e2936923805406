import { FileError } from './errors.ts'
import { fault, type Issue } from './issue.ts'
import { REPORT_COLUMNS, type Row } from './row.ts'

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
 * The column names of a header record, trimmed. One without a name, as spreadsheets leave them at the end, is called by its place: it is
 * shown among what is ignored, and costs nothing. Throws `FileError` for a name that stands twice.
 */
export function headerColumns(name: string, header: Row): string[] {
  const columns = (header.cells ?? []).map((cell, at) => cell.trim() || `column ${at + 1}`)
  const where = `${name}, line ${header.line}`
  columns.forEach((column, at) => {
    const before = columns.indexOf(column)
    if (before === at) return
    throw new FileError(
      `${where}: columns ${before + 1} and ${at + 1} are both called "${column}". Rename one of them.`,
    )
  })
  return columns
}

/** Whether a record is a blank line, or what a spreadsheet makes of one: nothing but delimiters. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '') || (cells.length === 1 && cells[0]!.trim() === '')
}

/** The row as it is, or with an issue when it has not one cell per column. */
export function checkedRow(row: Row, columns: readonly string[]): Row {
  const count = row.cells?.length
  if (row.issues !== undefined || count === columns.length) return row
  return { ...row, issues: [wrongCount(count ?? 0, columns.length)] }
}

function wrongCount(count: number, wanted: number): Issue {
  const many = count > wanted
  return fault(
    'malformed_row',
    '',
    `The row has ${count} ${count === 1 ? 'cell' : 'cells'}, the header ${wanted}.`,
    many ? 'Quote cells that contain the delimiter.' : 'Add the missing cells; an empty one keeps its delimiter.',
  )
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
