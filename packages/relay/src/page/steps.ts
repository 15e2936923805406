/** Time in steps of a quarter of an hour, and the same weekday and hour of the weeks before. */

export const QUARTER_MS: number = 15 * 60_000
export const HOUR_MS: number = 60 * 60_000
export const DAY_MS: number = 24 * HOUR_MS
const WEEK_DAYS = 7
/** The roll-up keeps quarters for 35 days. */
export const WEEKS_BEFORE = 5

export interface Window {
  readonly fromMs: number
  readonly untilMs: number
}

/** A range in whole steps, and the same steps one to five weeks before. */
export interface Grid {
  /** Starts of the steps that are over, in order. */
  readonly steps: readonly number[]
  /** For each week before, the start of the same local quarter for each step. */
  readonly before: readonly (readonly number[])[]
}

/** The stretches of flow that a verdict on a range needs: the range with the day before its end, then the same in each week before. */
export function windowsOf(range: Window, timeZone: string): Window[] {
  const whole = widened(range, timeZone)
  const weeks = Array.from({ length: WEEKS_BEFORE }, (_, at) => {
    const fromMs = sameLocalTime(whole.fromMs, at + 1, timeZone)
    return { fromMs: startOfHour(fromMs), untilMs: sameLocalTime(whole.untilMs, at + 1, timeZone) + HOUR_MS }
  })
  return [whole, ...weeks]
}

/** The steps of a range that ended before now. */
export function gridOf(range: Window, nowMs: number, timeZone: string): Grid {
  const { fromMs, untilMs } = widened(range, timeZone)
  const end = Math.min(untilMs, nowMs)
  const steps: number[] = []
  for (let at = fromMs; at + QUARTER_MS <= end; at += QUARTER_MS) steps.push(at)
  const shifts = new LocalShift(timeZone)
  const before = Array.from({ length: WEEKS_BEFORE }, (_, week) => steps.map((at) => shifts.before(at, week + 1)))
  return { steps, before }
}

/** With the day before its end, from a local midnight on: a holiday is known by its beginning. */
function widened({ fromMs, untilMs }: Window, timeZone: string): Window {
  const first = Math.min(fromMs, untilMs - DAY_MS)
  return { fromMs: startOfHour(first - sinceMidnightMs(first, timeZone)), untilMs }
}

export const startOfQuarter = (atMs: number): number => Math.floor(atMs / QUARTER_MS) * QUARTER_MS
const startOfHour = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS

/** The same weekday and time of day, weeks before, as clocks in that zone show it. */
export function sameLocalTime(atMs: number, weeks: number, timeZone: string): number {
  return new LocalShift(timeZone).before(atMs, weeks)
}

/** Milliseconds since the local midnight. */
export function sinceMidnightMs(atMs: number, timeZone: string): number {
  return modulo(atMs + new LocalShift(timeZone).offset(atMs), DAY_MS)
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by

/** Offsets of a time zone; asked once for each hour, as asking is slow. */
class LocalShift {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  }

  before(atMs: number, weeks: number): number {
    const plain = atMs - weeks * WEEK_DAYS * DAY_MS
    return plain + this.offset(atMs) - this.offset(plain)
  }

  /** How far local time is ahead of UTC. */
  offset(atMs: number): number {
    const hour = startOfHour(atMs)
    const known = this.#offsets.get(hour)
    if (known !== undefined) return known
    const name = this.#format.formatToParts(hour).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? []
    const offset = (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * 60_000)
    this.#offsets.set(hour, offset)
    return offset
  }
}
