import type { Issue } from './issue.ts'

export type FileFormat = 'csv' | 'tsv' | 'ndjson' | 'json' | 'parquet'

export type JsonObject = Readonly<Record<string, unknown>>

/** What a record is that belongs to the sheet and not to the table: the sums below it, its header again, a remark. */
export type Aside = 'totals' | 'header' | 'footer'

/** One record as the file has it. */
export interface Row {
  /** Line on which the record starts; in a JSON array the element's number, in Parquet the row's. All count from 1. */
  readonly line: number
  /** CSV and TSV: the cells exactly as read, in the order of the columns. */
  readonly cells?: readonly string[]
  /** JSON and Parquet: the object, without the columns of a refused file. */
  readonly object?: JsonObject
  /** The text of a record that could not be taken apart. */
  readonly raw?: string
  /** Set where the record could not be read as a row; such a row has no event. */
  readonly issues?: readonly Issue[]
  /** Of an object that comes from a refused file: the state of the run that refused it. */
  readonly run?: string
  /** Set where the record is none of the table's; it is counted and never sent. */
  readonly aside?: Aside
}

/** The columns that a refused file adds, and that reading one back passes over. The last names the state of the run it comes from. */
export const RUN_COLUMN = 'waybill_run'
export const REPORT_COLUMNS: readonly string[] = ['line', 'codes', 'reasons', RUN_COLUMN]

/** Whether an object holds no object or array, and can therefore be read like a line of a table. */
export function isFlat(object: JsonObject): boolean {
  for (const key in object) {
    const value = object[key]
    if (typeof value === 'object' && value !== null) return false
  }
  return true
}

/** Whether an object is a whole event as this API takes it, known by what only such a one has. */
export function isWholeEvent(object: JsonObject): boolean {
  if (object['timestamp_ms'] === undefined && object['timestamp'] === undefined && object['type'] === undefined)
    return false
  return isInner(object['data']) || isInner(object['user'])
}

function isInner(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
