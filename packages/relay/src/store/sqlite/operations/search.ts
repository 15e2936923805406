import type { EventSummary, Page, Search } from '../../account.ts'
import { keyCursor, numberCursor } from '../../cursor.ts'
import type { EventState } from '../../event.ts'
import { END_CODES } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { NO_TERM, where } from '../query.ts'
import { SUMMARY_COLUMNS, type SummaryColumns, summarise } from './show.ts'

/** Rows that one call looks at, at most: a search for what is rare must not stop deliveries while it looks. */
export const MAX_EXAMINED = 20_000

export function search(core: Core, wanted: Search): Page<EventSummary> {
  if (wanted.idPrefix !== undefined) return searchIds(core, wanted, wanted.idPrefix)
  const below = numberCursor(wanted.cursor, core.nextRow)
  if (wanted.suspect === true) return searchSuspects(core, wanted, below)
  return wanted.state === 'sending' ? searchLeased(core, wanted, below) : searchNewest(core, wanted, below)
}

/** A window of rows, downwards from the newest; the next page goes on below it. */
function searchNewest(core: Core, wanted: Search, below: number): Page<EventSummary> {
  const end = endCode(wanted.state)
  const low = end === undefined ? below - MAX_EXAMINED : lowestExamined(core, end, below)
  const { sql, values } = where([
    ['row < ?', below],
    ['row >= ?', low],
    ['state = ?', end],
    ['code = ?', end === undefined ? undefined : wanted.code],
    ['pixel = ?', wanted.pixel === undefined ? undefined : (core.terms.find(wanted.pixel) ?? NO_TERM)],
    ['accepted_ms >= ?', wanted.sinceMs],
  ])
  // What the rows alone cannot tell (holds, leases) is looked at afterwards, so that no limit may cut it off before.
  const limit = end !== undefined || (wanted.state === undefined && wanted.code === undefined) ? wanted.limit : -1
  const select = `SELECT ${SUMMARY_COLUMNS} FROM event WHERE ${sql} ORDER BY row DESC LIMIT ?`
  const events = core.database.prepare(select).all(...values, limit) as SummaryColumns[]
  const items = firstMatching(core, events, wanted)
  if (items.length === wanted.limit) return { items, cursor: String(items.at(-1)?.row) }
  return { items, cursor: low > 1 ? String(low) : undefined }
}

function endCode(state: EventState | undefined): number | undefined {
  return state === undefined ? undefined : (END_CODES as Partial<Record<EventState, number>>)[state]
}

/** The rarer ends have an index: the window is as many of them, however far apart they lie. */
function lowestExamined({ database }: Core, state: number, below: number): number {
  if (state === END_CODES.delivered) return below - MAX_EXAMINED
  const statement = database.prepare(`
    SELECT min(row) AS low, count(*) AS events
    FROM (SELECT row FROM event WHERE state > 2 AND state = ? AND row < ? ORDER BY row DESC LIMIT ${MAX_EXAMINED})`)
  const { low, events } = statement.get(state, below) as Row
  return events === MAX_EXAMINED ? (low as number) : 0
}

/** Leased rows are few and known. */
function searchLeased(core: Core, wanted: Search, below: number): Page<EventSummary> {
  const statement = core.database.prepare(`SELECT ${SUMMARY_COLUMNS} FROM event WHERE row = ?`)
  const rows = core.leases.allRows().filter((row) => row < below)
  const events = rows.sort((a, b) => b - a).map((row) => statement.get(row) as SummaryColumns)
  const items = firstMatching(core, events, wanted)
  return { items, cursor: items.length === wanted.limit ? String(items.at(-1)?.row) : undefined }
}

/** A window of suspects, downwards from the newest. */
function searchSuspects(core: Core, wanted: Search, below: number): Page<EventSummary> {
  const select = `SELECT ${SUMMARY_COLUMNS} FROM event WHERE row IN
    (SELECT row FROM suspicion WHERE row < ? ORDER BY row DESC LIMIT ${MAX_EXAMINED}) ORDER BY row DESC`
  const events = core.database.prepare(select).all(below) as SummaryColumns[]
  const items = firstMatching(core, events, wanted)
  if (items.length === wanted.limit) return { items, cursor: String(items.at(-1)?.row) }
  return { items, cursor: events.length === MAX_EXAMINED ? String(events.at(-1)?.row) : undefined }
}

function firstMatching(core: Core, events: readonly SummaryColumns[], wanted: Search): EventSummary[] {
  const items: EventSummary[] = []
  for (const event of events) {
    const summary = summarise(core, event)
    if (matches(summary, wanted)) items.push(summary)
    if (items.length === wanted.limit) break
  }
  return items
}

function matches(event: EventSummary, { state, code, pixel, suspect, sinceMs }: Search): boolean {
  if (suspect === true && event.suspicion === undefined) return false
  if (state !== undefined && event.state !== state) return false
  if (code !== undefined && event.code !== code) return false
  return (pixel === undefined || event.pixel === pixel) && event.acceptedMs >= (sinceMs ?? Number.NEGATIVE_INFINITY)
}

/** Behind every text that begins with the prefix. */
const LAST = '\u{10FFFF}'

const SELECT_IDS = `
  SELECT ${SUMMARY_COLUMNS} FROM event
  WHERE id >= ? AND id < ? AND (id, name, pixel) > (?, ?, ?) ORDER BY id, name, pixel LIMIT ${MAX_EXAMINED}`

/** In the order of the key's index; the cursor is the last key that was looked at. */
function searchIds(core: Core, wanted: Search, prefix: string): Page<EventSummary> {
  const after = keyCursor(wanted.cursor, [prefix, NO_TERM, NO_TERM])
  const events = core.database.prepare(SELECT_IDS).all(prefix, prefix + LAST, ...after) as SummaryColumns[]
  const items = firstMatching(core, events, wanted)
  const isFull = items.length === wanted.limit
  const last = isFull ? events.find(({ row }) => row === items.at(-1)?.row) : events[MAX_EXAMINED - 1]
  return { items, cursor: last === undefined ? undefined : JSON.stringify([last.id, last.name, last.pixel]) }
}
