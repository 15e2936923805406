import { accessSync, constants, realpathSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { isReportColumn } from './csv-record.ts'
import { csvHeader, csvLine } from './csv-text.ts'
import { FileError, fileErrorFrom } from './errors.ts'
import type { Issue } from './issue.ts'
import type { OpenFile } from './open-file.ts'
import { PrivateFile } from './private-file.ts'
import { type FileFormat, REPORT_COLUMNS, type Row, RUN_COLUMN } from './row.ts'

/** What the refused file has to know of the file that a row comes from. An `OpenFile` is one. */
export type RowSource = Pick<OpenFile, 'name' | 'format' | 'columns' | 'delimiter'> & {
  readonly hasByteOrderMark?: boolean
}

/**
 * Writes refused rows so that they can be fixed and sent again: tables with the input's delimiter and columns, all else as
 * NDJSON, each row with `line`, `codes`, `reasons` and, where it has one, the state of the run. Formulas in cells stay as they are: the file is for sending, not for show.
 */
export interface RefusedWriter {
  /** Writes a row with all that is wrong with it, and the state of the run that refused it. Throws `FileError` when the file cannot be written. */
  write(source: RowSource, row: Row, issues: readonly Issue[], run?: string): void
  /** The files written so far; the first has the path that was asked for. */
  paths(): readonly string[]
  rowsWritten(): number
  /** Brings what is buffered to the file, for instance before a report is shown. */
  flush(): void
  close(): void
}

interface Sheet {
  readonly file: PrivateFile
  readonly write: (row: Row, issues: readonly Issue[], run: string | undefined) => void
}

export interface RefusedWriterOptions {
  /** Paths that are being read, and therefore must not be written. */
  readonly inputs?: readonly string[]
}

/**
 * Nothing is created before the first row. Columns cannot be united while streaming, so the header is that of the first
 * file; rows of a file with other columns or another format go to `<name>-2.<ext>`, and so on. Mode 0600.
 * Throws `FileError` at once when the folder cannot be written to or the path is one of the inputs.
 */
export function createRefusedWriter(path: string, { inputs = [] }: RefusedWriterOptions = {}): RefusedWriter {
  refuseUnwritable(path)
  refuseInput(path, inputs)
  const sheets = new Map<string, Sheet>()
  let rows = 0
  const sheetOf = (source: RowSource, hasRun: boolean): Sheet => {
    const layout = layoutOf(source)
    const known = sheets.get(layout)
    if (known !== undefined) return known
    const target = numbered(path, sheets.size + 1, source.format)
    refuseInput(target, [...inputs, source.name])
    const sheet = openSheet(target, source, hasRun)
    sheets.set(layout, sheet)
    return sheet
  }
  const each = (act: (file: PrivateFile) => void): void => {
    for (const { file } of sheets.values()) act(file)
  }
  return {
    write: (source, row, issues, run) => {
      sheetOf(source, run !== undefined).write(row, issues, run)
      rows += 1
    },
    paths: () => [...sheets.values()].map(({ file }) => file.path),
    rowsWritten: () => rows,
    flush: () => each((file) => file.flush()),
    close: () => each((file) => file.close()),
  }
}

function isTable(source: RowSource): boolean {
  return source.format === 'csv' || source.format === 'tsv'
}

function layoutOf(source: RowSource): string {
  return isTable(source) ? JSON.stringify([source.delimiter, source.columns]) : 'ndjson'
}

function openSheet(path: string, source: RowSource, hasRun: boolean): Sheet {
  const file = new PrivateFile(path)
  return { file, write: isTable(source) ? tableWriter(file, source, hasRun) : ndjsonWriter(file) }
}

/** A run without a state, such as a mere check, has no column for it. */
function tableWriter(file: PrivateFile, source: RowSource, hasRun: boolean): Sheet['write'] {
  const columns = source.columns ?? []
  const delimiter = source.delimiter ?? ','
  const kept = columns.map((column) => !isReportColumn(column))
  file.write(source.hasByteOrderMark ? '\ufeff' : '')
  file.write(csvHeader([...columns.filter((_, at) => kept[at]), ...REPORT_COLUMNS.slice(0, hasRun ? 4 : 3)], delimiter))
  return (row, issues, run = '') => {
    const cells = row.cells ?? [row.raw ?? '']
    // A row of the wrong width keeps all its cells: padded out, it would pass for a good one when it is sent again.
    const own = cells.length === columns.length ? cells.filter((_, at) => kept[at]) : cells
    const { line, codes, reasons } = report(row, issues)
    const told = [String(line), codes.join('; '), reasons.join('; '), run]
    file.write(csvLine([...own, ...told.slice(0, hasRun ? 4 : 3)], delimiter))
  }
}

function ndjsonWriter(file: PrivateFile): Sheet['write'] {
  return (row, issues, run) => {
    const content = row.object ?? { raw: row.raw ?? '' }
    file.write(
      `${JSON.stringify({ ...content, ...report(row, issues), ...(run === undefined ? {} : { [RUN_COLUMN]: run }) })}\n`,
    )
  }
}

function report(row: Row, issues: readonly Issue[]): { line: number; codes: string[]; reasons: string[] } {
  const codes = [...new Set(issues.map((issue) => issue.code))]
  // With the remedy: whoever fixes the file need not be who saw the run, and to some rows nothing may be done.
  const reasons = [...new Set(issues.map(({ message, hint }) => (hint ? `${message} ${hint}` : message)))]
  return { line: row.line, codes, reasons }
}

function numbered(path: string, number: number, format: FileFormat): string {
  if (number === 1) return path
  const extension = extname(path)
  const own = format === 'csv' || format === 'tsv' ? `.${format}` : '.ndjson'
  return `${path.slice(0, path.length - extension.length)}-${number}${own}`
}

function refuseUnwritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw fileErrorFrom(path, error)
  }
}

function refuseInput(path: string, inputs: readonly string[]): void {
  const real = realPath(path)
  if (real === undefined || !inputs.some((input) => realPath(input) === real)) return
  throw new FileError(`${path}: this is a file being read. Name another file for the refused rows.`)
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
