/**
 * The points of a life at which the relay can be killed, as seen from outside of it: by what it asks of SQLite and what its HTTP
 * client tells. The relay is started with this module before its own (`--import`); nothing in it knows of that.
 */
import { subscribe } from 'node:diagnostics_channel'
import { DatabaseSync, StatementSync } from 'node:sqlite'

export const POINTS = [
  'after insert',
  'after commit',
  'request left',
  'answer came',
  'before settle',
  'after settle',
] as const

export type Point = (typeof POINTS)[number]

const INSERT = /^\s*INSERT INTO event\b/
const SETTLE = /^\s*UPDATE event\s+SET\b[^;]*\bended_ms\b/
const COMMIT = /^\s*COMMIT\b/
/** `kill -9`, as nobody can handle it. */
const DEATH = 'SIGKILL'

/** Ends this process when it passes the point for the n-th time. */
function dieAt(point: Point, times: number): void {
  let left = times
  const passed = (what: Point): void => {
    if (what === point && --left === 0) process.kill(process.pid, DEATH)
  }
  watchStatements(passed)
  watchRequests(passed)
}

function watchStatements(passed: (point: Point) => void): void {
  const texts = new WeakMap<object, string>()
  const inTransaction = { inserted: false, settled: false }
  const { prepare, exec } = DatabaseSync.prototype
  const { run } = StatementSync.prototype
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    const statement = prepare.call(this, sql, ...rest)
    texts.set(statement, sql)
    return statement
  }
  StatementSync.prototype.run = function (this: StatementSync, ...values: []) {
    const sql = texts.get(this) ?? ''
    if (SETTLE.test(sql)) {
      passed('before settle')
      inTransaction.settled = true
    }
    const result = Reflect.apply(run, this, values)
    if (INSERT.test(sql)) {
      inTransaction.inserted = true
      passed('after insert')
    }
    return result
  }
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql)
    if (!COMMIT.test(sql)) return
    if (inTransaction.inserted) passed('after commit')
    if (inTransaction.settled) passed('after settle')
    Object.assign(inTransaction, { inserted: false, settled: false })
  }
}

/** Told by the `fetch` of Node: the whole request was handed to the system; the answer was read to its end. */
function watchRequests(passed: (point: Point) => void): void {
  subscribe('undici:request:bodySent', () => passed('request left'))
  subscribe('undici:request:trailers', () => passed('answer came'))
}

const { CRASH_POINT: point, CRASH_TIMES: times } = process.env
if (point !== undefined) dieAt(point as Point, Number(times))
