import type { Match } from '../../answers/match.ts'
import { type Gathered, gather, type PageAsked } from '../../answers/page.ts'
import { atOnce, type Reading } from '../../answers/reading.ts'
import { conditions } from '../../answers/where.ts'
import { numberCursor } from '../../cursor.ts'
import { APART, DELIVERED, READY, WAITING } from '../../state.ts'
import { LISTED, type ListedColumns, matches } from './listed.ts'
import type { SqliteMoment } from './moment.ts'

/** So many are gathered and put in order; more lie close together among what came last. */
const MAX_GATHERED = 10_000
const CHUNK = 1_024

/** Where those of a pixel and shape stand that have not ended, by where they wait. */
const ROWS: Readonly<Record<number, string>> = {
  [READY]: 'SELECT json_group_array(row) AS rows FROM event WHERE state = 0 AND pixel = ? AND shape = ?',
  [WAITING]: 'SELECT json_group_array(row) AS rows FROM event WHERE state = 1 AND pixel = ? AND shape = ?',
  [APART]: 'SELECT json_group_array(row) AS rows FROM suspicion WHERE pixel = ? AND shape = ?',
}

interface Part {
  readonly pixel: number
  readonly shape: number
  readonly kind: number
  readonly events: number
}

/** What waits or is held, the newest first, out of the queues themselves; `undefined` where they are too long to be put in order. */
export function listWaiting(
  moment: SqliteMoment,
  match: Match,
  { cursor, limit }: PageAsked,
): Reading<Gathered<ListedColumns>> | undefined {
  const parts = partsOf(moment, match)
  if (parts.reduce((sum, { events }) => sum + events, 0) > MAX_GATHERED) return undefined
  const rows = parts.flatMap((part) => rowsOf(moment, part)).sort((a, b) => b - a)
  let at = 0
  const start = numberCursor(cursor, Number.MAX_SAFE_INTEGER)
  while (at < rows.length && rows[at]! >= start) at++
  const read = (): ListedColumns[] => {
    for (; at < rows.length; at += CHUNK) {
      const found = fetch(moment, match, rows.slice(at, at + CHUNK))
      if (found.length === 0) continue
      at += CHUNK
      return found
    }
    return []
  }
  return gather(moment, {
    limit,
    read: () => atOnce(read()),
    matches: (event) => matches(moment, event, match),
    cursorAt: ({ row }) => String(row),
  })
}

/** Queues that have anything and are held, or are not, as is asked. */
function partsOf(moment: SqliteMoment, { wanted, state }: Match): Part[] {
  const { pixels, shape } = wanted
  const where = conditions({ ...NOTHING, pixels, shape }).join(' AND ')
  const sql = `SELECT pixel, shape, kind, events FROM tally WHERE kind < ${DELIVERED} AND events > 0 AND ${where}`
  const isHeld = state === 'held'
  return (moment.rows(sql) as unknown as Part[]).filter(
    (part) => (moment.hold(part.pixel, part.shape) !== undefined) === isHeld,
  )
}

const NOTHING = { pixels: undefined, name: undefined, shape: undefined, source: undefined, code: undefined }

function rowsOf(moment: SqliteMoment, { pixel, shape, kind }: Part): number[] {
  return JSON.parse(moment.row(ROWS[kind]!, pixel, shape)!['rows'] as string) as number[]
}

function fetch(moment: SqliteMoment, { wanted }: Match, rows: readonly number[]): ListedColumns[] {
  const { name, source } = wanted
  const where = conditions({ ...NOTHING, name, source }).join(' AND ')
  const sql = `SELECT ${LISTED} FROM event WHERE row IN (SELECT value FROM json_each(?)) AND ${where}`
  const found = moment.rows(sql, JSON.stringify(rows)) as unknown as ListedColumns[]
  return found.sort((a, b) => b.row - a.row)
}
