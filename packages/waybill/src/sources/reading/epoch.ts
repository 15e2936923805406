import type { IssueCode } from '../../contract/issue.ts'
import { DAY_MS } from '../../duration.ts'
import { TIME } from './time-bits.ts'

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

/** A number that is a time: an instant, or as a day number a time on the wall, in milliseconds as if it were UTC. */
export type EpochReading =
  | { readonly kind: 'local'; readonly localMs: number }
  | { readonly kind: 'instant'; readonly ms: number }
  | { readonly kind: 'fault'; readonly code: IssueCode; readonly what: string; readonly hint: string }

const NUMBER = /^-?\d+(?:[.,]\d+)?$/
/** From 1927 to 2173 a spreadsheet counts its days with five digits. No time of ours has five, in any unit. */
const DAY_NUMBER = /^\d{5}(?:[.,]\d+)?$/
/** Day 0 of a spreadsheet: 30 December 1899. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30)

/** Digits before the point that an instant of our time has in each unit, and by how many its end is cut to be milliseconds. */
const UNITS: Readonly<Record<TimeUnit, { readonly from: number; readonly to: number; readonly shift: number }>> = {
  s: { from: 9, to: 11, shift: -3 },
  ms: { from: 12, to: 14, shift: 0 },
  us: { from: 16, to: 18, shift: 3 },
  ns: { from: 19, to: 21, shift: 6 },
}
const NAMES: Readonly<Record<TimeUnit, readonly [name: string, code: IssueCode]>> = {
  s: ['seconds', 'timestamp_in_seconds'],
  ms: ['milliseconds', 'invalid_timestamp'],
  us: ['microseconds', 'timestamp_in_microseconds'],
  ns: ['nanoseconds', 'timestamp_in_nanoseconds'],
}

/** Whether a cell is a bare number, and no date written without separators. */
export function looksLikeEpoch(cell: string): boolean {
  return NUMBER.test(cell) && !/^20\d{6}(?:\d{4}|\d{6})?$/.test(cell)
}

export function epochBit(cell: string): number {
  if (DAY_NUMBER.test(cell)) return TIME.SERIAL | (/[.,]\d*[1-9]/.test(cell) ? TIME.DAYTIME : TIME.DATE_ONLY)
  const unit = unitOf(wholeDigits(cell)) ?? 'ms'
  // A day that was written as a number is its midnight. Nanoseconds no number holds exactly; nobody writes days in them.
  return BITS[unit] | (unit !== 'ns' && millisecondsOf(cell.replace(',', '.'), unit) % DAY_MS === 0 ? 0 : TIME.DAYTIME)
}

const BITS: Readonly<Record<TimeUnit, number>> = {
  s: TIME.EPOCH_S,
  ms: TIME.EPOCH_MS,
  us: TIME.EPOCH_US,
  ns: TIME.EPOCH_NS,
}

/** Reads a bare number in the unit that was said, by default milliseconds; five digits are a spreadsheet's day. */
export function readEpoch(cell: string, unit: TimeUnit | undefined): EpochReading {
  const number = cell.replace(',', '.')
  if (DAY_NUMBER.test(cell)) {
    return { kind: 'local', localMs: Math.round(DAY_ZERO_MS + Number(number) * DAY_MS) }
  }
  const seen = unitOf(wholeDigits(number))
  if (seen !== undefined && seen !== (unit ?? 'ms')) return otherUnit(seen, unit)
  return { kind: 'instant', ms: millisecondsOf(number, unit ?? 'ms') }
}

/** `undefined` for a number of a size that no instant of our time has: it is taken as it is, and too old. */
function unitOf(digits: number): TimeUnit | undefined {
  return (Object.keys(UNITS) as TimeUnit[]).find((unit) => digits >= UNITS[unit].from && digits <= UNITS[unit].to)
}

function wholeDigits(number: string): number {
  const end = number.search(/[.,]/)
  return (end < 0 ? number.length : end) - (number.startsWith('-') ? 1 : 0)
}

/** By the digits, not by arithmetic: a number of microseconds is beyond what a double holds exactly once it is divided. */
function millisecondsOf(number: string, unit: TimeUnit): number {
  const { shift } = UNITS[unit]
  const [whole = '', fraction = ''] = number.split('.')
  if (shift > 0) return Number(whole.length > shift + (whole.startsWith('-') ? 1 : 0) ? whole.slice(0, -shift) : '0')
  return Number(whole + fraction.slice(0, -shift).padEnd(-shift, '0'))
}

function otherUnit(seen: TimeUnit, said: TimeUnit | undefined): EpochReading {
  const [name, code] = NAMES[seen]
  if (said === undefined) {
    const hint = `Say so in the mapping: "timestampUnit": "${seen}".`
    return { kind: 'fault', code, what: `holds ${name}; milliseconds are expected`, hint }
  }
  const what = `holds ${name}, and the mapping says "timestampUnit": "${said}"`
  return { kind: 'fault', code: 'invalid_timestamp', what, hint: `Say "timestampUnit": "${seen}", or fix the cell.` }
}
