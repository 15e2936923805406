import type { Database } from '../database.ts'
import type { StoredEvent } from './select-first.ts'

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
}

const SQL = `
  UPDATE event SET state = ?, content = ?, timestamp_ms = ?, due_ms = ?, shape = ?, ended_ms = ?, code = ?, message = ?,
                   issues = ?, attempts = 0
  WHERE row = ?`

export function reopenEvent(database: Database): (row: StoredEvent['row'], reopening: Reopening) => void {
  const statement = database.prepare(SQL)
  return (row, { state, content, timestampMs, dueMs, shape, endedMs, code, message, issues }) =>
    void statement.run(state, content, timestampMs, dueMs, shape, endedMs, code, message, issues, row)
}
