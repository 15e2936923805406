/**
 * A list of alike objects, turned on its side. Copied between threads it costs a third of the objects: their keys are written once,
 * and their bytes are one piece.
 */
export interface Columns {
  readonly length: number
  readonly columns: Readonly<Record<string, Column>>
}

type Column = readonly unknown[] | Bytes | Same

/** Byte strings one after the other. */
interface Bytes {
  readonly bytes: Uint8Array
  readonly lengths: readonly number[]
}

/** One value for all. */
interface Same {
  readonly same: unknown
}

/** Values that are `undefined` are as good as absent. */
export function toColumns(items: readonly object[]): Columns {
  const columns: Record<string, Column> = {}
  const keys = new Set<string>()
  for (const item of items) for (const key in item) keys.add(key)
  for (const key of keys) {
    columns[key] = columnOf(items.map((item) => (item as Readonly<Record<string, unknown>>)[key]))
  }
  return { length: items.length, columns }
}

/** The objects again. */
export function fromColumns<Item extends object>({ length, columns }: Columns): Item[] {
  const items = Array.from({ length }, (): Record<string, unknown> => ({}))
  for (const [key, column] of Object.entries(columns)) fill(items, key, column)
  return items as Item[]
}

function fill(items: readonly Record<string, unknown>[], key: string, column: Column): void {
  if ('same' in column) {
    if (column.same !== undefined) for (const item of items) item[key] = column.same
    return
  }
  const values = 'bytes' in column ? split(column) : column
  for (let index = 0; index < items.length; index++) {
    const value = values[index]
    if (value !== undefined) items[index]![key] = value
  }
}

function columnOf(values: readonly unknown[]): Column {
  const [first] = values
  if (values.every((value) => value === first)) return { same: first }
  return values.every(isBytes) ? joined(values) : values
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

function joined(values: readonly Uint8Array[]): Bytes {
  const lengths = values.map(({ length }) => length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const value of values) {
    bytes.set(value, at)
    at += value.length
  }
  return { bytes, lengths }
}

function split({ bytes, lengths }: Bytes): Uint8Array[] {
  let at = 0
  return lengths.map((length) => {
    at += length
    return bytes.subarray(at - length, at)
  })
}
