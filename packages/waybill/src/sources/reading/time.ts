import type { IssueCode } from '../../contract/issue.ts'
import { readIso8601 } from '../../contract/time.ts'
import { DAY_MS, MINUTE_MS } from '../../duration.ts'
import { isSpreadsheetClock, plainDayAndClock } from './day-and-clock.ts'
import { type EpochReading, epochBit, looksLikeEpoch, readEpoch, type TimeUnit } from './epoch.ts'
import type { Reading } from './reading.ts'
import { TIME } from './time-bits.ts'
import { parseByPattern } from './time-pattern.ts'
import type { TimeZone } from './time-zone.ts'
import { parseWrittenTime, type WrittenDay, type WrittenTime } from './written-time.ts'

/** How a column writes its times. */
export interface TimeStyle {
  /** Of bare numbers. Absent: milliseconds, and a number of another size is a fault that names `timestampUnit`. */
  readonly unit?: TimeUnit
  /** Of `03/04/2026`. Absent: such a date has two readings and is refused. */
  readonly order?: 'day-first' | 'month-first'
  /** Patterns such as `dd.MM.yyyy HH:mm`, tried before all else. */
  readonly patterns?: readonly string[]
  /** For times that do not say how far they are from UTC. */
  readonly zone?: TimeZone
  /** Of a day alone: the time of day to take, in milliseconds after midnight. Absent: midnight, with a warning. */
  readonly ofDay?: number
  /** No time of the column has a time of day: also midnight, where it is written, stands for none. */
  readonly isDays?: boolean
}

export interface ReadTime {
  /** The moment, Unix milliseconds. */
  readonly ms: number
  /** The clock showed this time twice, and the earlier one is taken; or a day stands where others have a time, and midnight is taken. */
  readonly warning?: 'ambiguous_local_time' | 'lone_day'
}

export type TimeReading = Reading<ReadTime> & { readonly code?: IssueCode }

const REMEDY = 'Write ISO 8601 with an offset (2026-03-01T12:00:00+01:00) or milliseconds since 1970 (1772362800000).'
const CLOCK_ONLY = /^\d{1,2}:\d\d/
const WITH_EXPONENT = /^\d(?:[.,]\d+)?e\+?\d+$/i
/** Of what is no time anybody could read, the first that fits is told. */
const FAULTS: readonly (readonly [looks: RegExp, what: string, hint: string])[] = [
  [
    WITH_EXPONENT,
    'holds a number that a spreadsheet shortened (with an exponent)',
    'Format the column as a date, or as a number without decimals, before it is exported.',
  ],
  [
    CLOCK_ONLY,
    'holds a time of day without its day',
    'Join it with the column of the day in the mapping: "timestamp": "{Date} {Time}".',
  ],
]

/** Reads a cell in the style of its column. Digits beyond the millisecond are cut off, never rounded into the future. */
export function readTime(text: string, style: TimeStyle): TimeReading {
  const cell = text.trim()
  for (const pattern of style.patterns ?? []) {
    const written = parseByPattern(cell, pattern)
    if (written !== undefined) return fromWritten(written, style)
  }
  const civil = readIso8601(cell)
  if (civil !== undefined) {
    const local = civil.asUtcMs + afterMidnight(civil.asUtcMs % DAY_MS, style)
    return civil.offsetMinutes === undefined
      ? inZone(local, style.zone)
      : { ok: true, value: { ms: local - civil.offsetMinutes * MINUTE_MS } }
  }
  if (looksLikeEpoch(cell)) return fromEpoch(readEpoch(cell, style.unit), style)
  const written = parseWrittenTime(cell)
  if (written !== undefined) return fromWritten(written, style)
  const plain = plainDayAndClock(cell)
  return plain === undefined ? unreadable(cell) : readTime(plain, style)
}

/** The bits of one cell; those of a column are OR-ed. */
export function timeEvidence(text: string): number {
  const cell = text.trim()
  if (cell === '') return TIME.NONE
  if (isSpreadsheetClock(cell)) return TIME.CLOCK_ONLY
  const civil = readIso8601(cell)
  if (civil !== undefined)
    return (civil.offsetMinutes === undefined ? TIME.LOCAL : TIME.OFFSET) | daytimeBit(civil.asUtcMs % DAY_MS)
  if (looksLikeEpoch(cell)) return epochBit(cell)
  const written = parseWrittenTime(cell)
  if (written === undefined) return TIME.UNREADABLE
  if (written.day === undefined) return TIME.CLOCK_ONLY
  const order = orderBit(written.day)
  if (order === undefined) return TIME.UNREADABLE
  if (written.clockMs === undefined) return TIME.DATE_ONLY | order
  return (saysWhere(written) ? TIME.OFFSET : TIME.LOCAL) | order | daytimeBit(written.clockMs)
}

const daytimeBit = (clockMs: number): number => (clockMs === 0 ? TIME.NONE : TIME.DAYTIME)

type Settled =
  | { readonly ok: true; readonly style: TimeStyle }
  | { readonly ok: false; readonly why: 'order' | 'both_orders' }

