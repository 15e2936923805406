import type { Guide } from '../../answers/guide.ts'
import type { Match } from '../../answers/match.ts'
import { type Gathered, MISSES, PageOf } from '../../answers/page.ts'
import type { Reading } from '../../answers/reading.ts'
import { conditions } from '../../answers/where.ts'
import { numberCursor } from '../../cursor.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { ACCEPTED } from '../../state.ts'
import { UNLISTED } from '../pixel-rows.ts'
import { decodeRows } from '../row-set.ts'
import { LISTED, type ListedColumns, matches } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

/** Read at once, of each pixel or of all. */
const CHUNK = 256
/** So many pixels are read one by one and merged; of more, all rows are looked through. */
const MAX_MERGED = 16

/** Events in the order in which they came, the newest first. */
export function* listArrivals(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit, guide }: { readonly cursor: string | undefined; readonly limit: number; readonly guide: Guide },
): Reading<Gathered<ListedColumns>> {
  const bounds = boundsOf(moment, match)
  let below = Math.min(numberCursor(cursor, bounds.below), bounds.below)
  const page = new PageOf<ListedColumns>(moment, limit)
  const arrivals = new Arrivals(moment, guide)
  const read = readerOf(moment, match, bounds.low)
  let misses = 0
  for (;;) {
    const event = read(below)
    if (event === undefined) return { events: page.events, cursor: undefined, isCut: false }
    if (matches(moment, event, match)) {
      if (!page.add(event)) return { events: page.events, cursor: String(page.events.at(-1)!.row), isCut: false }
      misses = 0
    } else misses++
    below = event.row
    if (page.isCut && page.events.length < limit) return { events: page.events, cursor: String(below), isCut: true }
    if (misses < MISSES) continue
    misses = 0
    const next = yield* arrivals.before(below)
    if (next === undefined) return { events: page.events, cursor: undefined, isCut: false }
    below = next
  }
}

/** Between which rows a time lies, whatever the clock did. */
function boundsOf(moment: SqliteMoment, { fromMs, untilMs }: Match): { readonly low: number; readonly below: number } {
  const newest = Number(moment.row('SELECT max(row) AS row FROM event')?.['row'] ?? 0) + 1
  const isAll = fromMs <= 0 && untilMs === Number.POSITIVE_INFINITY
  if (isAll || moment.countedFrom > 0) return { low: 0, below: newest }
  const until = untilMs === Number.POSITIVE_INFINITY ? Number.MAX_SAFE_INTEGER : minuteAt(untilMs - 1) + 1
  const found = moment.row(
    'SELECT min(first) AS low, max(last) AS high FROM arrival WHERE minute >= ? AND minute < ?',
    minuteAt(Math.max(0, fromMs)),
    until,
  )
  const high = found?.['high'] as number | null
  return high === null ? { low: 0, below: 0 } : { low: Number(found?.['low']), below: high + 1 }
}

type ReadNext = (below: number) => ListedColumns | undefined

function readerOf(moment: SqliteMoment, match: Match, low: number): ReadNext {
  const pixels = match.wanted.pixels ?? knownPixels(moment, match)
  if (pixels === undefined || pixels.length > MAX_MERGED) return streamOf(moment, low, undefined)
  return merged(pixels.map((pixel) => streamOf(moment, low, pixel)))
}

/** Pixels that ever had such an event; `undefined` where nobody can say. */
function knownPixels(moment: SqliteMoment, { wanted }: Match): number[] | undefined {
  const { name, shape, source } = wanted
  if (moment.countedFrom > 0 || (name ?? shape ?? source) === undefined) return undefined
  const parts = conditions({ ...wanted, pixels: undefined, code: undefined }).join(' AND ')
  const others = 'kind = ? AND pixel > 0 AND name = 0 AND shape = 0 AND source = 0'
  const sql = `SELECT DISTINCT pixel FROM known WHERE (kind = ? AND ${parts}) OR (${others}) LIMIT ${MAX_MERGED + 1}`
  return moment.rows(sql, ACCEPTED, ACCEPTED).map(({ pixel }) => pixel as number)
}

