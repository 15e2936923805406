import type { Expiring } from '../../counts.ts'
import { lastMinuteBefore, minuteOf } from '../../minute.ts'
import type { Core } from '../core.ts'
import type { Database, Row } from '../database.ts'
import { MINUTE } from '../sql/queue.ts'
import { queuedEvent } from './queued-event.ts'

interface Range {
  readonly fromMs: number
  readonly beforeMs: number
  /** Counts at most as many. */
  readonly limit: number
}

interface Found {
  readonly events: number
  readonly oldestMs: number
}

/** Where one queue is looked at. */
interface Part {
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

/** What is leased is counted too: until it is settled, it may yet expire. */
export function expiring(core: Core, range: Range): Expiring[] {
  const countReady = readyCounter(core)
  const countWaiting = counter(core.database, COUNT_WAITING)
  const countApart = counter(core.database, COUNT_APART)
  return core.tally.pixels().flatMap((pixel) => {
    const { events, oldestMs } = core.tally
      .shapes(pixel)
      .flatMap((shape) => [countReady, countWaiting, countApart].map((count) => count({ pixel, shape }, range)))
      .reduce(together, NOTHING)
    if (events === 0) return []
    return [{ pixel: core.terms.text(pixel), events: Math.min(events, range.limit), oldestTimestampMs: oldestMs }]
  })
}

type Counter = (part: Part, range: Range) => Found

function readyCounter(core: Core): Counter {
  const minutes = core.database.prepare(COUNT_MINUTES)
  const cutMinute = core.database.prepare(COUNT_CUT_MINUTE)
  return ({ pixel, shape }, { fromMs, beforeMs, limit }) => {
    const first = minuteOf(fromMs)
    const last = lastMinuteBefore(beforeMs)
    const cut = (minute: number): Found => foundIn(cutMinute.get(pixel, shape, minute, fromMs, beforeMs, limit) as Row)
    const begin = cut(first)
    if (first >= last) return begin
    const whole = (minutes.get(pixel, shape, first, last, limit) as Row)['events'] as number
    const events = begin.events + whole + cut(last).events
    if (begin.events > 0 || events === 0) return { ...begin, events }
    const behindFirst = { minute: first, row: Number.MAX_SAFE_INTEGER }
    const [oldest] = core.statements.queue.ready({ pixel, shape, after: behindFirst, beforeMs, limit: 1 })
    return { events, oldestMs: oldest === undefined ? NOTHING.oldestMs : queuedEvent(core, oldest.row).timestamp_ms }
  }
}

function counter(database: Database, sql: string): Counter {
  const statement = database.prepare(sql)
  return ({ pixel, shape }, { fromMs, beforeMs, limit }) =>
    foundIn(statement.get(pixel, shape, fromMs, beforeMs, limit) as Row)
}

const NOTHING: Found = { events: 0, oldestMs: Number.POSITIVE_INFINITY }

function foundIn({ events, oldest }: Row): Found {
  return { events: events as number, oldestMs: (oldest as number | null) ?? NOTHING.oldestMs }
}

function together(a: Found, b: Found): Found {
  return { events: a.events + b.events, oldestMs: Math.min(a.oldestMs, b.oldestMs) }
}
