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

const NUMBER = /^-?\d+(?:\.\d+)?$/
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?$/i
const COMPACT_DATE = /^20\d{6}(?:\d{6})?$/

/** Reads a trimmed cell: ISO 8601, or a number in the given unit. Digits beyond the millisecond are cut off. */
export function readTimestamp(text: string, column: string, rules: TimestampRules): TimestampReading {
  if (NUMBER.test(text)) return rules.unit === 's' ? fromSeconds(text, column) : fromMilliseconds(text, column)
  const iso = ISO.exec(text)
  if (iso === null) return invalid(column, 'is no time in a form that is known')
  return fromIso(iso, column, rules.timeZone)
}

function fromMilliseconds(text: string, column: string): TimestampReading {
  const whole = wholeDigits(text)
  if (COMPACT_DATE.test(text)) return invalid(column, 'looks like a date written without separators')
  if (whole >= 9 && whole <= 11) return inSeconds(column)
  if (whole >= 16) return invalid(column, 'looks like microseconds or nanoseconds')
  if (text.includes('.')) return invalid(column, 'is a number with a fraction; milliseconds have none')
  return { ms: Number(text) }
}

function fromSeconds(text: string, column: string): TimestampReading {
  if (wholeDigits(text) > 11) return invalid(column, 'is too large for seconds; the mapping says "timestampUnit": "s"')
  const [seconds = '0', fraction = ''] = text.replace('-', '').split('.')
  const ms = Number(seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { ms: text.startsWith('-') ? -ms : ms }
}

function fromIso(parts: RegExpExecArray, column: string, timeZone: TimeZone | undefined): TimestampReading {
  const localMs = localTime(parts)
  if (localMs === undefined) return invalid(column, 'names a day or an hour that does not exist')
  const offset = parts[8]
  if (offset !== undefined) return fromOffset(localMs, offset, column)
  if (timeZone === undefined) return withoutOffset(column)
  return inZone(localMs, column, timeZone)
}

/** The parts as if they were UTC; `undefined` for the 31st of April or the 25th hour. */
function localTime(parts: RegExpExecArray): number | undefined {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0))
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined
  const date = new Date(Date.UTC(year!, month! - 1, day!))
  // Date.UTC reads years below 100 as 19xx, and carries days over into the next month.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return undefined
  return date.getTime() + ((hour! * 60 + minute!) * 60 + second!) * 1000 + ms
}

function fromOffset(localMs: number, offset: string, column: string): TimestampReading {
  if (/^[a-z]/i.test(offset)) return { ms: localMs }
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', ''))
  if (hours > 18 || minutes > 59) return invalid(column, 'has an offset that no zone uses')
  const ms = (hours * 60 + minutes) * 60_000
  return { ms: offset.startsWith('-') ? localMs + ms : localMs - ms }
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

function invalid(column: string, what: string): TimestampReading {
  const hint = 'Write ISO 8601 with an offset (2026-03-01T12:00:00+01:00) or milliseconds since 1970 (1772362800000).'
  return { issue: fault('invalid_timestamp', column, `Column "${column}" ${what}.`, hint) }
}
