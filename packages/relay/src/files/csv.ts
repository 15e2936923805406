import { once } from 'node:events'
import { type CsvError, type InfoRecord, type Parser, parse } from 'csv-parse'
import { checkedRow, countLineBreaks, headerColumns, isBlank, linesOf, strayQuote } from './csv-record.ts'
import { isDeclaration } from './delimiter.ts'
import { FileError } from './errors.ts'
import type { Row } from './row.ts'

const MAX_RECORD_CHARACTERS = 1_000_000
const STRAY_QUOTES: readonly string[] = ['CSV_INVALID_CLOSING_QUOTE', 'INVALID_OPENING_QUOTE']

export interface CsvTable {
  readonly columns: readonly string[]
  readonly rows: AsyncGenerator<Row[]>
}

/** Reads the header, then rows in batches. Throws `FileError` for a header that cannot serve, and while reading for an unclosed quote. */
export async function readCsv(name: string, chunks: AsyncIterable<Buffer>, delimiter: string): Promise<CsvTable> {
  const batches = recordBatches(name, chunks, delimiter)
  for (let next = await batches.next(); !next.done; next = await batches.next()) {
    const [first, ...others] = next.value
    const [header, ...rest] = isDeclaration(first?.cells ?? [], delimiter) ? others : next.value
    if (header === undefined) continue
    if (header.issues !== undefined) {
      throw new FileError(
        `${name}, line ${header.line}: a quotation mark in the header is out of place. Mend the header.`,
      )
    }
    const columns = headerColumns(name, header)
    return { columns, rows: tableRows(rest, batches, columns) }
  }
  throw new FileError(`${name}: the file has no header line and no rows.`)
}

async function* tableRows(first: Row[], more: AsyncIterable<Row[]>, columns: readonly string[]): AsyncGenerator<Row[]> {
  yield first.map((row) => checkedRow(row, columns))
  for await (const batch of more) yield batch.map((row) => checkedRow(row, columns))
}

/** Records of any width, one batch per chunk; blank ones are left out. */
export async function* recordBatches(
  name: string,
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
): AsyncGenerator<Row[]> {
  const reader = new RecordReader(delimiter)
  for await (const chunk of chunks) {
    await reader.read(chunk, false)
    yield reader.takeBatch()
    reader.throwFailure(name)
  }
  await reader.read(Buffer.alloc(0), true)
  yield reader.takeBatch()
  reader.throwFailure(name)
}

/**
 * Feeds csv-parse and keeps what it does not: on which line each record starts, and the bytes since the last whole record.
 * csv-parse stops at a quotation mark that is out of place. The line on which that record starts is then
 * set aside and a new parser starts on the next one, so that a bad row costs only itself.
 */
class RecordReader {
  readonly #delimiter: string
  #parser: Parser
  #batch: Row[] = []
  #line = 1
  #blankLines = 0
  /** Bytes since the end of the last whole record, and that end as the current parser counts. */
  #tail: Buffer = Buffer.alloc(0)
  #tailStart = 0
  #recordEnd = 0
  #skipping = false
  #unclosed = false

  constructor(delimiter: string) {
    this.#delimiter = delimiter
    this.#parser = this.#startParser()
  }

  takeBatch(): Row[] {
    const batch = this.#batch
    this.#batch = []
    return batch
  }

