import type { Readable } from 'node:stream'
import { readCsv } from './csv.ts'
import { detectDelimiter } from './delimiter.ts'
import { fileErrorFrom } from './errors.ts'
import { detectFormat, isEnoughHead } from './format.ts'
import { jsonRows } from './json.ts'
import { ndjsonRows } from './ndjson.ts'
import { readParquet } from './parquet.ts'
import type { FileFormat, Row } from './row.ts'
import { openSource, type Source } from './source.ts'
import { spool } from './spool.ts'
import { refuseForeignText, startsWithMark, wholeCharacters } from './utf8.ts'

export interface OpenFile {
  /** The path as given, or `standard input`. */
  readonly name: string
  readonly format: FileFormat
  /** The header of a table, and the columns of a Parquet file without lists and structs. */
  readonly columns?: readonly string[]
  /** What stands between the cells of a CSV or TSV. */
  readonly delimiter?: string
  /** Whether the text began with a byte order mark, as spreadsheets write it. */
  readonly hasByteOrderMark: boolean
  /** Rows in file order, in batches. Can be read once. Throws `FileError` where reading cannot go on. */
  readonly rows: AsyncIterable<readonly Row[]>
  /** Size on disk, compressed if the file is. Absent for standard input and pipes. */
  readonly bytesTotal?: number
  /** Parquet only. */
  readonly rowsTotal?: number
  /** Bytes read so far, to be held against `bytesTotal`. */
  bytesRead(): number
  close(): Promise<void>
}

export interface OpenFileOptions {
  /** What `-` reads. Default `process.stdin`. */
  readonly stdin?: Readable
  /** Default: by content, then by name. */
  readonly format?: FileFormat
}

/**
 * Opens a conversion export, gzipped or not; `-` is standard input.
 * Throws `FileError` when there is no such file, when it is empty or no UTF-8 text, or when its header cannot serve.
 */
export async function openFile(path: string, options: OpenFileOptions = {}): Promise<OpenFile> {
  const source = await openSource(path, options.stdin ?? process.stdin)
  try {
    const head = await source.bytes.peek(isEnoughHead)
    const format = options.format ?? detectFormat(path, head)
    return format === 'parquet' ? await openParquet(source) : await openText(source, format, head)
  } catch (error) {
    await source.close()
    throw fileErrorFrom(source.name, error)
  }
}

async function openText(source: Source, format: Exclude<FileFormat, 'parquet'>, head: Buffer): Promise<OpenFile> {
  const { name } = source
  refuseForeignText(name, head)
  const chunks = wholeCharacters(name, source.bytes)
  const file = { ...common(source), format, hasByteOrderMark: startsWithMark(head) }
  if (format === 'ndjson') return { ...file, rows: ndjsonRows(name, chunks) }
  if (format === 'json') return { ...file, rows: jsonRows(name, chunks) }
  const delimiter = format === 'tsv' ? '\t' : detectDelimiter(head.toString('utf8'))
  const table = await readCsv(name, chunks, delimiter)
  return { ...file, format: delimiter === '\t' ? 'tsv' : 'csv', delimiter, ...table }
}

async function openParquet(source: Source): Promise<OpenFile> {
  const aside = source.gzipped || source.handle === undefined ? await spool(source.bytes) : undefined
  let bytesRead = 0
  const advance = (bytes: number): void => {
    bytesRead = Math.max(bytesRead, bytes)
  }
  try {
    const table = await readParquet(source.name, aside?.handle ?? source.handle!, advance)
    return {
      ...common(source),
      format: 'parquet',
      hasByteOrderMark: false,
      ...(table.isFlat ? { columns: table.columns } : {}),
      rows: table.rows,
      rowsTotal: table.rowsTotal,
      bytesRead: aside === undefined ? () => bytesRead : source.bytesRead,
      close: async () => {
        await aside?.close()
        await source.close()
      },
    }
  } catch (error) {
    await aside?.close()
    throw error
  }
}

function common(source: Source): Pick<OpenFile, 'name' | 'bytesTotal' | 'bytesRead' | 'close'> {
  return {
    name: source.name,
    ...(source.bytesTotal === undefined ? {} : { bytesTotal: source.bytesTotal }),
    bytesRead: source.bytesRead,
    close: source.close,
  }
}
