import { MINUTE_MS } from 'waybill/delivery'
import type { Database, Row } from '../database.ts'
import type { Undo } from '../queue/undo.ts'
import { type LocalDays, localDays } from './local-day.ts'

export const MINUTE_GRAIN = 0
export const QUARTER_GRAIN = 1
export const DAY_GRAIN = 2
/** Minutes. */
export const QUARTER = 15
export const KEPT_MINUTES: number = 48 * 60
export const KEPT_QUARTERS: number = 35 * 24 * 60

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

/** Which rows a minute is counted in. */
export class Grains {
  readonly timeZone: string
  readonly #undo: Undo
  readonly #days: LocalDays
  readonly #insertDay: (from: number, until: number) => void
  readonly #writeEdges: (edges: Edges) => void
  /** Days that a row may stand for, rising. */
  readonly #known: { readonly from: number; readonly until: number }[]
  #edges: Edges

  constructor(database: Database, undo: Undo, timeZone: string) {
    this.#undo = undo
    this.timeZone = timeZone
    this.#days = localDays(timeZone)
    const kept = database.prepare('SELECT value FROM meta WHERE key = ?').get(EDGES_KEY) as Row | undefined
    this.#edges = kept === undefined ? NO_EDGES : (JSON.parse(String(kept['value'])) as Edges)
    this.#known = (database.prepare('SELECT time, until FROM rollup_day ORDER BY time').all() as Row[]).map(
      ({ time, until }) => ({ from: Number(time), until: Number(until) }),
    )
    const insert = database.prepare('INSERT OR IGNORE INTO rollup_day (time, until) VALUES (?, ?)')
    const write = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
    this.#insertDay = (from, until) => void insert.run(from, until)
    this.#writeEdges = (edges) => void write.run(EDGES_KEY, JSON.stringify(edges))
  }

  get edges(): Edges {
    return this.#edges
  }

  /** The finest first. Inside a transaction. */
  slotsOf(minute: number): Slot[] {
    const { minuteFrom, quarterTo, quarterFrom, dayTo } = this.#edges
    if (minute >= quarterTo) return [{ grain: MINUTE_GRAIN, time: minute }]
    const slots: Slot[] = []
    if (minute >= minuteFrom) slots.push({ grain: MINUTE_GRAIN, time: minute })
    if (minute >= quarterFrom) slots.push({ grain: QUARTER_GRAIN, time: quarterOf(minute) })
    if (minute < dayTo) slots.push({ grain: DAY_GRAIN, time: this.dayOf(minute).from })
    return slots
  }

  /** The day that a minute is counted in, kept so that it stays the same under another time zone. Inside a transaction. */
  dayOf(minute: number): { readonly from: number; readonly until: number } {
    const known = this.#known.findLast(({ from }) => from <= minute)
    if (known !== undefined && minute < known.until) return known
    const nextKnown = this.#known.find(({ from }) => from > minute)
    const from = Math.max(this.#days.startOf(minute * MINUTE_MS) / MINUTE_MS, known?.until ?? Number.NEGATIVE_INFINITY)
    const until = Math.min(
      this.#days.nextOf(minute * MINUTE_MS) / MINUTE_MS,
      nextKnown?.from ?? Number.POSITIVE_INFINITY,
    )
    const day = { from, until }
    this.#insertDay(from, until)
    const at = this.#known.findIndex((each) => each.from > from)
    this.#known.splice(at === -1 ? this.#known.length : at, 0, day)
    this.#undo.add(() => void this.#known.splice(this.#known.indexOf(day), 1))
    return day
  }

  /** The beginning of the day that a minute lies in, whether anything is counted in it or not. */
  startOfDay(minute: number): number {
    return this.#days.startOf(minute * MINUTE_MS) / MINUTE_MS
  }

  /** Inside a transaction. */
  setEdges(edges: Edges): void {
    const before = this.#edges
    this.#undo.add(() => {
      this.#edges = before
    })
    this.#edges = edges
    this.#writeEdges(edges)
  }
}

export function quarterOf(minute: number): number {
  return Math.floor(minute / QUARTER) * QUARTER
}

export function minuteAt(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS)
}
