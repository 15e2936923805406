import { FileError } from './errors.ts'
import { jsonRow } from './json-row.ts'
import { JsonSplitter, JsonStructureError } from './json-splitter.ts'
import type { Row } from './row.ts'

/**
 * The elements of `[…]` or `{"events": […]}`, numbered from 1, a batch per chunk; a single object is one event.
 * Throws `FileError` naming line and character where the structure around the elements is broken.
 */
export async function* jsonRows(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Row[]> {
  const splitter = new JsonSplitter()
  let element = 0
  const rows = (texts: string[]): Row[] => texts.map((text) => jsonRow(text, ++element))
  for await (const chunk of chunks) {
    const failure = attempt(() => splitter.push(chunk.toString('utf8')))
    yield rows(splitter.take())
    if (failure !== undefined) throw broken(name, failure)
  }
  const failure = attempt(() => splitter.end())
  if (failure !== undefined) throw broken(name, failure)
}

function attempt(run: () => void): JsonStructureError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof JsonStructureError) return error
    throw error
  }
}

function broken(name: string, fault: JsonStructureError): FileError {
  const place = `line ${fault.line}, character ${fault.character}`
  return new FileError(
    `${name}, ${place}: the JSON is broken: ${fault.message}. What stands before was read; export the file again.`,
  )
}
