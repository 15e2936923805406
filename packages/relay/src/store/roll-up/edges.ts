import { MINUTE_MS } from 'waybill/delivery'
import type { LocalDays } from './local-day.ts'

export const MINUTE_GRAIN = 0
export const QUARTER_GRAIN = 1
export const DAY_GRAIN = 2
/** Minutes. */
export const QUARTER = 15
export const KEPT_MINUTES: number = 48 * 60
export const KEPT_QUARTERS: number = 35 * 24 * 60
/** Of two years. */
export const KEPT_DAYS: number = 2 * 366 * 24 * 60

/** How far each grain goes. Unix minutes. */
export interface Edges {
  /** Minutes before this are forgotten. */
  readonly minuteFrom: number
  /** Quarters of an hour before this are summed up, and days before `dayTo`. */
  readonly quarterTo: number
  readonly quarterFrom: number
  readonly dayTo: number
}

/** Until numbers were kept for the first time all of them stand by the minute. */
export const NO_EDGES: Edges = { minuteFrom: 0, quarterTo: 0, quarterFrom: 0, dayTo: 0 }

export const EDGES_KEY = 'store.rollup'

/** A time of one grain. */
export interface Slot {
  readonly grain: number
  readonly time: number
}

/** A day that is counted together, Unix minutes. */
export interface CountedDay {
  readonly from: number
  readonly until: number
}

/** Which rows a minute is counted in, the finest first. */
export function slotsOf(minute: number, edges: Edges, dayOf: (minute: number) => CountedDay): Slot[] {
  const { minuteFrom, quarterTo, quarterFrom, dayTo } = edges
  if (minute >= quarterTo) return [{ grain: MINUTE_GRAIN, time: minute }]
  const slots: Slot[] = []
  if (minute >= minuteFrom) slots.push({ grain: MINUTE_GRAIN, time: minute })
  if (minute >= quarterFrom) slots.push({ grain: QUARTER_GRAIN, time: quarterOf(minute) })
  if (minute < dayTo) slots.push({ grain: DAY_GRAIN, time: dayOf(minute).from })
  return slots
}

/** The day that a minute is counted in: one of those that are kept (rising), or what the time zone leaves between them. */
export function countedDay(minute: number, kept: readonly CountedDay[], days: LocalDays): CountedDay {
  const before = kept.findLast(({ from }) => from <= minute)
  if (before !== undefined && minute < before.until) return before
  const next = kept.find(({ from }) => from > minute)
  return {
    from: Math.max(days.startOf(minute * MINUTE_MS) / MINUTE_MS, before?.until ?? Number.NEGATIVE_INFINITY),
    until: Math.min(days.nextOf(minute * MINUTE_MS) / MINUTE_MS, next?.from ?? Number.POSITIVE_INFINITY),
  }
}

/** Puts a day among those that are kept, which stay rising. */
export function keepDay(kept: CountedDay[], day: CountedDay): void {
  const at = kept.findIndex(({ from }) => from > day.from)
  kept.splice(at === -1 ? kept.length : at, 0, day)
}

/** How far numbers are to be summed up and forgotten at a time. Unix minutes. */
export interface Targets {
  readonly quarterTo: number
  readonly minuteFrom: number
  readonly quarterFrom: number
  /** Days before this are forgotten. */
  readonly dayFrom: number
}

export function targetsOf(now: number, { quarterTo, dayTo }: Edges, days: LocalDays): Targets {
  return {
    quarterTo: quarterOf(now),
    minuteFrom: quarterOf(Math.min(now - KEPT_MINUTES, quarterTo)),
    quarterFrom: Math.min(startOfDay(now - KEPT_QUARTERS, days), dayTo),
    dayFrom: now - KEPT_DAYS,
  }
}

/** Days are summed up once all of their quarters are. */
export function dayTarget(now: number, { quarterTo }: Edges, days: LocalDays): number {
  return Math.min(startOfDay(now, days), startOfDay(quarterTo, days))
}

/** The beginning of the day that a minute lies in, whether anything is counted in it or not. */
export function startOfDay(minute: number, days: LocalDays): number {
  return days.startOf(minute * MINUTE_MS) / MINUTE_MS
}

export function quarterOf(minute: number): number {
  return Math.floor(minute / QUARTER) * QUARTER
}

export function minuteAt(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS)
}
