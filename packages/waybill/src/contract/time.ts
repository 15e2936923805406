import { MINUTE_MS } from '../duration.ts'
import type { IssueCode } from './issue.ts'

/** An instant in Unix milliseconds, or why there is none. */
export type Instant = { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly fault: IssueCode }

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?$/
const DATE_ONLY = /^\d{4}-\d\d-\d\d$/

/** A moment as calendar and clock say it, with the offset where one was written. */
export interface CivilTime {
  /** Milliseconds since 1970 as if the reading were UTC. */
  readonly asUtcMs: number
  /** Minutes east of UTC; `undefined` where the text does not say. */
  readonly offsetMinutes: number | undefined
}

/** Reads ISO 8601 (also with a space for the T). `undefined` when the text is none, or names a day or hour that does not exist. */
export function readIso8601(text: string): CivilTime | undefined {
  const parts = ISO_8601.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = parts
  const clock = [hour, minute, second].map(Number) as [number, number, number]
  const midnightMs = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const midnight = new Date(midnightMs)
  const dayExists =
    midnight.getUTCFullYear() === Number(year) &&
    midnight.getUTCMonth() === Number(month) - 1 &&
    midnight.getUTCDate() === Number(day)
  if (!dayExists || clock[0] > 23 || clock[1] > 59 || clock[2] > 60) return undefined
  const offsetMinutes = offset === undefined ? undefined : readOffset(offset)
  if (Number.isNaN(offsetMinutes)) return undefined
  // Finer than a millisecond is cut, not rounded: an event must not move into the future.
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { asUtcMs: midnightMs + ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * 1_000 + milliseconds, offsetMinutes }
}

function readOffset(text: string): number {
  if (/^z$/i.test(text)) return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(3).replace(':', '') || '0')
  if (hours > 23 || minutes > 59) return Number.NaN
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** The time of a `Date` of any realm, `NaN` of an invalid one; `undefined` for what is none or only looks like one. */
export function dateMs(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return Date.prototype.getTime.call(value)
  } catch {
    return undefined
  }
}

/** A friendly `timestamp` in, Unix milliseconds out. A number passes as it is: the wire rules judge it. */
export function readTimestamp(value: unknown): Instant {
  if (typeof value === 'number') return { ok: true, ms: value }
  const ms = dateMs(value)
  if (ms !== undefined) {
    return Number.isNaN(ms) ? { ok: false, fault: 'invalid_timestamp' } : { ok: true, ms }
  }
  if (typeof value !== 'string') return { ok: false, fault: 'invalid_timestamp' }
  const civil = readIso8601(value.trim())
  if (civil?.offsetMinutes !== undefined) return { ok: true, ms: civil.asUtcMs - civil.offsetMinutes * MINUTE_MS }
  const local = civil !== undefined || DATE_ONLY.test(value.trim())
  return { ok: false, fault: local ? 'timestamp_without_offset' : 'invalid_timestamp' }
}