/** The style of a column by what its cells said and what a map says. Not settled where 03/04/2026 has two readings left. */
export function settleTimes(evidence: number, given: TimeStyle): Settled {
  const has = (bit: number): boolean => (evidence & bit) !== 0
  if (given.order !== undefined || given.patterns !== undefined || !has(TIME.EITHER_ORDER)) {
    return { ok: true, style: given }
  }
  if (has(TIME.DAY_FIRST) === has(TIME.MONTH_FIRST)) {
    return { ok: false, why: has(TIME.DAY_FIRST) ? 'both_orders' : 'order' }
  }
  return { ok: true, style: { ...given, order: has(TIME.DAY_FIRST) ? 'day-first' : 'month-first' } }
}

function saysWhere({ offsetMinutes, zone }: WrittenTime): boolean {
  return offsetMinutes !== undefined || zone !== undefined
}

/** 0 where nothing is to be asked; `undefined` for a day that does not exist. */
function orderBit(day: WrittenDay): number | undefined {
  if (!('numbers' in day)) return midnightOf(day.year, day.month, day.day) === undefined ? undefined : 0
  const [first, second] = day.numbers
  const dayFirst = midnightOf(day.year, second, first) !== undefined
  const monthFirst = midnightOf(day.year, first, second) !== undefined
  if (dayFirst && monthFirst) return first === second ? 0 : TIME.EITHER_ORDER
  if (!dayFirst && !monthFirst) return undefined
  return dayFirst ? TIME.DAY_FIRST : TIME.MONTH_FIRST
}

function fromEpoch(epoch: EpochReading, style: TimeStyle): TimeReading {
  if (epoch.kind === 'local') return inZone(epoch.localMs + afterMidnight(epoch.localMs % DAY_MS, style), style.zone)
  if (epoch.kind === 'instant') return { ok: true, value: { ms: epoch.ms } }
  return { ok: false, code: epoch.code, what: epoch.what, hint: epoch.hint }
}

function fromWritten(written: WrittenTime, style: TimeStyle): TimeReading {
  if (written.day === undefined) return unreadable('0:00')
  const midnight = midnightOfWritten(written.day, style.order)
  if (typeof midnight !== 'number') return midnight
  const local = midnight + (written.clockMs ?? style.ofDay ?? 0) + afterMidnight(written.clockMs, style)
  if (written.offsetMinutes !== undefined) {
    return { ok: true, value: { ms: local - written.offsetMinutes * MINUTE_MS } }
  }
  const read = inZone(local, written.zone ?? style.zone)
  const isLone = written.clockMs === undefined && style.ofDay === undefined
  return read.ok && isLone ? { ok: true, value: { warning: 'lone_day', ...read.value } } : read
}

/** What is to be added to a time that stands for its day alone. */
function afterMidnight(clockMs: number | undefined, { isDays, ofDay = 0 }: TimeStyle): number {
  return clockMs === 0 && isDays === true ? ofDay : 0
}

function midnightOfWritten(day: WrittenDay, order: TimeStyle['order']): number | TimeReading {
  if (!('numbers' in day)) return midnightOf(day.year, day.month, day.day) ?? notOnCalendar()
  const [first, second] = day.numbers
  const dayFirst = midnightOf(day.year, second, first)
  const monthFirst = midnightOf(day.year, first, second)
  if (dayFirst === undefined && monthFirst === undefined) return notOnCalendar()
  if (order === undefined && dayFirst !== undefined && monthFirst !== undefined && first !== second)
    return twoReadings()
  if (order === undefined) return (dayFirst ?? monthFirst)!
  return (order === 'day-first' ? dayFirst : monthFirst) ?? otherOrder(order)
}

function midnightOf(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day)
  const date = new Date(ms)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000 ? ms : undefined
}

function inZone(localMs: number, zone: TimeZone | undefined): TimeReading {
  if (zone === undefined) {
    return {
      ok: false,
      code: 'timestamp_without_offset',
      what: 'holds a local time that does not say how far it is from UTC',
      hint: 'Export it with an offset (2026-03-01T12:00:00+01:00), or name its zone: --time-zone Europe/Berlin.',
    }
  }
  const [earlier, later] = zone.instantsOf(localMs)
  if (earlier === undefined) {
    return {
      ok: false,
      code: 'nonexistent_local_time',
      what: `holds a local time that did not occur in ${zone.name}: the clock was put forward over it`,
      hint: 'Check the time zone, or export times with an offset.',
    }
  }
  return { ok: true, value: later === undefined ? { ms: earlier } : { ms: earlier, warning: 'ambiguous_local_time' } }
}

function invalid(what: string, hint: string): TimeReading {
  return { ok: false, code: 'invalid_timestamp', what, hint }
}

function unreadable(cell: string): TimeReading {
  const fault = FAULTS.find(([looks]) => looks.test(cell))
  return invalid(
    fault?.[1] ?? 'holds no time in a form that is known, or one that does not exist',
    fault?.[2] ?? REMEDY,
  )
}

function notOnCalendar(): TimeReading {
  return invalid('holds a day that does not exist', REMEDY)
}

function twoReadings(): TimeReading {
  return invalid(
    'holds a date that does not say which number is the day',
    'Say so in the mapping: "dateFormat": "day-first" or "dateFormat": "month-first".',
  )
}

function otherOrder(order: 'day-first' | 'month-first'): TimeReading {
  return invalid(
    `holds a date that cannot be ${order}, as the others are`,
    'Check "dateFormat" in the mapping, and the cell.',
  )
}
