import type { Database } from '../database.ts'

const SQL = 'UPDATE event SET may_be_stored = 1 WHERE row BETWEEN ? AND ?'

/** Notes of a run of neighbouring events that the API may have them. */
export function markStored(database: Database): (first: number, last: number) => void {
  const statement = database.prepare(SQL)
  return (first, last) => void statement.run(first, last)
}
