import type { Expiring } from '../../counts.ts'
import { lastMinuteBefore, minuteOf } from '../../minute.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { prepared } from '../prepared.ts'
import { LATER, MINUTE } from '../sql/queue.ts'

export interface ExpiringRange {
  readonly fromMs: number
  readonly beforeMs: number
  /** Counts at most as many. */
  readonly limit: number
}

export interface Found {
  readonly events: number
  readonly oldestMs: number
}

/** Where one queue is looked at. */
export interface Part {
  readonly pixel: number
  readonly shape: number
}

const BETWEEN = 'timestamp_ms >= ? AND timestamp_ms < ?'

/** Millions of events can lie in whole minutes, and the index alone is read for them. */
const COUNT_MINUTES = `
  SELECT count(*) AS events FROM (
    SELECT row FROM event WHERE state = 0 AND pixel = ? AND shape = ? AND ${MINUTE} > ? AND ${MINUTE} < ? LIMIT ?)`

/** The exact time is read from the table, for the two minutes that the range cuts. */
const COUNT_CUT_MINUTE = `
  SELECT count(*) AS events, min(timestamp_ms) AS oldest FROM (
    SELECT timestamp_ms FROM event
    WHERE state = 0 AND pixel = ? AND shape = ? AND ${MINUTE} = ? AND ${BETWEEN} LIMIT ?)`

const COUNT_WAITING = `
  SELECT count(*) AS events, min(timestamp_ms) AS oldest FROM (
    SELECT timestamp_ms FROM event
    WHERE state = 1 AND pixel = ? AND shape = ? AND ${BETWEEN} ORDER BY timestamp_ms LIMIT ?)`

const COUNT_APART = `
  SELECT count(*) AS events, min(timestamp_ms) AS oldest FROM (
    SELECT timestamp_ms FROM suspicion
    WHERE pixel = ? AND shape = ? AND ${BETWEEN} ORDER BY timestamp_ms LIMIT ?)`

/** Asks for one row. */
export type AskRow = (sql: string, ...values: number[]) => Row | undefined

/** What is leased is counted too: until it is settled, it may yet expire. */
export function expiring(core: Core, range: ExpiringRange): Expiring[] {
  const ask = asker(core)
  return core.tally.pixels().flatMap((pixel) => {
    const parts = core.tally.shapes(pixel).map((shape) => ({ pixel, shape }))
    const { events, oldestMs } = countParts(ask, parts, range)
    if (events === 0) return []
    return [{ pixel: core.terms.text(pixel), events, oldestTimestampMs: oldestMs }]
  })
}

/** How many of some queues have their own time in a range, up to its limit, and the time of the oldest. */
export function countParts(ask: AskRow, parts: readonly Part[], range: ExpiringRange): Found {
  const { events, oldestMs } = parts
    .flatMap((part) => [
      countReady(ask, part, range),
      countIn(ask, COUNT_WAITING, part, range),
      countIn(ask, COUNT_APART, part, range),
    ])
    .reduce(together, NOTHING)
  return { events: Math.min(events, range.limit), oldestMs }
}

function asker({ database }: Core): AskRow {
  return (sql, ...values) => prepared(database, sql).get(...values) as Row | undefined
}

function countReady(ask: AskRow, { pixel, shape }: Part, { fromMs, beforeMs, limit }: ExpiringRange): Found {
  const first = minuteOf(fromMs)
  const last = lastMinuteBefore(beforeMs)
  const cut = (minute: number): Found => foundIn(ask(COUNT_CUT_MINUTE, pixel, shape, minute, fromMs, beforeMs, limit)!)
  const begin = cut(first)
  if (first >= last) return begin
  const whole = ask(COUNT_MINUTES, pixel, shape, first, last, limit)!['events'] as number
  const events = begin.events + whole + cut(last).events
  if (begin.events > 0 || events === 0) return { ...begin, events }
  const oldest = ask(LATER, pixel, shape, first, last + 1, 1)
  const at = oldest && ask('SELECT timestamp_ms FROM event WHERE row = ?', oldest['row'] as number)
  return { events, oldestMs: (at?.['timestamp_ms'] as number | undefined) ?? NOTHING.oldestMs }
}

function countIn(ask: AskRow, sql: string, { pixel, shape }: Part, { fromMs, beforeMs, limit }: ExpiringRange): Found {
  return foundIn(ask(sql, pixel, shape, fromMs, beforeMs, limit)!)
}

const NOTHING: Found = { events: 0, oldestMs: Number.POSITIVE_INFINITY }

function foundIn({ events, oldest }: Row): Found {
  return { events: events as number, oldestMs: (oldest as number | null) ?? NOTHING.oldestMs }
}

function together(a: Found, b: Found): Found {
  return { events: a.events + b.events, oldestMs: Math.min(a.oldestMs, b.oldestMs) }
}
