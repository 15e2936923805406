import type { Database, Row } from '../database.ts'
import type { StoredEvent } from './event.ts'

/** An event as it was before a task fixed it. */
export interface FixedStatements {
  readonly put: (task: number, event: StoredEvent, wire: string | undefined) => void
  readonly get: (row: number) => Fixed | undefined
  readonly drop: (first: number, last: number) => void
  /** Rows that a task fixed, behind one. */
  readonly rowsOf: (task: number, afterRow: number, limit: number) => number[]
  readonly countOf: (task: number) => number
  readonly isEmpty: () => boolean
}

export interface Fixed
  extends Pick<
    StoredEvent,
    'row' | 'content' | 'state' | 'timestamp_ms' | 'shape' | 'code' | 'message' | 'issues' | 'amount' | 'currency'
  > {
  readonly wire: string | null
}

const PUT = `
  INSERT OR REPLACE INTO fixed (row, task, wire, content, state, timestamp_ms, shape, ended_ms, code, message, issues,
                                 amount, currency)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export function fixedStatements(database: Database): FixedStatements {
  const put = database.prepare(PUT)
  const get = database.prepare('SELECT * FROM fixed WHERE row = ?')
  const drop = database.prepare('DELETE FROM fixed WHERE row BETWEEN ? AND ?')
  const rowsOf = database.prepare('SELECT row FROM fixed WHERE task = ? AND row > ? ORDER BY row LIMIT ?')
  const countOf = database.prepare('SELECT count(*) AS events FROM fixed WHERE task = ?')
  const any = database.prepare('SELECT 1 AS found FROM fixed LIMIT 1')
  return {
    put(task, event, wire) {
      const { row, content, state, timestamp_ms, shape, ended_ms, code, message, issues, amount, currency } = event
      const end = [ended_ms, code, message, issues, amount, currency] as const
      put.run(row, task, wire ?? null, content, state, timestamp_ms, shape, ...end)
    },
    get: (row) => get.get(row) as Fixed | undefined,
    drop: (first, last) => void drop.run(first, last),
    rowsOf: (...values) => (rowsOf.all(...values) as Row[]).map(({ row }) => row as number),
    countOf: (task) => Number((countOf.get(task) as Row)['events']),
    isEmpty: () => any.get() === undefined,
  }
}
