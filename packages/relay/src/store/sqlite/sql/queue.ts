import { lastMinuteBefore } from '../../minute.ts'
import type { Database, Row } from '../database.ts'
import { type Place, START } from '../queue/frontier.ts'

/** What of one queue to read: behind a place, before a time. */
export interface QueueRange {
  readonly pixel: number
  readonly shape: number
  readonly after: Place
  readonly beforeMs: number
  readonly limit: number
}

/** Of one queue, what a probe may take. */
export interface ProbeRange {
  readonly pixel: number
  readonly shape: number
  readonly beforeMs: number
  /** Only what was never sent, from this row on. */
  readonly neverSentFrom: number | undefined
  readonly order: 'oldest' | 'newest'
  /** At this place or behind it. */
  readonly from: Place
  readonly limit: number
}

export interface Promoted {
  readonly row: number
  readonly shape: number
  readonly timestamp_ms: number
}

export interface LeasedColumns {
  readonly row: number
  readonly name: number
  readonly id: string
  readonly wire: string
  readonly shape: number
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly attempts: number
  readonly may_be_stored: number
  readonly source: number
  readonly amount: number | null
  readonly currency: number | null
}

/** What is to be sent, in the order in which it is. */
export interface QueueStatements {
  /** The next ready events of one pixel and shape, in the order of their minute, then of arrival. */
  readonly ready: (range: QueueRange) => Place[]
  /** What is not due yet, in the exact order of its own time and from the start. */
  readonly waiting: (range: Omit<QueueRange, 'after'>) => Pick<Place, 'row'>[]
  /** What a probe may take, in its order. Asked once a minute at most, and for a few events. */
  readonly probe: (range: ProbeRange) => Place[]
  /** Makes what has become due ready, the longest due first, up to a limit. */
  readonly promote: (pixel: number, nowMs: number, limit: number) => Promoted[]
  /** Waits until after a time, and after their own, end at another; returns how many there were. */
  readonly bringForward: (pixel: number, afterMs: number, dueMs: number) => number
  /** What a holder of a lease needs of these rows, in their order. */
  readonly leased: (rows: readonly number[]) => LeasedColumns[]
  /** When the first that waits becomes due. */
  readonly nextDue: (pixel: number) => number | undefined
}

/** Written as in the index, or SQLite would not use that. */
export const MINUTE = 'timestamp_ms / 60000'

const SELECT = `SELECT row, ${MINUTE} AS minute FROM event WHERE state = 0 AND pixel = ? AND shape = ?`

/** The index alone answers these two; for the plan's sake they are two. A minute can hold millions of events. */
const SAME_MINUTE = `${SELECT} AND ${MINUTE} = ? AND row > ? ORDER BY row LIMIT ?`
export const LATER: string = `${SELECT} AND ${MINUTE} > ? AND ${MINUTE} < ? ORDER BY ${MINUTE}, row LIMIT ?`

/** Only of the minute that a time cuts is the exact time read, from the table. */
export const CUT_MINUTE: string = `${SELECT} AND ${MINUTE} = ? AND row > ? AND timestamp_ms < ? ORDER BY row LIMIT ?`

const WAITING = `
  SELECT row FROM event
  WHERE state = 1 AND pixel = ? AND shape = ? AND timestamp_ms < ? ORDER BY timestamp_ms, row LIMIT ?`

const PROMOTE = `
  UPDATE event SET state = 0
  WHERE row IN (SELECT row FROM event WHERE state = 1 AND pixel = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?)
  RETURNING row, shape, timestamp_ms`

const BRING_FORWARD = `
  UPDATE event SET due_ms = ? WHERE state = 1 AND pixel = ? AND due_ms > ? AND due_ms > timestamp_ms`

/** CROSS JOIN keeps the order of the list. */
const LEASED = `
  SELECT event.row, name, event.id, wire, shape, timestamp_ms, accepted_ms, attempts, may_be_stored,
         source, amount, currency
  FROM json_each(?) AS wanted
  CROSS JOIN event ON event.row = wanted.value
  CROSS JOIN body ON body.row = event.row`

export function queueStatements(database: Database): QueueStatements {
  const waiting = database.prepare(WAITING)
  const promote = database.prepare(PROMOTE)
  const bringForward = database.prepare(BRING_FORWARD)
  const leased = database.prepare(LEASED)
  const nextDue = database.prepare('SELECT min(due_ms) AS due FROM event WHERE state = 1 AND pixel = ?')
  return {
    ready: readyReader(database),
    waiting: ({ pixel, shape, beforeMs, limit }) => waiting.all(pixel, shape, beforeMs, limit) as Pick<Place, 'row'>[],
    probe: (range) => readProbe(database, range),
    promote: (pixel, nowMs, limit) => promote.all(pixel, nowMs, limit) as Promoted[],
    bringForward: (pixel, afterMs, dueMs) => Number(bringForward.run(dueMs, pixel, afterMs).changes),
    leased: (rows) => leased.all(JSON.stringify(rows)) as LeasedColumns[],
    nextDue: (pixel) => ((nextDue.get(pixel) as Row)['due'] as number | null) ?? undefined,
  }
}

/** Before the first. */
const NO_ROW = 0

function readyReader(database: Database): QueueStatements['ready'] {
  const sameMinute = database.prepare(SAME_MINUTE)
  const later = database.prepare(LATER)
  const cutMinute = database.prepare(CUT_MINUTE)
  return ({ pixel, shape, after: { minute, row }, beforeMs, limit }) => {
    const lastMinute = lastMinuteBefore(beforeMs)
    if (minute > lastMinute) return []
    const cut = (behind: number, left: number): Place[] =>
      cutMinute.all(pixel, shape, lastMinute, behind, beforeMs, left) as Place[]
    if (minute === lastMinute) return cut(row, limit)
    const places = minute === START.minute ? [] : (sameMinute.all(pixel, shape, minute, row, limit) as Place[])
    const room = (): number => limit - places.length
    if (room() > 0) places.push(...(later.all(pixel, shape, minute, lastMinute, room()) as Place[]))
    if (room() > 0) places.push(...cut(NO_ROW, room()))
    return places
  }
}

/** An event that ended once may have been sent before. */
const NEVER_SENT = 'AND row >= ? AND attempts = 0 AND NOT EXISTS (SELECT 1 FROM passage WHERE passage.row = event.row)'

function readProbe(database: Database, range: ProbeRange): Place[] {
  const { pixel, shape, beforeMs, neverSentFrom, order, from, limit } = range
  const direction = order === 'newest' ? 'DESC' : 'ASC'
  const sql = `
    ${SELECT} AND ${MINUTE} >= ? AND ${MINUTE} <= ? AND timestamp_ms < ? AND (${MINUTE} > ? OR row >= ?)
      ${neverSentFrom === undefined ? '' : NEVER_SENT}
    ORDER BY ${MINUTE} ${direction}, row ${direction} LIMIT ?`
  const sent = neverSentFrom === undefined ? [] : [neverSentFrom]
  const { minute, row } = from
  const values = [pixel, shape, minute, lastMinuteBefore(beforeMs), beforeMs, minute, row, ...sent, limit]
  return database.prepare(sql).all(...values) as Place[]
}
