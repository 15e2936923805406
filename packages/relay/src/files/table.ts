import { headerColumns } from './csv-record.ts'
import { FileError } from './errors.ts'
import type { Row } from './row.ts'
import { findHeader, isPlainHeader, type TableHead } from './table-head.ts'
import { TableRecords } from './table-records.ts'

/** Records that are looked at to find the header. */
const HEAD_RECORDS = 50

export interface Table {
  readonly columns: readonly string[]
  /** Each with as many cells as there are columns, save those with an issue. */
  readonly rows: AsyncGenerator<Row[]>
  /** The zone that a line above the header names, as written. */
  readonly timeZone?: string
  /** What a person should know of how it was read; complete once the rows were. */
  notes(): readonly string[]
}

/** Makes a table of records: finds its header, brings its rows to one width. Throws `FileError` where there is no header. */
export async function readTable(name: string, batches: AsyncIterable<Row[]>): Promise<Table> {
  const more = batches[Symbol.asyncIterator]()
  const { records, failure } = await firstRecords(more)
  if (records.length === 0 && failure !== undefined) throw failure.error
  if (records.length === 0) throw new FileError(`${name}: the file has no header line and no rows.`)
  const head = findHeader(records.map(({ cells }) => cells ?? ['']))
  const header = records[head.at]!
  if (header.issues !== undefined) throw badHeader(name, header)
  const columns = headerColumns(header.cells ?? [])
  const rows = new TableRecords(header, columns)
  return {
    columns,
    rows: tableRows(records.slice(head.at + 1), failure ?? more, rows),
    ...(head.timeZone === undefined ? {} : { timeZone: head.timeZone }),
    notes: () => [...notesOf(head, records), ...rows.notes()],
  }
}

function badHeader(name: string, { line, issues }: Row): FileError {
  const isQuote = issues?.[0]?.message.includes('quotation') === true
  return new FileError(
    isQuote
      ? `${name}, line ${line}: a quotation mark in the header is out of place. Fix the header.`
      : `${name}, line ${line}: ${issues?.[0]?.message ?? 'the header cannot be read.'}`,
  )
}

interface Failure {
  readonly error: unknown
}

/** Enough records to find the header: the first batch where that is plain, else more. What broke off the reading is told behind them. */
async function firstRecords(batches: AsyncIterator<Row[]>): Promise<{ records: Row[]; failure?: Failure }> {
  const records: Row[] = []
  try {
    while (records.length < HEAD_RECORDS) {
      const next = await batches.next()
      if (next.done === true) break
      for (const row of next.value) records.push(row)
      if (records[0] !== undefined && isPlainHeader(records[0].cells ?? [])) break
    }
    return { records }
  } catch (error) {
    return { records, failure: { error } }
  }
}

async function* tableRows(
  first: Row[],
  more: AsyncIterator<Row[]> | Failure,
  rows: TableRecords,
): AsyncGenerator<Row[]> {
  yield rows.take(first)
  if ('error' in more) throw more.error
  for (let next = await more.next(); next.done !== true; next = await more.next()) yield rows.take(next.value)
  yield rows.end()
}

function notesOf({ at, timeZone }: TableHead, records: readonly Row[]): string[] {
  const header = records[at]!.line
  const above = header - 1
  const lines = above === 1 ? 'line 1 stands' : `lines 1–${above} stand`
  return [
    ...(at === 0 ? [] : [`${lines} above the header, which is line ${header}`]),
    ...(timeZone === undefined ? [] : [`times without an offset are in ${timeZone}, as a line above the header says`]),
  ]
}
