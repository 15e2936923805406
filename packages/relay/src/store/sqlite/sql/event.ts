import type { Database, Row } from '../database.ts'
import { rowInserter } from './row-inserter.ts'

/** In the order of the columns below. */
export type EventValues = readonly [
  row: number,
  pixel: number,
  name: number,
  id: string | null,
  content: Uint8Array,
  state: number,
  timestampMs: number,
  dueMs: number,
  acceptedMs: number,
  endedMs: number | null,
  shape: number,
  source: number,
  code: string | null,
  message: string | null,
  issues: string | null,
  amount: number | null,
  currency: number | null,
]

/** An event as far as a change of its state needs it. */
export interface StoredEvent {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  readonly state: number
  readonly id: string | null
  readonly name: number
  readonly source: number
  readonly content: Uint8Array
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly ended_ms: number | null
  readonly code: string | null
  readonly message: string | null
  readonly issues: string | null
  readonly amount: number | null
  /** A term. */
  readonly currency: number | null
}

export interface End {
  readonly state: number
  readonly endedMs: number
  readonly code: string | null
  readonly message: string | null
  /** Attempts to add. */
  readonly attempts: number
}

export interface Requeue {
  /** `READY`, `WAITING` or `APART`. */
  readonly state: number
  /** `null`: as it was. */
  readonly dueMs: number | null
  readonly code: string | null
  readonly message: string | null
  /** Attempts to add. */
  readonly attempts: number
}

/** The content and the state that an ended account goes on with. */
export interface Reopening {
  readonly state: number
  readonly content: Uint8Array
  readonly timestampMs: number
  readonly dueMs: number
  readonly shape: number
  readonly endedMs: number | null
  readonly code: string | null
  readonly message: string | null
  readonly issues: string | null
  readonly amount: number | null
  readonly currency: number | null
}

/** The table of accounts, row by row or by runs of neighbouring rows. */
export interface EventStatements {
  /** Passes over events whose key exists; returns how many went in. */
  readonly insert: (events: readonly EventValues[]) => number
  /** Which rows of a range exist. */
  readonly present: (first: number, last: number) => ReadonlySet<number>
  /** The account that has a key. */
  readonly find: (id: string, name: number, pixel: number) => StoredEvent | undefined
  readonly get: (row: number) => StoredEvent | undefined
  /** Ends a run; returns how many there were. */
  readonly end: (first: number, last: number, end: End) => number
  /** Returns a run to the queue; returns how many there were. */
  readonly requeue: (first: number, last: number, requeue: Requeue) => number
  readonly reopen: (row: number, reopening: Reopening) => void
  /** Queues an ended event again, with the content it has. */
  readonly requeueEnded: (row: number) => void
  /** When a run is due, whatever it is. */
  readonly setDue: (first: number, last: number, dueMs: number) => void
  /** Counts a request that carried a run. */
  readonly addAttempt: (first: number, last: number) => void
  /** Notes of a run that the API may have it. */
  readonly markStored: (first: number, last: number) => void
}

const COLUMNS =
  'row, pixel, shape, state, id, name, source, content, timestamp_ms, accepted_ms, ended_ms, code, message, issues, amount, currency'
const END = `
  UPDATE event SET state = ?, ended_ms = ?, code = ?, message = ?, attempts = attempts + ?
  WHERE row BETWEEN ? AND ?`
const REQUEUE = `
  UPDATE event SET state = ?, due_ms = coalesce(?, due_ms), code = ?, message = ?, attempts = attempts + ?
  WHERE row BETWEEN ? AND ?`
const REOPEN = `
  UPDATE event SET state = ?, content = ?, timestamp_ms = ?, due_ms = ?, shape = ?, ended_ms = ?, code = ?, message = ?,
                   issues = ?, amount = ?, currency = ?, attempts = 0
  WHERE row = ?`
const REQUEUE_ENDED = `
  UPDATE event SET state = 0, due_ms = 0, ended_ms = NULL, code = NULL, message = NULL, attempts = 0
  WHERE row = ?`

export function eventStatements(database: Database): EventStatements {
  const present = database.prepare('SELECT row FROM event WHERE row BETWEEN ? AND ?')
  const find = database.prepare(`SELECT ${COLUMNS} FROM event WHERE id = ? AND name = ? AND pixel = ?`)
  const get = database.prepare(`SELECT ${COLUMNS} FROM event WHERE row = ?`)
  const addAttempt = database.prepare('UPDATE event SET attempts = attempts + 1 WHERE row BETWEEN ? AND ?')
  const setDue = database.prepare('UPDATE event SET due_ms = ? WHERE row BETWEEN ? AND ?')
  const markStored = database.prepare('UPDATE event SET may_be_stored = 1 WHERE row BETWEEN ? AND ?')
  return {
    insert: rowInserter(database, insertSql),
    present: (first, last) => new Set((present.all(first, last) as Row[]).map(({ row }) => row as number)),
    find: (...key) => find.get(...key) as StoredEvent | undefined,
    get: (row) => get.get(row) as StoredEvent | undefined,
    ...changes(database),
    addAttempt: (first, last) => void addAttempt.run(first, last),
    setDue: (first, last, dueMs) => void setDue.run(dueMs, first, last),
    markStored: (first, last) => void markStored.run(first, last),
  }
}

type Changes = Pick<EventStatements, 'end' | 'requeue' | 'reopen' | 'requeueEnded'>

function changes(database: Database): Changes {
  const end = database.prepare(END)
  const requeue = database.prepare(REQUEUE)
  const reopen = database.prepare(REOPEN)
  const requeueEnded = database.prepare(REQUEUE_ENDED)
  return {
    end: (first, last, { state, endedMs, code, message, attempts }) =>
      Number(end.run(state, endedMs, code, message, attempts, first, last).changes),
    requeue: (first, last, { state, dueMs, code, message, attempts }) =>
      Number(requeue.run(state, dueMs, code, message, attempts, first, last).changes),
    reopen: (row, { state, content, timestampMs, dueMs, shape, endedMs, code, message, issues, amount, currency }) => {
      const about = [endedMs, code, message, issues, amount, currency] as const
      reopen.run(state, content, timestampMs, dueMs, shape, ...about, row)
    },
    requeueEnded: (row) => void requeueEnded.run(row),
  }
}

const VALUES = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)'

function insertSql(rows: number): string {
  return `
    INSERT INTO event (row, pixel, name, id, content, state, timestamp_ms, due_ms, accepted_ms, ended_ms,
                       attempts, shape, source, code, message, issues, amount, currency)
    VALUES ${Array<string>(rows).fill(VALUES).join(', ')}
    ON CONFLICT DO NOTHING`
}
