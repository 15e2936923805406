import type { FileHandle } from 'node:fs/promises'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DAY_MS } from 'waybill/delivery'
import { FileError } from './errors.ts'
import { withCountedLevels } from './parquet-levels.ts'
import { type ExactColumns, exactColumns, exactValue } from './parquet-value.ts'
import { REPORT_COLUMNS, type Row } from './row.ts'

/**
 * Rows decoded at a time. Many writers put a million rows into one row group, which is more than memory should hold;
 * pages outside the asked range are skipped without being decoded.
 */
const SLICE_ROWS = 20_000
const BATCH_ROWS = 1_000

const PARSERS = {
  dateFromDays: (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10),
  stringFromBytes: (bytes: Uint8Array | undefined): string | undefined =>
    bytes === undefined ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes),
}

export interface ParquetTable {
  readonly columns: readonly string[]
  /** Whether no column holds lists or structs, so that rows read like lines of a table. */
  readonly isFlat: boolean
  readonly rowsTotal: number
  readonly rows: AsyncGenerator<Row[]>
}

/** Reads the footer, then rows in batches. Throws `FileError` for a file that is damaged or that the reader cannot decode. */
export async function readParquet(
  name: string,
  handle: FileHandle,
  onBytes: (bytes: number) => void,
): Promise<ParquetTable> {
  const file = await asyncBuffer(handle, onBytes)
  const metadata = await orFileError(name, () => parquetMetadataAsync(file))
  const children = parquetSchema(metadata).children
  const exact = exactColumns(
    metadata,
    children.map((child) => child.element),
  )
  const rowsTotal = Number(metadata.num_rows)
  const counted = withCountedLevels(file, metadata)
  return {
    columns: children.map((child) => child.element.name),
    isFlat: children.every((child) => child.children.length === 0 && child.element.repetition_type !== 'REPEATED'),
    rowsTotal,
    rows: slices(name, counted, metadata, exact),
  }
}

async function* slices(
  name: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
  exact: ExactColumns,
): AsyncGenerator<Row[]> {
  const rowsTotal = Number(metadata.num_rows)
  for (let rowStart = 0; rowStart < rowsTotal; rowStart += SLICE_ROWS) {
    const range = { rowStart, rowEnd: Math.min(rowStart + SLICE_ROWS, rowsTotal) }
    const options = { file, metadata, compressors, utf8: false, parsers: PARSERS, useOffsetIndex: true, ...range }
    const objects = await orFileError(name, () => parquetReadObjects(options))
    for (let at = 0; at < objects.length; at += BATCH_ROWS) {
      yield objects.slice(at, at + BATCH_ROWS).map((object, index) => toRow(object, rowStart + at + index + 1, exact))
    }
  }
}

function toRow(object: Record<string, unknown>, line: number, exact: ExactColumns): Row {
  const values: Record<string, unknown> = {}
  for (const key of Object.keys(object)) {
    if (!REPORT_COLUMNS.includes(key)) values[key] = exactValue(object[key], key, exact)
  }
  return { line, object: values }
}

async function asyncBuffer(handle: FileHandle, onBytes: (bytes: number) => void): Promise<AsyncBuffer> {
  const { size } = await handle.stat()
  return {
    byteLength: size,
    async slice(start: number, end: number = size): Promise<ArrayBuffer> {
      const bytes = new Uint8Array(Math.min(end, size) - start)
      await handle.read(bytes, 0, bytes.length, start)
      onBytes(Math.min(end, size))
      return bytes.buffer
    },
  }
}

async function orFileError<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new FileError(
      `${name}: the Parquet file cannot be read (${reason}). Export it again, with data pages of version 1 where the writer lets you choose.`,
      { cause },
    )
  }
}
