import type { Match } from '../../answers/match.ts'
import { conditions } from '../../answers/where.ts'
import { DELIVERED } from '../../state.ts'
import { decodeRows } from '../row-set.ts'
import { type EndPlace, finite, type NextEnd } from './ends.ts'
import { LISTED, type ListedColumns } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

interface Block {
  readonly pixel: number
  readonly endedMs: number
}

/** Fetched at once. */
const CHUNK = 64

/** Delivered events, by the blocks in which they were. */
export function delivered(moment: SqliteMoment, { wanted }: Match): NextEnd {
  const blocks = new Blocks(moment, pixelsOf(moment, wanted))
  let endedMs = Number.NaN
  /** Of that time, falling. */
  let rows: number[] = []
  let chunk: ListedColumns[] = []
  return (after) => {
    for (;;) {
      const found = chunk.find((event) => event.row < rowLimit(endedMs, after))
      if (found !== undefined) return found
      const limit = rowLimit(endedMs, after)
      rows = rows.filter((row) => row < limit)
      if (rows.length === 0) {
        const next = blocks.next(after, endedMs)
        if (next === undefined) return undefined
        ;({ endedMs, rows } = next)
        rows = rows.filter((row) => row < rowLimit(endedMs, after))
      }
      chunk = fetch(moment, rows.slice(0, CHUNK), endedMs)
      rows = rows.slice(CHUNK)
    }
  }
}

/** Rows of a time that come after a place are below this. */
function rowLimit(endedMs: number, after: EndPlace): number {
  if (endedMs === after.endedMs) return after.row
  return endedMs < after.endedMs ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
}

function fetch(moment: SqliteMoment, rows: readonly number[], endedMs: number): ListedColumns[] {
  const sql = `SELECT ${LISTED} FROM event WHERE row IN (${rows.join()}) AND state = ${DELIVERED} AND ended_ms = ?`
  return (moment.rows(sql, endedMs) as unknown as ListedColumns[]).sort((a, b) => b.row - a.row)
}

function pixelsOf(moment: SqliteMoment, wanted: Match['wanted']): number[] {
  if (moment.countedFrom > 0)
    return wanted.pixels?.slice() ?? moment.rows('SELECT DISTINCT pixel FROM tally').map(({ pixel }) => pixel as number)
  const others = { ...wanted, name: undefined, shape: undefined, source: undefined, code: undefined }
  const where = `(${conditions(wanted).join(' AND ')}) OR (${conditions(others).join(' AND ')} AND name = 0)`
  return moment
    .rows(`SELECT DISTINCT pixel FROM known WHERE kind = ${DELIVERED} AND ends > 0 AND (${where})`)
    .map(({ pixel }) => pixel as number)
}

/** `delivery`: what an older version kept, until it is taken over. */
const TABLES = ['delivered', 'delivery'] as const

/** Blocks of some pixels, the newest first. */
class Blocks {
  readonly #moment: SqliteMoment
  readonly #next: Map<number, Block | undefined> = new Map()
  readonly #pixels: readonly number[]

  constructor(moment: SqliteMoment, pixels: readonly number[]) {
    this.#moment = moment
    this.#pixels = pixels
  }

  /** All rows that were delivered at the newest time that a place leaves and that was not given before. */
  next(after: EndPlace, given: number): { readonly endedMs: number; readonly rows: number[] } | undefined {
    // The time of the place itself was given, or is where a page begins.
    const upTo = given <= after.endedMs ? given - 1 : after.endedMs
    let endedMs = Number.NEGATIVE_INFINITY
    for (const pixel of this.#pixels) endedMs = Math.max(endedMs, this.#peek(pixel, upTo))
    if (endedMs === Number.NEGATIVE_INFINITY) return undefined
    const rows = this.#pixels.flatMap((pixel) =>
      this.#peek(pixel, upTo) === endedMs ? this.#rows(pixel, endedMs) : [],
    )
    return { endedMs, rows: rows.sort((a, b) => b - a) }
  }

  #peek(pixel: number, upTo: number): number {
    const known = this.#next.get(pixel)
    if (known !== undefined && known.endedMs <= upTo) return known.endedMs
    if (known === undefined && this.#next.has(pixel)) return Number.NEGATIVE_INFINITY
    const times = TABLES.flatMap((table) => {
      const sql = `SELECT max(ended_ms) AS at FROM ${table} WHERE pixel = ? AND ended_ms <= ?`
      return (this.#moment.row(sql, pixel, finite(upTo))?.['at'] as number | null) ?? []
    })
    const at = Math.max(...times)
    this.#next.set(pixel, times.length === 0 ? undefined : { pixel, endedMs: at })
    return at
  }

  #rows(pixel: number, endedMs: number): number[] {
    return TABLES.flatMap((table) => {
      const sql = `SELECT rows FROM ${table} WHERE pixel = ? AND ended_ms = ?`
      return this.#moment.rows(sql, pixel, endedMs).flatMap(({ rows }) => decodeRows(rows as Uint8Array))
    })
  }
}
