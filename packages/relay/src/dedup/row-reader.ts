import { isDeepStrictEqual } from 'node:util'
import type { Issue, MappedRow, Mapper, Row } from '../files/index.ts'
import type { PixelColumn } from './pixel-column.ts'
import type { UncomparedClass } from './row-class.ts'
import { keyName, type Sighting } from './sighting.ts'
import { readValue } from './value.ts'

/** A row as a sighting, or why it is none. */
export type ReadRow =
  | {
      readonly kind: 'sighting'
      readonly sighting: Sighting
      readonly timeIssue: Issue | undefined
      readonly amountIssue: Issue | undefined
    }
  | { readonly kind: UncomparedClass; readonly line: number; readonly reason: string }

export interface RowReaderOptions {
  /** Of a mapping, be it an empty one, so that objects are read by the names of their leaves like the columns of a table. */
  readonly mapper: Mapper
  readonly pixelColumn: PixelColumn
  /** The Pixel ID of rows that say none; may be empty. */
  readonly pixel: string
}

type Values = Readonly<Record<string, unknown>>

/** Reads the rows of one file, in their order: a further line of an order is known by the line before it. */
export class RowReader {
  readonly #options: RowReaderOptions
  /** The event whose lines are being read, if it has items. */
  #open: Values | undefined
  #last: Values | undefined

  constructor(options: RowReaderOptions) {
    this.#options = options
  }

  read(row: Row): ReadRow {
    if (row.aside === 'footer' && row.cells === undefined)
      return { kind: 'other_channel', line: row.line, reason: 'it came by the other channel only' }
    return this.#judge(row, this.#options.mapper.map(row))
  }

  #judge(row: Row, { input, issues, leftOutBy }: MappedRow): ReadRow {
    if (row.aside !== undefined || leftOutBy !== undefined)
      return { kind: 'unusable', line: row.line, reason: `it is left out (${row.aside ?? `"${leftOutBy}"`})` }
    if (input === undefined) return { kind: 'unusable', line: row.line, reason: issues[0]?.message ?? 'it is no row' }
    const values = input as Values
    if (this.#continues(values)) return { kind: 'continued', line: row.line, reason: 'it has a further item' }
    const name = keyName(text(values['type']), text(values['customEventName']))
    const id = text(values['id'])
    if (id === '' || name === undefined) {
      const reason = id === '' ? 'it has no id' : 'it has no name'
      return { kind: 'unusable', line: row.line, reason }
    }
    const { timestamp } = values
    const timeMs = Number.isSafeInteger(timestamp) ? (timestamp as number) : null
    const pixel = this.#options.pixelColumn.read(row) || this.#options.pixel
    const value = readValue((values['data'] ?? {}) as Values)
    const timeIssue = timeMs === null ? issues.find(({ severity }) => severity === 'error') : undefined
    const amountIssue = issues.find(({ code, severity }) => severity === 'error' && code === 'invalid_amount')
    return { kind: 'sighting', sighting: { line: row.line, id, name, pixel, timeMs, ...value }, timeIssue, amountIssue }
  }

  /** As in a shop's export: the order again, with its next item and nothing that contradicts the first line. */
  #continues(values: Values): boolean {
    const [first, last] = [this.#open, this.#last]
    this.#last = values
    const isFurther =
      first !== undefined && hasItems(values) && repeats(first, values) && !isDeepStrictEqual(last, values)
    if (!isFurther) this.#open = hasItems(values) && text(values['id']) !== '' ? values : undefined
    return isFurther
  }
}

const REPEATED: readonly string[] = ['type', 'customEventName', 'timestamp']

function repeats(first: Values, values: Values): boolean {
  if (first['id'] !== values['id']) return false
  return REPEATED.every((key) => values[key] === undefined || values[key] === first[key])
}

function hasItems({ data }: Values): boolean {
  return ((data as { contents?: readonly unknown[] } | undefined)?.contents?.length ?? 0) > 0
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
