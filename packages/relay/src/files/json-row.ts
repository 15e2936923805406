import { isObject } from 'waybill/delivery'
import { fault } from './issue.ts'
import { type JsonObject, REPORT_COLUMNS, type Row, RUN_COLUMN } from './row.ts'

/** Numbers that lose something as JavaScript reads them: long ones their end, 25.00 its fraction. */
const LOSSY_NUMBER = /\d[\d.]{15}|\d\.0+\s*[,}\]]/

/** The row for one JSON text. What is no object becomes a row with the issue `malformed_row`. */
export function jsonRow(text: string, line: number): Row {
  const value = parsed(text)
  if (value === undefined) return malformed(text, line, 'This is not valid JSON.')
  if (!isObject(value)) return malformed(text, line, 'This is valid JSON, but not an object.')
  const rest = withoutReport(!isWireEvent(value) && LOSSY_NUMBER.test(text) ? exact(text) : value)
  const keys = Object.keys(rest)
  // What the refused file holds of a text that was no object: the text itself, to be fixed in place.
  if (keys.length === 1 && typeof rest['raw'] === 'string' && 'codes' in value) return jsonRow(rest['raw'], line)
  const run = value[RUN_COLUMN]
  return typeof run === 'string' ? { line, object: rest, run } : { line, object: rest }
}

/** The row for a text of more than 10 MiB, of which only the beginning was kept. */
export function longRow(head: string, line: number): Row {
  const message = 'This is longer than 10 MiB, which is the most that is read of one event.'
  return { line, raw: `${head}…`, issues: [fault('malformed_row', '', message, 'Write one event as one JSON object.')] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function malformed(raw: string, line: number, message: string): Row {
  return { line, raw, issues: [fault('malformed_row', '', message, 'Write one event as one JSON object.')] }
}

function withoutReport(object: JsonObject): JsonObject {
  if (!REPORT_COLUMNS.some((key) => Object.hasOwn(object, key))) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => !REPORT_COLUMNS.includes(key)))
}

/** An event in the form of the API goes out as it came, and its numbers stay what they are. */
function isWireEvent(value: JsonObject): boolean {
  return value['timestamp_ms'] !== undefined && typeof value['data'] === 'object'
}

/** Numbers that a double cannot hold, such as ids of twenty digits, and those with an empty fraction become the text that stood in the file. */
function exact(text: string): JsonObject {
  const keep = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && isLossy(value, context?.source ?? '') ? context?.source : value
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown) as JsonObject
}

function isLossy(value: number, source: string): boolean {
  return /^-?[\d.]+$/.test(source) && String(value) !== source && trimmedZeros(source) !== String(value)
}

/** 25.50 says no more than 25.5; 25.00 says that it is no number of cents. */
function trimmedZeros(source: string): string {
  return /\.\d*[1-9]/.test(source) ? source.replace(/0+$/, '') : source
}
