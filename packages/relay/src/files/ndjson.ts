import { jsonRow, longRow } from './json-row.ts'
import { isWrapper, listIn } from './json-wrapper.ts'
import type { Row } from './row.ts'

const NEWLINE = 0x0a
const MAX_LINE_BYTES = 10 * 1024 * 1024
/** What is kept of a line that is too long, so that a person finds it. */
const HEAD_BYTES = 1_000

/**
 * One row per line that is not blank, a batch per chunk. A line of more than 10 MiB is a row that says so. Where the first line is a page,
 * an object around a list, each element of the list of each line is a row.
 */
export async function* ndjsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  let line = 1
  let arePages: boolean | undefined
  for await (const { text, isCut } of wholeLines(chunks)) {
    const batch: Row[] = []
    for (const [at, each] of text.split('\n').entries()) {
      if (isCut && at === 0) batch.push(longRow(each, line))
      else if (each.trim() !== '') {
        arePages ??= isWrapper(each)
        if (arePages) batch.push(...rowsOfPage(each, line))
        else batch.push(jsonRow(each, line))
      }
      line += 1
    }
    yield batch
  }
}

function rowsOfPage(text: string, line: number): Row[] {
  return listIn(text)?.elements.map((element) => jsonRow(element, line)) ?? [jsonRow(text, line)]
}

interface Lines {
  /** Ends where a line ends, its last line break left out. */
  readonly text: string
  /** The first of them is the beginning of one that is too long. */
  readonly isCut: boolean
}

async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Lines> {
  let parts: Buffer[] = []
  let waitingBytes = 0
  let isCut = false
  for await (const chunk of chunks) {
    const [first, end] = [chunk.indexOf(NEWLINE), chunk.lastIndexOf(NEWLINE)]
    if (end >= 0) {
      // Of a line that is too long its beginning is enough.
      const rest = isCut ? chunk.subarray(first, end) : chunk.subarray(0, end)
      yield { text: Buffer.concat([...parts, rest]).toString('utf8'), isCut }
      parts = []
      waitingBytes = 0
      isCut = false
    }
    if (isCut) continue
    parts.push(chunk.subarray(end + 1))
    waitingBytes += chunk.length - end - 1
    if (waitingBytes <= MAX_LINE_BYTES) continue
    isCut = true
    parts = [Buffer.from(Buffer.concat(parts).subarray(0, HEAD_BYTES))]
  }
  yield { text: Buffer.concat(parts).toString('utf8'), isCut }
}
