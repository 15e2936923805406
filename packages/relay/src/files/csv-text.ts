import { DELIMITERS } from './delimiter.ts'

/** One line of a table, with a line break. Cells come out exactly as they went in when the line is read back. */
export function csvLine(cells: readonly string[], delimiter: string): string {
  return `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\n`
}

/** A header line. Names are quoted where they hold any delimiter, because the delimiter is found by counting in this line. */
export function csvHeader(columns: readonly string[], delimiter: string): string {
  const cells = columns.map((column) =>
    DELIMITERS.some((each) => column.includes(each)) ? quote(column) : quoted(column, delimiter),
  )
  return `${cells.join(delimiter)}\n`
}

function quoted(cell: string, delimiter: string): string {
  // A byte order mark would be dropped at the beginning of a file.
  return cell.includes(delimiter) || /["\r\n\ufeff]/.test(cell) ? quote(cell) : cell
}

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}
