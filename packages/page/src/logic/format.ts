import type { Money } from '../api/shapes.ts'
import { LOCALE } from './locale.ts'

/** Numbers, money and times as the reader writes them. Times are in the reader's zone. */

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)
export const decimal = (value: number): string => tenth.format(value)

const monies = new Map<string, Intl.NumberFormat>()

export function money({ currency, amount }: Money): string {
  try {
    let format = monies.get(currency)
    if (format === undefined) {
      format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency, maximumFractionDigits: 0 })
      monies.set(currency, format)
    }
    return format.format(amount / 10 ** digitsOf(currency))
  } catch {
    return `${count(amount)} ${currency}`
  }
}

/** Minor units of a currency, as in 2 for cents. */
export function digitsOf(currency: string): number {
  const options = { style: 'currency', currency } as const
  return new Intl.NumberFormat('en', options).resolvedOptions().maximumFractionDigits ?? 2
}

export const moneys = (parts: readonly Money[]): string => parts.slice(0, 3).map(money).join(' + ')

const clockFormat = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' })
const preciseFormat = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const dayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', day: 'numeric', month: 'short' })

/** The time of day, with its date on another day than today. */
export function clock(atMs: number, nowMs: number = Date.now()): string {
  return isSameDay(atMs, nowMs) ? clockFormat.format(atMs) : `${dayFormat.format(atMs)} ${clockFormat.format(atMs)}`
}

export const precise = (atMs: number): string =>
  isSameDay(atMs, Date.now()) ? preciseFormat.format(atMs) : `${dayFormat.format(atMs)} ${preciseFormat.format(atMs)}`

export const utc = (atMs: number): string => `${new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString()
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** As in `4 min` or `2 d`. */
export function duration(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length) ?? ['ms', 1]
  return `${tenth.format(ms >= 10 * size ? Math.round(ms / size) : ms / size)} ${unit}`
}
