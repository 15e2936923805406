import { DAY_MS, HOUR_MS, MINUTE_MS } from 'waybill/delivery'

/** The days of one time zone. Times are Unix milliseconds. */
export interface LocalDays {
  /** The beginning of the day that a time lies in. */
  startOf(timeMs: number): number
  /** The beginning of the next day. */
  nextOf(timeMs: number): number
  /** The time so many days before at which clocks show the same. */
  daysBefore(timeMs: number, days: number): number
}

/** Throws a `RangeError` for a zone that nobody knows. */
export function localDays(timeZone: string): LocalDays {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...PARTS })
  const offsets = new Map<number, number>()
  /** Of the quarter of an hour: zones change at such. */
  const offsetMs = (timeMs: number): number => {
    const quarter = Math.floor(timeMs / QUARTER_MS)
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    if (offsets.size > MAX_KEPT) offsets.clear()
    const offset = readOffset(format, quarter * QUARTER_MS)
    offsets.set(quarter, offset)
    return offset
  }
  const toUtc = (wallMs: number): number => {
    const first = wallMs - offsetMs(wallMs)
    const second = wallMs - offsetMs(first)
    return offsetMs(second) === wallMs - second ? second : first
  }
  const startOf = (timeMs: number): number => {
    const wallMs = timeMs + offsetMs(timeMs)
    return Math.min(toUtc(Math.floor(wallMs / DAY_MS) * DAY_MS), timeMs)
  }
  return {
    startOf,
    // Some days have 25 hours, none has 36.
    nextOf: (timeMs) => startOf(startOf(timeMs) + DAY_MS + 12 * HOUR_MS),
    daysBefore: (timeMs, days) => toUtc(timeMs + offsetMs(timeMs) - days * DAY_MS),
  }
}

const QUARTER_MS = 15 * MINUTE_MS
const MAX_KEPT = 10_000
const PARTS = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const

function readOffset(format: Intl.DateTimeFormat, timeMs: number): number {
  const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - timeMs
}
