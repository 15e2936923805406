import { withoutEmails } from 'waybill'
import type { StoredRow, StoredSighting } from './sighting-store.ts'
import type { Value } from './value.ts'

/** A row as reports and details have it. Ids are business keys and are shown; an email address in one is not. */
export interface ShownRow {
  readonly line: number
  readonly id?: string
  readonly name?: string
  readonly pixel?: string
  /** ISO 8601. */
  readonly time?: string
  /** `25.99 USD`, or `2599 minor units USD`. */
  readonly value?: string
}

export function shownRow(row: StoredSighting | StoredRow): ShownRow {
  if (row.id === '') return { line: row.line }
  const time = row.timeMs === null ? undefined : isoTime(row.timeMs)
  const value = shownValue(row)
  return {
    line: row.line,
    id: masked(row.id),
    name: masked(row.name),
    ...(row.pixel === '' ? {} : { pixel: masked(row.pixel) }),
    ...(time === undefined ? {} : { time }),
    ...(value === '' ? {} : { value }),
  }
}

/** Some exports keep the id as it stood in a URL. */
function masked(text: string): string {
  return withoutEmails(text.replaceAll('%40', '@'))
}

function shownValue({ amount, isMinor, currency }: Value): string {
  const parts = [amount, amount !== null && isMinor ? 'minor units' : null, currency && masked(currency)]
  return parts.filter((part) => part !== null && part !== '').join(' ')
}

/** Beyond what a date can be, milliseconds are left out. */
function isoTime(ms: number): string | undefined {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

const MAX_SHOWN = 80
/** What a terminal obeys or does not show, and what makes two texts look like one. */
const UNSEEN = /[\p{C}\p{M}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

/** A text with everything that cannot be seen as an escape, and the middle of a long one left out. */
export function visible(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 4)}` : text
  return short.replace(UNSEEN, escaped)
}

/** The same in quotation marks, so that spaces at its ends are seen. */
export function quoted(text: string): string {
  return `"${visible(text.replace(/["\\]/g, '\\$&'))}"`
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}
