import { meansNothing } from 'waybill/identity'
import { isBelowZero, readTime, type TimeStyle } from 'waybill/sources'
import { MappingError } from './errors.ts'

/** What `where` asks of one column. A row counts when every condition holds. */
export interface Condition {
  readonly column: string
  /** As the map has it, to be shown. */
  readonly written: unknown
  holds(text: string, style: TimeStyle): boolean
}

type Test = Condition['holds']

const FORMS =
  'a value, a list of values, { "not": … }, { "empty": true or false }, { "negative": true or false }, { "before": time } or { "after": time }'

/** Judges `{ "Status": ["paid"], "Cancelled at": { "empty": true } }`. Throws `MappingError` that names the column at fault. */
export function parseWhere(json: Readonly<Record<string, unknown>>): Condition[] {
  return Object.entries(json).map(([column, written]) => {
    const tests = testsOf(written)
    if (tests === undefined)
      throw new MappingError(`"where" says of "${column}" what cannot be read: it takes ${FORMS}.`)
    return { column, written, holds: (text, style) => tests.every((test) => test(text, style)) }
  })
}

/** Whether a cell says nothing: blank, or one of the words for it. */
export function isEmptyCell(text: string): boolean {
  return text.trim() === '' || meansNothing(text)
}

/** How values of a file are compared: without the blanks around them and without case. */
export function comparable(text: string): string {
  return text.trim().toLowerCase()
}

function testsOf(written: unknown): readonly Test[] | undefined {
  const values = valuesOf(written)
  if (values !== undefined) return [(text) => isAmong(values, text)]
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return undefined
  const tests = Object.entries(written).map(([key, value]) =>
    Object.hasOwn(TESTS, key) ? TESTS[key]?.(value) : undefined,
  )
  return tests.length > 0 && tests.every((test) => test !== undefined) ? tests : undefined
}

const TESTS: Readonly<Record<string, (value: unknown) => Test | undefined>> = {
  not: (value) => {
    const values = valuesOf(value)
    return values && ((text) => !isAmong(values, text))
  },
  empty: (value) => (typeof value === 'boolean' ? (text) => isEmptyCell(text) === value : undefined),
  negative: (value) => (typeof value === 'boolean' ? (text) => isBelowZero(text.trim()) === value : undefined),
  before: (value) => moment(value, (ms, limitMs) => ms < limitMs),
  after: (value) => moment(value, (ms, limitMs) => ms >= limitMs),
}

/** An empty value among others stands for any word for nothing, too. */
function isAmong(values: ReadonlySet<string>, text: string): boolean {
  return values.has(comparable(text)) || (values.has('') && isEmptyCell(text))
}

function valuesOf(written: unknown): ReadonlySet<string> | undefined {
  const list: readonly unknown[] = Array.isArray(written) ? written : [written]
  const isPlain = list.length > 0 && list.every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  return isPlain ? new Set(list.map((value) => comparable(String(value)))) : undefined
}

/** A cell that is no time is neither before nor after anything. */
function moment(value: unknown, compare: (ms: number, limitMs: number) => boolean): Test | undefined {
  const limitMs = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(limitMs)) return undefined
  return (text, style) => {
    const read = readTime(text.trim(), style)
    return read.ok && compare(read.value.ms, limitMs)
  }
}
