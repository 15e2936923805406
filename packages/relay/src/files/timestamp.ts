import { type CivilTime, readIso8601 } from 'waybill'
import { fault, type Issue } from './issue.ts'
import type { TimeZone } from './time-zone.ts'

export interface TimestampRules {
  /** Unit of a bare number. */
  readonly unit: 'ms' | 's'
  /** Zone of times that name no offset. Absent: such a time is an error. */
  readonly timeZone?: TimeZone
}

/** `ms` is absent where the text could not be read; then an issue says why. */
export interface TimestampReading {
  readonly ms?: number
  readonly issue?: Issue
}

const MS_PER_MINUTE = 60_000
const NUMBER = /^-?\d+(?:\.\d+)?$/
const DATE_ONLY = /^\d{4}-\d\d-\d\d$/
const UTC_BY_NAME = / ?(?:UTC|GMT)$/i
const COMPACT_DATE = /^20\d{6}(?:\d{6})?$/
/** From 1927 to 2173 a spreadsheet counts its days with five digits. No time of ours has five, in any unit. */
const DAY_NUMBER = /^\d{5}(?:[.,]\d+)?$/
const REMEDY = 'Write ISO 8601 with an offset (2026-03-01T12:00:00+01:00) or milliseconds since 1970 (1772362800000).'
const YEAR_FIRST = 'Write the year first (2026-03-01 12:00), with an offset or with --time-zone Europe/Berlin.'

/** What is no time here though it looks like one, with what to say of it. */
const SHAPES: readonly (readonly [looks: RegExp, what: string, hint: string])[] = [
  [
    DAY_NUMBER,
    'holds what looks like the day number of a spreadsheet',
    `Format the column as a date before it is exported. ${YEAR_FIRST}`,
  ],
  [/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/, 'holds a date that does not say which number is the day', YEAR_FIRST],
]

/** Reads a trimmed cell: ISO 8601, or a number in the given unit. Digits beyond the millisecond are cut off. */
export function readTimestamp(text: string, column: string, rules: TimestampRules): TimestampReading {
  const shape = SHAPES.find(([looks]) => looks.test(text))
  if (shape !== undefined) return invalid(column, shape[1], shape[2])
  if (NUMBER.test(text)) return rules.unit === 's' ? fromSeconds(text, column) : fromMilliseconds(text, column)
  const civil = readIso8601(DATE_ONLY.test(text) ? `${text}T00:00` : text.replace(UTC_BY_NAME, 'Z'))
  return civil === undefined
    ? invalid(column, 'holds no time in a form that is known, or one that does not exist')
    : fromCivil(civil, column, rules)
}

function fromMilliseconds(text: string, column: string): TimestampReading {
  const whole = wholeDigits(text)
  if (COMPACT_DATE.test(text)) return invalid(column, 'holds what looks like a date written without separators')
  if (whole >= 9 && whole <= 11) return inSeconds(column)
  if (whole >= 19) return tooFine(column, 'timestamp_in_nanoseconds', 'nanoseconds')
  if (whole >= 16) return tooFine(column, 'timestamp_in_microseconds', 'microseconds')
  if (text.includes('.')) return invalid(column, 'holds a number with a fraction; milliseconds have none')
  return { ms: Number(text) }
}

function fromSeconds(text: string, column: string): TimestampReading {
  if (wholeDigits(text) > 11)
    return invalid(column, 'holds a number too large for seconds; the mapping says "timestampUnit": "s"')
  const [seconds = '0', fraction = ''] = text.replace('-', '').split('.')
  const ms = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { ms: text.startsWith('-') ? -ms : ms }
}

function fromCivil(
  { asUtcMs, offsetMinutes }: CivilTime,
  column: string,
  { timeZone }: TimestampRules,
): TimestampReading {
  if (offsetMinutes !== undefined) return { ms: asUtcMs - offsetMinutes * MS_PER_MINUTE }
  return timeZone === undefined ? withoutOffset(column) : inZone(asUtcMs, column, timeZone)
}

function inZone(localMs: number, column: string, timeZone: TimeZone): TimestampReading {
  const [earlier, later] = timeZone.instantsOf(localMs)
  if (earlier === undefined) return skipped(column, timeZone.name)
  return later === undefined ? { ms: earlier } : { ms: earlier, issue: twice(column, timeZone.name) }
}

function wholeDigits(text: string): number {
  return text.replace('-', '').split('.', 1)[0]!.length
}

function inSeconds(column: string): TimestampReading {
  const message = `Column "${column}" holds seconds; milliseconds are expected.`
  return { issue: fault('timestamp_in_seconds', column, message, 'Say so in the mapping: "timestampUnit": "s".') }
}

function tooFine(
  column: string,
  code: 'timestamp_in_microseconds' | 'timestamp_in_nanoseconds',
  unit: string,
): TimestampReading {
  const message = `Column "${column}" holds ${unit}; milliseconds are expected.`
  return { issue: fault(code, column, message, 'Export milliseconds, or ISO 8601 with an offset.') }
}

function withoutOffset(column: string): TimestampReading {
  const message = `Column "${column}" holds a local time that does not say how far it is from UTC.`
  const hint = 'Export it with an offset (2026-03-01T12:00:00+01:00), or name its zone: --time-zone Europe/Berlin.'
  return { issue: fault('timestamp_without_offset', column, message, hint) }
}

function skipped(column: string, zone: string): TimestampReading {
  const message = `Column "${column}" holds a local time that did not occur in ${zone}: the clock was put forward over it.`
  return {
    issue: fault('nonexistent_local_time', column, message, 'Check the time zone, or export times with an offset.'),
  }
}

function twice(column: string, zone: string): Issue {
  const message = `Column "${column}" holds a local time that occurred twice in ${zone}; the earlier one is taken.`
  const hint = 'Export times with an offset to be exact.'
  return { code: 'ambiguous_local_time', path: column, message, severity: 'warning', hint }
}

function invalid(column: string, what: string, hint: string = REMEDY): TimestampReading {
  return { issue: fault('invalid_timestamp', column, `Column "${column}" ${what}.`, hint) }
}
