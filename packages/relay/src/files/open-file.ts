import type { Readable } from 'node:stream'
import { ByteQueue } from './byte-queue.ts'
import { readCsv } from './csv.ts'
import { detectDelimiter } from './delimiter.ts'
import { type Encoding, encodingNote, encodingOfHead, inUtf8, looseEncoding, namedEncoding, UTF_8 } from './encoding.ts'
import { FileError, fileErrorFrom } from './errors.ts'
import { detectFormat, isEnoughHead } from './format.ts'
import { jsonRows } from './json.ts'
import { ndjsonRows } from './ndjson.ts'
import type { FileFormat, Row } from './row.ts'
import { openSource, type Source } from './source.ts'
import { isNoUtf8, startsWithMark, wholeCharacters } from './utf8.ts'

export interface OpenFile {
  /** The path as given, or `standard input`. */
  readonly name: string
  readonly format: FileFormat
  /** The header of a table, and the columns of a Parquet file without lists and structs. */
  readonly columns?: readonly string[]
  /** What stands between the cells of a CSV or TSV. */
  readonly delimiter?: string
  /** Whether the text began with a byte order mark, as spreadsheets write it, or came in an encoding that needs one to be told from. */
  readonly hasByteOrderMark: boolean
  /** Rows in file order, in batches. Can be read once. Throws `FileError` where reading cannot go on. */
  readonly rows: AsyncIterable<readonly Row[]>
  /** Size on disk, compressed if the file is. Absent for standard input and pipes. */
  readonly bytesTotal?: number
  /** Parquet only. */
  readonly rowsTotal?: number
  /** Zone that a line above the header names (`Parameters:TimeZone=…`), as written. */
  readonly timeZone?: string
  /** What a person should know of how it was read, such as `read as Windows-1252`. Complete once the rows were read. */
  notes(): readonly string[]
  /** Of text: how its bytes are read. */
  readonly encoding?: Encoding
  /** Bytes read so far, to be held against `bytesTotal`. */
  bytesRead(): number
  close(): Promise<void>
}

export interface OpenFileOptions {
  /** What `-` reads. Default `process.stdin`. */
  readonly stdin?: Readable
  /** Default: by content, then by name. */
  readonly format?: FileFormat
  /** Label of the text's encoding. Default: found out. */
  readonly encoding?: string | undefined
  /** What an earlier opening of the very same file found out, which takes a reading of all of it. */
  readonly encodingFound?: Encoding | undefined
  /** Sheet of a workbook, by name or number. Default: the first that is not hidden. */
  readonly sheet?: string | undefined
  /** What the file is called in messages, where its path is none that a person knows. */
  readonly name?: string | undefined
}

/**
 * Opens a conversion export: a table as text or workbook, JSON, Parquet, also in gzip, zstd or zip; `-` is standard input.
 * Throws `FileError` when there is no such file, when it cannot be read, or when its header cannot serve.
 */
export async function openFile(path: string, options: OpenFileOptions = {}): Promise<OpenFile> {
  const stdin = options.stdin ?? process.stdin
  const source = await openSource(path, stdin, options.name)
  try {
    if (options.sheet !== undefined && source.kind !== 'workbook') throw noSheets(source)
    if (source.kind === 'parquet') return await openParquet(source)
    if (source.kind === 'workbook') return await openWorkbook(source, options)
    return await openText(source, options, () => openSource(path, stdin))
  } catch (error) {
    await source.close()
    throw fileErrorFrom(source.name, error)
  }
}

function noSheets({ name }: Source): FileError {
  return new FileError(`${name}: --sheet is for workbooks (.xlsx), and this is none. Leave it out.`)
}

