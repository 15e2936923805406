import type { AsyncBuffer, FileMetaData, SchemaElement } from 'hyparquet'
import { HeaderReader, type PageHeader } from './page-header.ts'
import { bitWidthOf, countEqual } from './rle.ts'

/** A column chunk of lists, by its place in the file. */
interface NestedChunk {
  readonly from: number
  readonly to: number
  /** The definition level of a value that is there. */
  readonly maxLevel: number
}

/**
 * The same file, with what its pages of version 2 say of missing values put right as they are read. Writers leave empty lists out of
 * `num_nulls`, and the reader takes that number for all values that are not there: it then looks for values behind the end of the page.
 * The levels say how many there are.
 */
export function withCountedLevels(file: AsyncBuffer, metadata: FileMetaData): AsyncBuffer {
  const chunks = nestedChunks(metadata)
  if (chunks.length === 0) return file
  return {
    byteLength: file.byteLength,
    async slice(start: number, end: number = file.byteLength): Promise<ArrayBuffer> {
      const buffer = await file.slice(start, end)
      for (const chunk of chunks) {
        const from = Math.max(start, chunk.from) - start
        const to = Math.min(end, chunk.to) - start
        if (from < to) countPages(new Uint8Array(buffer, from, to - from), chunk.maxLevel)
      }
      return buffer
    },
  }
}

function nestedChunks({ row_groups, schema }: FileMetaData): NestedChunk[] {
  return row_groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data: column }): NestedChunk[] => {
      if (column === undefined) return []
      const path = elementsOf(schema, column.path_in_schema)
      if (!path.some(({ repetition_type }) => repetition_type === 'REPEATED')) return []
      const from = Number(column.dictionary_page_offset ?? column.data_page_offset)
      const maxLevel = path.filter(({ repetition_type }) => repetition_type !== 'REQUIRED').length
      return [{ from, to: from + Number(column.total_compressed_size), maxLevel }]
    }),
  )
}

/** The elements from the root, which is left out, to a leaf. The schema is a tree in the order in which it is walked. */
function elementsOf(schema: readonly SchemaElement[], path: readonly string[]): SchemaElement[] {
  const found: SchemaElement[] = []
  let at = 1
  for (const name of path) {
    while (at < schema.length && schema[at]!.name !== name) at = behind(schema, at)
    if (at >= schema.length) return []
    found.push(schema[at]!)
    at += 1
  }
  return found
}

/** Where the next sibling of an element is. */
function behind(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1
  for (let child = schema[at]?.num_children ?? 0; child > 0; child--) next = behind(schema, next)
  return next
}

/** Looks at the pages one after the other; what is no header of a page ends it, and the reader says what is wrong. */
function countPages(bytes: Uint8Array, maxLevel: number): void {
  let at = 0
  while (at < bytes.length) {
    const header = new HeaderReader(bytes, at).read()
    if (header === undefined) return
    if (header.nested !== undefined) putRight(bytes, header, header.nested, maxLevel)
    at = header.end + header.compressedBytes
  }
}

function putRight(
  bytes: Uint8Array,
  header: PageHeader,
  { values, nulls, levels }: NonNullable<PageHeader['nested']>,
  maxLevel: number,
): void {
  const from = header.end + levels.repetitionBytes
  const part = bytes.subarray(from, from + levels.definitionBytes)
  const there = countEqual(part, bitWidthOf(maxLevel), values, maxLevel)
  const missing = values - there
  if (missing !== nulls.value) writeNumber(bytes, header, nulls, missing)
}

/** In place: the number may be written longer than it must be, and the statistics at the header's end make room where it is longer. */
function writeNumber(
  bytes: Uint8Array,
  { end, nested }: PageHeader,
  { from, to }: NonNullable<PageHeader['nested']>['nulls'],
  value: number,
): void {
  const digits = varint(value * 2)
  const { statistics } = nested!
  if (digits.length <= to - from) bytes.set(padded(digits, to - from), from)
  else if (statistics !== undefined && digits.length <= to - from + statistics.to - statistics.from) {
    const between = bytes.slice(to, statistics.from)
    const after = bytes.slice(statistics.to, end)
    const length = end - from - between.length - after.length
    bytes.set(padded(digits, length), from)
    bytes.set(between, from + length)
    bytes.set(after, from + length + between.length)
  }
}

function varint(value: number): number[] {
  const digits: number[] = []
  let rest = value
  while (rest > 0x7f) {
    digits.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...digits, rest]
}

/** Digits of nothing behind it do not change a number. */
function padded(digits: readonly number[], length: number): number[] {
  const filled = [...digits, ...Array<number>(length - digits.length).fill(0)]
  return filled.map((digit, at) => (at < length - 1 ? digit | 0x80 : digit & 0x7f))
}
