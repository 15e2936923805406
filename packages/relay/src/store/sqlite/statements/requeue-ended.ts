import type { Database } from '../database.ts'

const SQL = `
  UPDATE event SET state = 0, due_ms = 0, ended_ms = NULL, code = NULL, message = NULL, attempts = 0
  WHERE row = ?`

/** Queues an ended event again, with the content it has. */
export function requeueEnded(database: Database): (row: number) => void {
  const statement = database.prepare(SQL)
  return (row) => void statement.run(row)
}
