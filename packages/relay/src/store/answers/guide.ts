import { DAY_GRAIN, MINUTE_GRAIN, QUARTER_GRAIN, quarterOf } from '../roll-up/edges.ts'
import type { Moment } from './moment.ts'
import type { Reading } from './reading.ts'
import { isIn, type Wanted } from './where.ts'

/** Which keys of the roll-up lead to events that are looked for. */
export interface Guided {
  readonly kind: number
  readonly wanted: Wanted
  /** A term; 0 where any will do. */
  readonly code: number
  /** Where events are now; otherwise where any ever were. */
  readonly areEnds: boolean
}

/** Tells at which times there is anything to find, so that what is rare is not looked for where it cannot be. */
export class Guide {
  readonly #moment: Moment
  readonly #guided: Guided
  readonly #where: string
  readonly #known: Map<string, boolean> = new Map()

  constructor(moment: Moment, guided: Guided) {
    const { kind, wanted, code, areEnds } = guided
    this.#moment = moment
    this.#guided = guided
    const { pixels, name, shape, source } = wanted
    const parts = Object.entries({ name, shape, source, code: code === 0 ? undefined : code }).flatMap(
      ([column, value]) => (value === undefined ? [] : [`${column} = ${value}`]),
    )
    // What came after the first 2,000 keys of a minute has no name, and may be anything.
    const meant = parts.length === 0 ? [] : [`(name = 0 OR (${parts.join(' AND ')}))`]
    const pixel = pixels === undefined ? 'pixel > 0' : isIn('pixel', pixels)
    this.#where = [`kind = ${kind}`, pixel, ...meant, ...(areEnds ? ['ends > 0'] : [])].join(' AND ')
  }

  /** Whether anything is there that was counted in a minute. */
  *has(minute: number): Reading<boolean> {
    const { minuteFrom, quarterFrom } = this.#moment.edges
    if (minute >= minuteFrom) return yield* this.#hasSlot(MINUTE_GRAIN, minute)
    // Days are few, and looked through.
    return minute < quarterFrom || (yield* this.#hasSlot(QUARTER_GRAIN, quarterOf(minute)))
  }

  /** The end of the newest time before a minute at which anything is there, in Unix minutes; `undefined`: nowhere. */
  *before(minute: number): Reading<number | undefined> {
    const { minuteFrom, quarterFrom, quarterTo, dayTo } = this.#moment.edges
    const grains = [
      { grain: MINUTE_GRAIN, from: minuteFrom, until: Number.MAX_SAFE_INTEGER, length: 1 },
      { grain: QUARTER_GRAIN, from: quarterFrom, until: Math.min(minuteFrom, quarterTo), length: 15 },
      { grain: DAY_GRAIN, from: 0, until: Math.min(quarterFrom, dayTo), length: 36 * 60 },
    ]
    for (const { grain, from, until, length } of grains) {
      let below = Math.min(minute, until)
      if (this.#moment.addsUpAtOnce) {
        const newest =
          below > from ? yield* this.#moment.newestWith('rollup', grain, { from, below }, this.#where) : undefined
        if (newest !== undefined) return Math.min(minute, newest + length)
        continue
      }
      while (below > from) {
        const time = (yield* this.#moment.spanOf('rollup', grain, below))?.last
        if (time === undefined || time < from) break
        if (yield* this.#hasSlot(grain, time)) return Math.min(minute, time + length)
        below = time
        if (this.#moment.isOver()) return below
      }
    }
    return undefined
  }

  *#hasSlot(grain: number, time: number): Reading<boolean> {
    const at = `${grain} ${time}`
    const known = this.#known.get(at)
    if (known !== undefined) return known
    if (this.#moment.hasPacked(grain, time, this.#guided)) {
      this.#known.set(at, true)
      return true
    }
    const found = yield* this.#moment.one(
      `SELECT 1 AS found FROM ${this.#moment.tables.rollup} WHERE grain = ? AND time = ? AND ${this.#where} LIMIT 1`,
      grain,
      time,
    )
    this.#known.set(at, found !== undefined)
    return found !== undefined
  }
}
