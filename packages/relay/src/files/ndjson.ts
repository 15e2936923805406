import { FileError } from './errors.ts'
import { jsonRow } from './json-row.ts'
import type { Row } from './row.ts'

const NEWLINE = 0x0a
const MAX_LINE_BYTES = 10 * 1024 * 1024

/** One row per line that is not blank, a batch per chunk. Throws `FileError` for a line of more than 10 MiB. */
export async function* ndjsonRows(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  let line = 1
  for await (const lines of wholeLines(name, chunks)) {
    const batch: Row[] = []
    for (const text of lines.split('\n')) {
      if (text.trim() !== '') batch.push(jsonRow(text, line))
      line += 1
    }
    yield batch
  }
}

/** Text that ends where a line ends, its last line break left out. */
async function* wholeLines(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let waitingBytes = 0
  let line = 1
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE)
    if (end >= 0) {
      const text = Buffer.concat([...parts, chunk.subarray(0, end)]).toString('utf8')
      line += countNewlines(text) + 1
      yield text
      parts = []
      waitingBytes = 0
    }
    parts.push(chunk.subarray(end + 1))
    waitingBytes += chunk.length - end - 1
    if (waitingBytes > MAX_LINE_BYTES) throw tooLong(name, line)
  }
  yield Buffer.concat(parts).toString('utf8')
}

function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function tooLong(name: string, line: number): FileError {
  return new FileError(`${name}, line ${line}: the line is longer than 10 MiB. Write one event per line.`)
}
