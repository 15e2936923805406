import { StringDecoder } from 'node:string_decoder'
import { strayQuote, tooLong } from './csv-record.ts'
import { CsvScanner, type Scanned } from './csv-scan.ts'
import { isDeclaration } from './delimiter.ts'
import { FileError } from './errors.ts'
import type { Row } from './row.ts'
import { readTable, type Table } from './table.ts'

/** Reads the header, then rows in batches. Throws `FileError` for a header that cannot serve, and while reading for an unclosed quote. */
export async function readCsv(name: string, chunks: AsyncIterable<Buffer>, delimiter: string): Promise<Table> {
  return readTable(name, withoutDeclaration(recordBatches(name, chunks, delimiter), delimiter))
}

async function* withoutDeclaration(batches: AsyncIterable<Row[]>, delimiter: string): AsyncGenerator<Row[]> {
  let isFirst = true
  for await (const batch of batches) {
    const isDeclared = isFirst && isDeclaration(batch[0]?.cells ?? [], delimiter)
    if (batch.length > 0) isFirst = false
    yield isDeclared ? batch.slice(1) : batch
  }
}

/** Records of any width, one batch per chunk; blank ones are left out. */
export async function* recordBatches(
  name: string,
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
): AsyncGenerator<Row[]> {
  const scanner = new CsvScanner(delimiter)
  const decoder = new StringDecoder('utf8')
  for await (const chunk of chunks) {
    yield rowsOf(scanner.push(decoder.write(chunk), false))
    throwUnclosed(name, scanner)
  }
  yield rowsOf(scanner.push(decoder.end(), true))
  throwUnclosed(name, scanner)
}

function rowsOf(records: Scanned[]): Row[] {
  return records.every((record) => 'cells' in record) ? records : records.map(rowOf)
}

function rowOf(record: Scanned): Row {
  if ('cells' in record) return record
  return record.fault === 'too_long' ? tooLong(record.line, record.raw) : strayQuote(record.line, record.raw)
}

function throwUnclosed(name: string, { unclosedLine }: CsvScanner): void {
  if (unclosedLine === undefined) return
  throw new FileError(
    `${name}, line ${unclosedLine}: the quotation mark that opens a cell here is never closed. ` +
      'Close it, or double it if it belongs to the text.',
  )
}
