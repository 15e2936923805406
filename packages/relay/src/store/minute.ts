import { MINUTE_MS } from 'waybill/delivery'

/** The minute of an event's own time, by which queues are ordered. Truncates towards zero, as SQL does with integers. */
export function minuteOf(timestampMs: number): number {
  // SQL knows no -0.
  return Math.trunc(timestampMs / MINUTE_MS) + 0
}

/** The last minute that has a whole millisecond before a time. All of each earlier minute lies before it. */
export function lastMinuteBefore(beforeMs: number): number {
  return minuteOf(Math.ceil(beforeMs) - 1)
}