/** The next below a row, of one pixel or of all; going up again is not possible. */
function streamOf(moment: SqliteMoment, low: number, pixel: number | undefined): ReadNext {
  if (pixel !== undefined && !hasIndex(moment)) return streamOfBlocks(moment, low, pixel)
  const from = pixel === undefined ? 'event WHERE' : `event INDEXED BY event_pixel WHERE pixel = ${pixel} AND`
  const statement = moment.database.prepare(
    `SELECT ${LISTED} FROM ${from} row < ? AND row >= ? ORDER BY row DESC LIMIT ${CHUNK}`,
  )
  return stream((below) => statement.all(below, low) as unknown as ListedColumns[])
}

function stream(read: (below: number) => readonly ListedColumns[]): ReadNext {
  let chunk: readonly ListedColumns[] = []
  let at = 0
  return (below) => {
    while (at < chunk.length && chunk[at]!.row >= below) at++
    if (at < chunk.length) return chunk[at]
    chunk = read(below)
    at = 0
    return chunk[0]
  }
}

/** An older version's index of pixels is read until it is taken over. */
function hasIndex(moment: SqliteMoment): boolean {
  return moment.row('SELECT 1 FROM meta WHERE key = ?', UNLISTED) !== undefined
}

const SINGLE = `SELECT row FROM pixel_row WHERE pixel = ? AND row < ? AND row >= ? ORDER BY row DESC LIMIT ${CHUNK}`
const BLOCK = 'SELECT rows FROM pixel_block WHERE pixel = ? AND first < ? ORDER BY first DESC LIMIT 1'
const EVENTS = `SELECT ${LISTED} FROM event WHERE row IN (SELECT value FROM json_each(?))`

/** First the newest, which are listed one by one, then the blocks. */
function streamOfBlocks(moment: SqliteMoment, low: number, pixel: number): ReadNext {
  let isBlock = false
  const rowsBelow = (below: number): number[] | undefined => {
    const single = isBlock ? [] : moment.rows(SINGLE, pixel, below, low).map(({ row }) => row as number)
    if (single.length > 0) return single
    isBlock = true
    const block = moment.row(BLOCK, pixel, below)
    const rows = block && decodeRows(block['rows'] as Uint8Array).filter((row) => row < below)
    return rows === undefined || rows.at(-1)! < low ? undefined : rows.filter((row) => row >= low)
  }
  return stream((below) => {
    for (let rows = rowsBelow(below); rows !== undefined; rows = rowsBelow(Math.min(...rows))) {
      const found = moment.rows(EVENTS, JSON.stringify(rows)) as unknown as ListedColumns[]
      // Accounts of a block may have been forgotten, even all.
      if (found.length > 0) return found.sort((a, b) => b.row - a.row)
    }
    return []
  })
}

function merged(streams: readonly ReadNext[]): ReadNext {
  return (below) => {
    let newest: ListedColumns | undefined
    for (const next of streams) {
      const event = next(below)
      if (event !== undefined && (newest === undefined || event.row > newest.row)) newest = event
    }
    return newest
  }
}

/** Which rows came in minutes that have anything to find. */
class Arrivals {
  readonly #moment: SqliteMoment
  readonly #guide: Guide
  #minutes: { readonly minute: number; readonly first: number; readonly last: number }[] | undefined
  #at = 0

  constructor(moment: SqliteMoment, guide: Guide) {
    this.#moment = moment
    this.#guide = guide
  }

  /** A row below which, and from where on, the next can be; `undefined`: nowhere. */
  *before(below: number): Reading<number | undefined> {
    if (this.#moment.countedFrom > 0) return below
    this.#minutes ??= this.#moment.rows('SELECT minute, first, last FROM arrival ORDER BY last DESC') as never
    for (; this.#at < this.#minutes!.length; this.#at++) {
      const { minute, first, last } = this.#minutes![this.#at]!
      if (first < below && (yield* this.#guide.has(minute))) return Math.min(below, last + 1)
    }
    return undefined
  }
}
