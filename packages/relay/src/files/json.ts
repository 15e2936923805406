import { FileError } from './errors.ts'
import { jsonRow, longRow } from './json-row.ts'
import { type CutElement, JsonSplitter, JsonStructureError } from './json-splitter.ts'
import { listIn } from './json-wrapper.ts'
import type { Row } from './row.ts'

/**
 * The elements of `[…]` or of the list in a wrapper such as `{"orders": […]}`, numbered from 1, a batch per chunk; a single object is one
 * event. Throws `FileError` naming line and character where the structure around the elements is broken.
 */
export async function* jsonRows(
  name: string,
  chunks: AsyncIterable<Buffer>,
  onNote: (note: string) => void = () => {},
): AsyncGenerator<Row[]> {
  const splitter = new JsonSplitter()
  let element = 0
  const rows = (texts: readonly (string | CutElement)[]): Row[] =>
    texts.map((text) => (typeof text === 'string' ? jsonRow(text, ++element) : longRow(text.head, ++element)))
  for await (const chunk of chunks) {
    const failure = attempt(() => splitter.push(chunk.toString('utf8')))
    const texts = splitter.take()
    yield rows(splitter.isObject ? unwrapped(texts, onNote) : texts)
    if (failure !== undefined) throw broken(name, failure)
  }
  const failure = attempt(() => splitter.end())
  if (failure !== undefined) throw broken(name, failure)
  if (splitter.list !== undefined) onNote(noteOf(splitter.list))
}

/** The elements of the one list in an object that is no record itself; else the object. */
function unwrapped(
  texts: readonly (string | CutElement)[],
  onNote: (note: string) => void,
): readonly (string | CutElement)[] {
  return texts.flatMap((text): readonly (string | CutElement)[] => {
    if (typeof text !== 'string') return [text]
    const found = listIn(text)
    if (found === undefined) return [text]
    onNote(noteOf(found.path))
    return found.elements
  })
}

function noteOf(path: string): string {
  return `the list "${path}"`
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
