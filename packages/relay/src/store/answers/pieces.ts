import { MINUTE_MS } from 'waybill/delivery'
import type { Range } from '../reads/index.ts'
import { DAY_GRAIN, type Edges, MINUTE_GRAIN, minuteAt, QUARTER, QUARTER_GRAIN, quarterOf } from '../roll-up/edges.ts'
import type { LocalDays } from '../roll-up/local-day.ts'

/** Unix minutes, the end not included. */
export interface Minutes {
  readonly from: number
  readonly until: number
}

/** A part of a range that is read at one grain. */
export interface Piece extends Minutes {
  readonly grain: number
}

/** So much is read between two looks at the clock. */
const PER_SLICE = { [MINUTE_GRAIN]: 240, [QUARTER_GRAIN]: 96 * QUARTER, [DAY_GRAIN]: 64 * 24 * 60 } as const

/** Both ends moved outwards to where the numbers of that time are cut. */
export function aligned({ fromMs, untilMs }: Range, edges: Edges, days: LocalDays): Minutes {
  return {
    from: cutBefore(minuteAt(fromMs), edges, days),
    until: cutAfter(Math.ceil(untilMs / MINUTE_MS), edges, days),
  }
}

function cutBefore(minute: number, { minuteFrom, quarterFrom }: Edges, days: LocalDays): number {
  if (minute < quarterFrom) return days.startOf(minute * MINUTE_MS) / MINUTE_MS
  return minute < minuteFrom ? quarterOf(minute) : minute
}

function cutAfter(minute: number, edges: Edges, days: LocalDays): number {
  const before = cutBefore(minute, edges, days)
  if (before === minute) return minute
  return minute < edges.quarterFrom ? days.nextOf(minute * MINUTE_MS) / MINUTE_MS : before + QUARTER
}

/** How a range is read: as few rows as there are, no finer than `finest` where that is summed up already. */
export function piecesOf(
  { from, until }: Minutes,
  edges: Edges,
  days: LocalDays,
  coarsest: number = DAY_GRAIN,
): Piece[] {
  const pieces =
    coarsest === DAY_GRAIN ? withDays({ from, until }, edges, days) : withQuarters({ from, until }, edges, coarsest)
  return pieces.filter((piece) => piece.until > piece.from)
}

function withDays({ from, until }: Minutes, edges: Edges, days: LocalDays): Piece[] {
  const start = days.startOf(from * MINUTE_MS) / MINUTE_MS
  const first = start === from ? from : days.nextOf(from * MINUTE_MS) / MINUTE_MS
  const last = until >= edges.dayTo ? edges.dayTo : days.startOf(until * MINUTE_MS) / MINUTE_MS
  if (first >= last) return withQuarters({ from, until }, edges, QUARTER_GRAIN)
  return [
    ...withQuarters({ from, until: first }, edges, QUARTER_GRAIN),
    { grain: DAY_GRAIN, from: first, until: last },
    ...withQuarters({ from: last, until }, edges, QUARTER_GRAIN),
  ]
}

function withQuarters(
  { from, until }: Minutes,
  { quarterTo, quarterFrom, minuteFrom }: Edges,
  coarsest: number,
): Piece[] {
  if (coarsest === MINUTE_GRAIN && from >= minuteFrom) return [{ grain: MINUTE_GRAIN, from, until }]
  const first = Math.max(quarterFrom, quarterOf(from + QUARTER - 1))
  const last = Math.min(quarterTo, quarterOf(until))
  if (first >= last) return [{ grain: MINUTE_GRAIN, from, until }]
  return [
    { grain: MINUTE_GRAIN, from, until: first },
    { grain: QUARTER_GRAIN, from: first, until: last },
    { grain: MINUTE_GRAIN, from: last, until },
  ]
}

/**
 * A table beside the list `t` of a piece's times, read within the piece: the list alone does not keep PostgreSQL from reading all of a grain
 * and throwing away what is at no time of it.
 */
export function isWithin(table: string, { from, until }: Minutes): string {
  return `t.time < ${until} AND ${table}.time >= ${from} AND ${table}.time < ${until}`
}

/** Parts of a piece between which somebody can look at the clock; so many of them as one. */
export function slicesOf({ grain, from, until }: Piece, together: number = 1): Piece[] {
  const size = together * PER_SLICE[grain as keyof typeof PER_SLICE]
  return Array.from({ length: Math.max(0, Math.ceil((until - from) / size)) }, (_, at) => ({
    grain,
    from: from + at * size,
    until: Math.min(until, from + (at + 1) * size),
  }))
}
