import type { Suspicion } from '../../suspicion.ts'
import type { Database, Row } from '../database.ts'

/** An event apart, in the order in which such are leased. */
export interface ApartPlace {
  readonly row: number
  readonly due_ms: number
  readonly timestamp_ms: number
}

/** The events apart of one pixel and shape: those due by a time, with an own time before another. */
export interface ApartRange {
  readonly pixel: number
  readonly shape: number
  readonly dueByMs: number
  readonly beforeMs: number
  readonly limit: number
}

export interface SuspicionStatements {
  /** For a run of neighbouring events, in place of what was said of them before. */
  readonly put: (first: number, last: number, suspicion: Suspicion, dueMs: number) => void
  readonly drop: (row: number) => void
  readonly get: (row: number) => Suspicion | undefined
  readonly due: (range: ApartRange) => ApartPlace[]
  /** By their own time, the oldest first. */
  readonly oldest: (range: Omit<ApartRange, 'dueByMs'>) => Pick<ApartPlace, 'row'>[]
  /** Those due after a time, and after their own, are due at another; returns their rows. */
  readonly bringForward: (pixel: number, shape: number, afterMs: number, dueMs: number) => number[]
  readonly count: (pixel: number, kind: string) => number
  /** Those due first, whenever that is. */
  readonly first: (pixel: number, shape: number, limit: number) => ApartPlace[]
}

const PUT = `
  INSERT OR REPLACE INTO suspicion (row, pixel, shape, timestamp_ms, due_ms, kind, times, first_ms, code, message)
  SELECT row, pixel, shape, timestamp_ms, ?, ?, ?, ?, ?, ? FROM event WHERE row BETWEEN ? AND ?`
const DUE = `
  SELECT row, due_ms, timestamp_ms FROM suspicion
  WHERE pixel = ? AND shape = ? AND due_ms <= ? AND timestamp_ms < ? ORDER BY due_ms, timestamp_ms, row LIMIT ?`
const FIRST = `
  SELECT row, due_ms, timestamp_ms FROM suspicion
  WHERE pixel = ? AND shape = ? ORDER BY due_ms, timestamp_ms, row LIMIT ?`
const BRING_FORWARD = `
  UPDATE suspicion SET due_ms = ?
  WHERE pixel = ? AND shape = ? AND due_ms > ? AND due_ms > timestamp_ms RETURNING row`
const OLDEST = `
  SELECT row FROM suspicion
  WHERE pixel = ? AND shape = ? AND timestamp_ms < ? ORDER BY timestamp_ms, row LIMIT ?`

export function suspicionStatements(database: Database): SuspicionStatements {
  const put = database.prepare(PUT)
  const drop = database.prepare('DELETE FROM suspicion WHERE row = ?')
  const get = database.prepare('SELECT kind, times, first_ms, code, message FROM suspicion WHERE row = ?')
  const due = database.prepare(DUE)
  const first = database.prepare(FIRST)
  const oldest = database.prepare(OLDEST)
  const bringForward = database.prepare(BRING_FORWARD)
  const count = database.prepare('SELECT count(*) AS events FROM suspicion WHERE pixel = ? AND kind = ?')
  return {
    put: (first, last, { kind, times, firstMs, code, message }, dueMs) =>
      void put.run(dueMs, kind, times, firstMs, code, message, first, last),
    drop: (row) => void drop.run(row),
    get(row) {
      const found = get.get(row) as Row | undefined
      return found && suspicionOf(found)
    },
    due: ({ pixel, shape, dueByMs, beforeMs, limit }) =>
      due.all(pixel, shape, dueByMs, beforeMs, limit) as ApartPlace[],
    oldest: ({ pixel, shape, beforeMs, limit }) => oldest.all(pixel, shape, beforeMs, limit) as ApartPlace[],
    bringForward: (pixel, shape, afterMs, dueMs) =>
      (bringForward.all(dueMs, pixel, shape, afterMs) as Row[]).map(({ row }) => row as number),
    first: (pixel, shape, limit) => first.all(pixel, shape, limit) as ApartPlace[],
    count: (pixel, kind) => (count.get(pixel, kind) as Row)['events'] as number,
  }
}

/** Of the columns `kind`, `times`, `first_ms`, `code` and `message`. */
export function suspicionOf({ kind, times, first_ms, code, message }: Row): Suspicion {
  return {
    kind: kind as Suspicion['kind'],
    times: times as number,
    firstMs: first_ms as number,
    code: code as string,
    message: message as string,
  }
}
