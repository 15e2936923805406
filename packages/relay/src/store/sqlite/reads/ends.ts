import { MINUTE_MS } from 'waybill/delivery'
import type { Guide } from '../../answers/guide.ts'
import type { Match } from '../../answers/match.ts'
import { type Gathered, MISSES, PageOf } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { conditions } from '../../answers/where.ts'
import { placeCursor } from '../../cursor.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { LISTED, type ListedColumns, matches } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

/** A place in the order of ends: the newest first, then the later row. */
export interface EndPlace {
  readonly endedMs: number
  readonly row: number
}

export interface EndList {
  readonly kind: number
  readonly cursor: string | undefined
  readonly limit: number
  readonly guide: Guide
}

/** Gives the next event behind a place, matching or not. */
export type NextEnd = (after: EndPlace) => ListedColumns | undefined

/** Events by the time of their end, the newest first. */
export function* listEnds(
  moment: SqliteMoment,
  match: Match,
  list: EndList,
  next: NextEnd,
): Reading<Gathered<ListedColumns>> {
  const page = new PageOf<ListedColumns>(moment, list.limit)
  let after = placeCursor(list.cursor) ?? { endedMs: match.untilMs, row: 0 }
  let misses = 0
  for (;;) {
    const event = next(after)
    const endedMs = event?.ended_ms ?? Number.NEGATIVE_INFINITY
    if (event === undefined || endedMs < match.fromMs) return { events: page.events, cursor: undefined, isCut: false }
    if (matches(moment, event, match)) {
      if (!page.add(event)) return { events: page.events, cursor: cursorAt(page.events.at(-1)!), isCut: false }
      misses = 0
    } else misses++
    after = { endedMs, row: event.row }
    if (page.isCut && page.events.length < list.limit)
      return { events: page.events, cursor: cursorAt(event), isCut: true }
    if (misses < MISSES || moment.countedFrom > 0) continue
    misses = 0
    // The minute itself was not looked through to its end.
    const before = yield* list.guide.before(minuteAt(endedMs) + 1)
    if (before === undefined) return { events: page.events, cursor: undefined, isCut: false }
    if (before * MINUTE_MS <= endedMs) after = { endedMs: before * MINUTE_MS, row: 0 }
  }
}

function cursorAt({ ended_ms, row }: ListedColumns): string {
  return `${ended_ms}-${row}`
}

/** Read at once of one pixel and code. */
const FIRST_CHUNK = 4
const CHUNK = 64

interface Stream {
  readonly code: string
  readonly pixel: number
  chunk: ListedColumns[]
  at: number
  isDone: boolean
}

/** Of refused, expired and discarded events: the index knows them by code and pixel, in this order. */
export function undelivered(moment: SqliteMoment, { wanted, code }: Match, kind: number): NextEnd {
  const streams = streamsOf(moment, { wanted, code }, kind)
  const statement = moment.database.prepare(
    `SELECT ${LISTED} FROM event WHERE state > 2 AND state = ${kind} AND code = ? AND pixel = ? AND (ended_ms, row) < (?, ?)
     ORDER BY ended_ms DESC, row DESC LIMIT ?`,
  )
  const peek = (stream: Stream, after: EndPlace): ListedColumns | undefined => {
    const { chunk } = stream
    while (stream.at < chunk.length && !isBehind(chunk[stream.at]!, after)) stream.at++
    if (stream.at < chunk.length || stream.isDone) return chunk[stream.at]
    const limit = chunk.length === 0 ? FIRST_CHUNK : CHUNK
    stream.chunk = statement.all(stream.code, stream.pixel, finite(after.endedMs), after.row, limit) as never
    stream.at = 0
    stream.isDone = stream.chunk.length < limit
    return stream.chunk[0]
  }
  return (after) => {
    let newest: ListedColumns | undefined
    for (const stream of streams) {
      const event = peek(stream, after)
      if (event !== undefined && (newest === undefined || isBehind(newest, placeOf(event)))) newest = event
    }
    return newest
  }
}

function placeOf({ ended_ms, row }: ListedColumns): EndPlace {
  return { endedMs: ended_ms ?? 0, row }
}

/** Whether an event comes after a place. */
function isBehind({ ended_ms, row }: ListedColumns, after: EndPlace): boolean {
  const endedMs = ended_ms ?? 0
  return endedMs < after.endedMs || (endedMs === after.endedMs && row < after.row)
}

export function finite(timeMs: number): number {
  return Math.min(timeMs, Number.MAX_SAFE_INTEGER)
}

function streamsOf(moment: SqliteMoment, { wanted, code }: Pick<Match, 'wanted' | 'code'>, kind: number): Stream[] {
  const make = (text: string, pixel: number): Stream => ({ code: text, pixel, chunk: [], at: 0, isDone: false })
  const where = conditions({ ...wanted, code: undefined }).join(' AND ')
  const known = moment.rows(`SELECT DISTINCT code, pixel FROM known WHERE kind = ${kind} AND ends > 0 AND ${where}`)
  const others = `kind = ${kind} AND ends > 0 AND code = 0`
  if (moment.countedFrom === 0 && moment.row(`SELECT 1 AS found FROM known WHERE ${others} LIMIT 1`) === undefined) {
    return known
      .map((row) => make(moment.terms.text(row['code'] as number), row['pixel'] as number))
      .filter((stream) => code === undefined || stream.code === code)
  }
  const codes = code === undefined ? codesOf(moment, kind) : [code]
  const pixels = wanted.pixels ?? moment.rows('SELECT DISTINCT pixel FROM tally').map(({ pixel }) => pixel as number)
  return codes.flatMap((text) => pixels.map((pixel) => make(text, pixel)))
}

/** Each code once, by the index. */
function codesOf(moment: SqliteMoment, kind: number): string[] {
  const next = moment.database.prepare(
    `SELECT min(code) AS code FROM event WHERE state > 2 AND state = ${kind} AND code > ?`,
  )
  const codes: string[] = []
  for (let last = ''; ; ) {
    const { code } = next.get(last) as { code: string | null }
    if (code === null) return codes
    codes.push(code)
    last = code
  }
}