  throwFailure(name: string): void {
    if (!this.#unclosed) return
    throw new FileError(
      `${name}, line ${this.#line + linesBeforeOpenQuote(this.#tail)}: the quotation mark that opens a cell here is never closed. ` +
        'Close it, or double it if it belongs to the text.',
    )
  }

  async read(chunk: Buffer, isLast: boolean): Promise<void> {
    this.#tail = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    let next = this.#skipping ? this.#skipLine(isLast) : chunk
    while (next !== undefined && !this.#unclosed) {
      const error = await feed(this.#parser, next, isLast)
      this.#dropRecords()
      if (error === undefined) return
      if (!STRAY_QUOTES.includes(error.code)) this.#fail(error)
      else next = this.#skipLine(isLast)
    }
  }

  #fail(error: CsvError): void {
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED' && error.code !== 'CSV_MAX_RECORD_SIZE') throw error
    this.#unclosed = true
    this.#skipBlankLines()
  }

  #startParser(): Parser {
    const parser = parse({
      delimiter: this.#delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_CHARACTERS,
      on_record: (cells: string[], info: InfoRecord) => this.#take(cells, info),
    })
    // Each error reaches us through the write that caused it.
    parser.on('error', () => {})
    return parser
  }

  /** Returning null keeps the record out of the parser's own queue, which would only slow it. */
  #take(cells: string[], info: InfoRecord): null {
    this.#line += info.empty_lines - this.#blankLines
    this.#blankLines = info.empty_lines
    if (!isBlank(cells)) this.#batch.push({ line: this.#line, cells })
    this.#line += linesOf(cells)
    this.#recordEnd = info.bytes
    return null
  }

  #dropRecords(): void {
    this.#tail = this.#tail.subarray(this.#recordEnd - this.#tailStart)
    this.#tailStart = this.#recordEnd
  }

  /** Sets the first line of the tail aside and returns what follows it, or undefined while that line is not complete. */
  #skipLine(isLast: boolean): Buffer | undefined {
    this.#skipping = true
    this.#skipBlankLines()
    const end = lineEnd(this.#tail, isLast)
    if (end === undefined) return undefined
    this.#batch.push(
      strayQuote(
        this.#line,
        this.#tail
          .subarray(0, end)
          .toString('utf8')
          .replace(/[\r\n]+$/, ''),
      ),
    )
    this.#restartAfter(end)
    return this.#tail
  }

  #skipBlankLines(): void {
    let end = 0
    while (this.#tail[end] === 0x0a || this.#tail[end] === 0x0d) end += 1
    this.#line += countLineBreaks(this.#tail.toString('latin1', 0, end))
    this.#tail = this.#tail.subarray(end)
  }

  #restartAfter(end: number): void {
    this.#parser.destroy()
    this.#parser = this.#startParser()
    this.#tail = this.#tail.subarray(end)
    this.#line += 1
    this.#blankLines = 0
    this.#tailStart = 0
    this.#recordEnd = 0
    this.#skipping = false
  }
}

/** Parses the bytes at once; gives the parser's error instead of throwing it. */
async function feed(parser: Parser, bytes: Buffer, isLast: boolean): Promise<CsvError | undefined> {
  try {
    if (bytes.length > 0) await written(parser, bytes)
    if (isLast) await Promise.all([once(parser, 'finish'), parser.end()])
    return undefined
  } catch (error) {
    return error as CsvError
  }
}

function written(parser: Parser, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}

function lineEnd(bytes: Buffer, isLast: boolean): number | undefined {
  const feedAt = bytes.indexOf(0x0a)
  const returnAt = bytes.indexOf(0x0d)
  if (feedAt < 0 && returnAt < 0) return isLast ? bytes.length : undefined
  if (returnAt < 0 || (feedAt >= 0 && feedAt < returnAt)) return feedAt + 1
  if (feedAt === returnAt + 1) return feedAt + 1
  // A carriage return at the very end may be half of a line break.
  return returnAt + 1 === bytes.length && !isLast ? undefined : returnAt + 1
}

/** Line breaks between the start of a record and the quotation mark in it that is still open. */
function linesBeforeOpenQuote(record: Buffer): number {
  const text = record.toString('utf8')
  let openedAt = 0
  let open = false
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    open = !open
    // The second half of a doubled quote opens nothing: the cell was open before it.
    if (open && text[at - 1] !== '"') openedAt = at
  }
  return countLineBreaks(text.slice(0, openedAt))
}
