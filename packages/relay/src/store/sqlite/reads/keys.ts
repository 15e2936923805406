import type { Match } from '../../answers/match.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import { atOnce, type Reading } from '../../answers/reading.ts'
import { conditions } from '../../answers/where.ts'
import { keyCursor, numberCursor } from '../../cursor.ts'
import { NO_TERM } from '../query.ts'
import { LISTED, type ListedColumns, matches } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

const CHUNK = 256
/** Entries of the index of ids that are looked at before the clock is. */
const SCANNED = 4_096
/** Behind every text that begins with the prefix. */
const LAST = '\u{10FFFF}'

/** The next chunk behind an event; empty at the end, `undefined` where the time was over before anything was found. */
type ReadChunk = (after: ListedColumns | undefined) => ListedColumns[] | undefined

/** In the order of ids. */
export function listIds(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
  prefix: string,
): Reading<Gathered<ListedColumns>> {
  const start = keyCursor(cursor, [prefix, NO_TERM, NO_TERM])
  const read = idReader(moment, match, prefix, start)
  return paged(moment, match, { limit, read, cursorAt: ({ id, name, pixel }) => JSON.stringify([id, name, pixel]) })
}

type IdPlace = readonly [id: string, name: number, pixel: number]

interface Looked {
  readonly looked: number
  readonly last: string | null
  readonly rows: string
}

/** Names and pixels stand in the index of ids: the table is read for what has the right ones alone. */
function idReader(
  moment: SqliteMoment,
  { wanted: { pixels, name } }: Match,
  prefix: string,
  start: IdPlace,
): ReadChunk {
  const isAny = pixels === undefined && name === undefined
  const chunk = isAny ? CHUNK : SCANNED
  const where = conditions({ pixels, name, shape: undefined, source: undefined, code: undefined }).join(' AND ')
  const sql = `
    WITH looked AS MATERIALIZED (
      SELECT id, name, pixel, row FROM event WHERE id >= ? AND id < ? AND (id, name, pixel) > (?, ?, ?)
      ORDER BY id, name, pixel LIMIT ${chunk})
    SELECT count(*) AS looked, json_group_array(row) FILTER (WHERE ${where}) AS rows,
      (SELECT json_array(id, name, pixel) FROM looked ORDER BY id DESC, name DESC, pixel DESC LIMIT 1) AS last
    FROM looked`
  let place: IdPlace | undefined = start
  return () => {
    while (place !== undefined) {
      if (moment.isOver()) return undefined
      const found = moment.row(sql, prefix, prefix + LAST, ...place) as unknown as Looked
      place = found.looked < chunk || found.last === null ? undefined : (JSON.parse(found.last) as IdPlace)
      const rows = JSON.parse(found.rows) as number[]
      if (rows.length > 0) return inIdOrder(fetchRows(moment, rows))
    }
    return []
  }
}

function inIdOrder(events: ListedColumns[]): ListedColumns[] {
  return events.sort((a, b) => byIdBytes(a, b) || a.name - b.name || a.pixel - b.pixel)
}

/** As SQLite compares texts. */
function byIdBytes({ id: a }: ListedColumns, { id: b }: ListedColumns): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a ?? ''), Buffer.from(b ?? ''))
}

/** Events that are sent with a context of this key, the newest first. */
export function listOrder(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
  key: string,
): Reading<Gathered<ListedColumns>> {
  const read = rowReader(moment, 'SELECT row FROM order_key WHERE key = ? AND row < ? ORDER BY row DESC', [key], cursor)
  return paged(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

/** Events whose content is kept, the newest first: each is looked into. */
export function listBodies(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
): Reading<Gathered<ListedColumns>> {
  const next = rowReader(moment, 'SELECT row FROM body WHERE row < ? ORDER BY row DESC', [], cursor)
  const read: ReadChunk = (after) => {
    // Where some were found the page is cut before this; none at all is no answer while more is to be looked at.
    moment.mustBeInTime()
    return next(after)
  }
  return paged(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

export function listSuspects(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
): Reading<Gathered<ListedColumns>> {
  const read = rowReader(moment, 'SELECT row FROM suspicion WHERE row < ? ORDER BY row DESC', [], cursor)
  return paged(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

/** Leased rows are known. */
export function listSending(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
): Reading<Gathered<ListedColumns>> {
  const rows = Array.from(moment.live.rows ?? []).sort((a, b) => b - a)
  const read = (after: ListedColumns | undefined): ListedColumns[] => {
    const below = after?.row ?? numberCursor(cursor, Number.MAX_SAFE_INTEGER)
    return fetchRows(moment, rows.filter((row) => row < below).slice(0, CHUNK))
  }
  return paged(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

function rowReader(
  moment: SqliteMoment,
  select: string,
  values: readonly string[],
  cursor: string | undefined,
): ReadChunk {
  const statement = moment.database.prepare(`${select} LIMIT ${CHUNK}`)
  return (after) => {
    const below = after?.row ?? numberCursor(cursor, Number.MAX_SAFE_INTEGER)
    const rows = (statement.all(...values, below) as { row: number }[]).map(({ row }) => row)
    return fetchRows(moment, rows)
  }
}

function fetchRows(moment: SqliteMoment, rows: readonly number[]): ListedColumns[] {
  const sql = `SELECT ${LISTED} FROM event WHERE row IN (SELECT value FROM json_each(?))`
  const found = moment.rows(sql, JSON.stringify(rows)) as unknown as ListedColumns[]
  return found.sort((a, b) => b.row - a.row)
}

interface Paging {
  readonly limit: number
  readonly read: ReadChunk
  readonly cursorAt: (event: ListedColumns) => string
}

function paged(
  moment: SqliteMoment,
  match: Match,
  { limit, read, cursorAt }: Paging,
): Reading<Gathered<ListedColumns>> {
  return gather(moment, {
    limit,
    read: (after) => atOnce(read(after)),
    matches: (event) => matches(moment, event, match),
    cursorAt,
  })
}
