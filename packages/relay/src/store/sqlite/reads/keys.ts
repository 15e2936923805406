import { keyCursor, numberCursor } from '../cursor.ts'
import { NO_TERM } from '../query.ts'
import { LISTED, type ListedColumns, type Match, matches } from './listed.ts'
import type { Moment } from './moment.ts'
import { type Gathered, PageOf } from './page.ts'

const CHUNK = 256
/** Such lists count themselves up to here. */
export const MAX_COUNTED = 10_000
/** Behind every text that begins with the prefix. */
const LAST = '\u{10FFFF}'

/** The next chunk behind an event; empty at the end. */
type ReadChunk = (after: ListedColumns | undefined) => ListedColumns[]

export interface KeyList {
  readonly cursor: string | undefined
  readonly limit: number
}

/** In the order of ids. */
export function listIds(moment: Moment, match: Match, { cursor, limit }: KeyList, prefix: string): Gathered {
  const start = keyCursor(cursor, [prefix, NO_TERM, NO_TERM])
  const read = idReader(moment, prefix, start)
  return gather(moment, match, { limit, read, cursorAt: ({ id, name, pixel }) => JSON.stringify([id, name, pixel]) })
}

function idReader(moment: Moment, prefix: string, start: readonly [string, number, number]): ReadChunk {
  const statement = moment.database.prepare(`
    SELECT ${LISTED} FROM event WHERE id >= ? AND id < ? AND (id, name, pixel) > (?, ?, ?)
    ORDER BY id, name, pixel LIMIT ${CHUNK}`)
  return (after) => {
    const from = after === undefined ? start : ([after.id ?? '', after.name, after.pixel] as const)
    return statement.all(prefix, prefix + LAST, ...from) as unknown as ListedColumns[]
  }
}

/** Events that are sent with a context of this key, the newest first. */
export function listOrder(moment: Moment, match: Match, { cursor, limit }: KeyList, key: string): Gathered {
  const read = rowReader(moment, 'SELECT row FROM order_key WHERE key = ? AND row < ? ORDER BY row DESC', [key], cursor)
  return gather(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

/** Events whose content is kept, the newest first: each is looked into. */
export function listBodies(moment: Moment, match: Match, { cursor, limit }: KeyList): Gathered {
  const next = rowReader(moment, 'SELECT row FROM body WHERE row < ? ORDER BY row DESC', [], cursor)
  const read: ReadChunk = (after) => {
    // Where some were found the page is cut before this; none at all is no answer while more is to be looked at.
    moment.mustBeInTime()
    return next(after)
  }
  return gather(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

export function listSuspects(moment: Moment, match: Match, { cursor, limit }: KeyList): Gathered {
  const read = rowReader(moment, 'SELECT row FROM suspicion WHERE row < ? ORDER BY row DESC', [], cursor)
  return gather(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

/** Leased rows are known. */
export function listSending(moment: Moment, match: Match, { cursor, limit }: KeyList): Gathered {
  const rows = Array.from(moment.live.rows ?? []).sort((a, b) => b - a)
  const read = (after: ListedColumns | undefined): ListedColumns[] => {
    const below = after?.row ?? numberCursor(cursor, Number.MAX_SAFE_INTEGER)
    return fetchRows(moment, rows.filter((row) => row < below).slice(0, CHUNK))
  }
  return gather(moment, match, { limit, read, cursorAt: ({ row }) => String(row) })
}

function rowReader(moment: Moment, select: string, values: readonly string[], cursor: string | undefined): ReadChunk {
  const statement = moment.database.prepare(`${select} LIMIT ${CHUNK}`)
  return (after) => {
    const below = after?.row ?? numberCursor(cursor, Number.MAX_SAFE_INTEGER)
    const rows = (statement.all(...values, below) as { row: number }[]).map(({ row }) => row)
    return fetchRows(moment, rows)
  }
}

function fetchRows(moment: Moment, rows: readonly number[]): ListedColumns[] {
  const found = moment.all(`SELECT ${LISTED} FROM event WHERE row IN (${rows.join()})`) as unknown as ListedColumns[]
  return found.sort((a, b) => b.row - a.row)
}

interface Gathering {
  readonly limit: number
  readonly read: ReadChunk
  readonly cursorAt: (event: ListedColumns) => string
}

function gather(moment: Moment, match: Match, { limit, read, cursorAt }: Gathering): Gathered {
  const page = new PageOf(moment, limit)
  let last: ListedColumns | undefined
  for (;;) {
    const chunk = read(last)
    if (chunk.length === 0) return { events: page.events, cursor: undefined, isCut: false }
    for (const event of chunk) {
      if (matches(moment, event, match) && !page.add(event))
        return { events: page.events, cursor: cursorAt(page.events.at(-1)!), isCut: false }
      last = event
    }
    if (page.isCut && page.events.length < limit) return { events: page.events, cursor: cursorAt(last!), isCut: true }
  }
}

export interface Counted {
  readonly events: readonly ListedColumns[]
  readonly isExact: boolean
}

/** What a list has in all, up to a limit of events, of looks and of time. */
export function countMatching(list: (limit: KeyList) => Gathered): Counted {
  const { events, cursor, isCut } = list({ cursor: undefined, limit: MAX_COUNTED })
  return { events, isExact: cursor === undefined && !isCut }
}