async function openText(source: Source, options: OpenFileOptions, again: () => Promise<Source>): Promise<OpenFile> {
  const { name } = source
  const bytes = await source.bytes.peek(isEnoughHead)
  const encoding = await encodingOf(source, bytes, options, again)
  const isUtf8 = encoding.label === 'utf-8'
  const text = new ByteQueue(isUtf8 ? wholeCharacters(name, source.bytes) : inUtf8(name, source.bytes, encoding))
  const head = await text.peek(isEnoughHead)
  const format = options.format ?? detectFormat(source.tableName, head)
  const notes = [...source.notes, ...(isUtf8 ? [] : [encodingNote(encoding)])]
  const file = { ...common(source, notes), format, encoding, hasByteOrderMark: !isUtf8 || startsWithMark(bytes) }
  if (format === 'ndjson') return { ...file, rows: ndjsonRows(text) }
  if (format === 'json') return { ...file, ...jsonFile(name, text, notes) }
  const delimiter = format === 'tsv' ? '\t' : detectDelimiter(head.toString('utf8'))
  const table = await readCsv(name, text, delimiter)
  const tableNotes = (): readonly string[] => [...notes, ...table.notes()]
  return { ...file, format: delimiter === '\t' ? 'tsv' : 'csv', delimiter, ...table, notes: tableNotes }
}

function jsonFile(name: string, text: ByteQueue, notes: readonly string[]): Pick<OpenFile, 'rows' | 'notes'> {
  const said: string[] = []
  const rows = jsonRows(name, text, (note) => said.push(note))
  return { rows, notes: () => [...notes, ...said] }
}

/** What was said, else what the first bytes say, else what all of them look like, where they can be read twice. */
async function encodingOf(
  { name, isRegular }: Source,
  head: Buffer,
  { encoding, encodingFound }: OpenFileOptions,
  again: () => Promise<Source>,
): Promise<Encoding> {
  if (encoding !== undefined) return namedEncoding(encoding)
  if (encodingFound !== undefined) return encodingFound
  const known = encodingOfHead(name, head)
  if (known !== undefined) return known
  if (!isRegular) return (await isNoUtf8(once(head))) ? ((await looseEncoding(once(head))) ?? UTF_8) : UTF_8
  const isNone = await reading(again, isNoUtf8)
  return isNone === true ? ((await reading(again, looseEncoding)) ?? UTF_8) : UTF_8
}

async function* once(head: Buffer): AsyncGenerator<Buffer> {
  // The head may end within a character, which says nothing of the text.
  yield head.subarray(0, Math.max(0, head.lastIndexOf(0x0a) + 1) || head.length)
}

async function reading<T>(
  open: () => Promise<Source>,
  look: (chunks: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T | undefined> {
  const source = await open()
  try {
    return await look(source.bytes)
  } catch (error) {
    // A file that breaks off is told of where it breaks off: what stands before can be read.
    if (error instanceof FileError) return undefined
    throw error
  } finally {
    await source.close()
  }
}

async function openWorkbook(source: Source, { sheet }: OpenFileOptions): Promise<OpenFile> {
  let bytesRead = 0
  const onBytes = (bytes: number): void => {
    bytesRead = bytes
  }
  // Loaded only where it is needed: most files are text, and each command would wait for it.
  const { readXlsx } = await import('./xlsx.ts')
  const table = await readXlsx(source.name, source.handle!, { sheet, onBytes })
  return {
    ...common(source, source.notes),
    ...table,
    // As a CSV has them: what is refused of it is written as one.
    format: 'csv',
    delimiter: ',',
    hasByteOrderMark: true,
    bytesRead: () => bytesRead,
    notes: () => [...source.notes, ...table.notes()],
  }
}

async function openParquet(source: Source): Promise<OpenFile> {
  let bytesRead = 0
  const { readParquet } = await import('./parquet.ts')
  const table = await readParquet(source.name, source.handle!, (bytes) => {
    bytesRead = Math.max(bytesRead, bytes)
  })
  return {
    ...common(source, source.notes),
    format: 'parquet',
    hasByteOrderMark: false,
    ...(table.isFlat ? { columns: table.columns } : {}),
    rows: table.rows,
    rowsTotal: table.rowsTotal,
    bytesRead: () => Math.max(bytesRead, source.isRegular ? 0 : source.bytesRead()),
  }
}

function common(
  source: Source,
  notes: readonly string[],
): Pick<OpenFile, 'name' | 'bytesTotal' | 'bytesRead' | 'close' | 'notes'> {
  return {
    name: source.name,
    ...(source.bytesTotal === undefined ? {} : { bytesTotal: source.bytesTotal }),
    notes: () => notes,
    bytesRead: source.bytesRead,
    close: source.close,
  }
}
