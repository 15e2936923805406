import type { Database } from '../database.ts'

export const ADD_ATTEMPTS = 'UPDATE event SET attempts = attempts + 1 WHERE row BETWEEN ? AND ?'

/** Counts a request that carried a run of neighbouring events. */
export function addAttempts(database: Database): (first: number, last: number) => void {
  const statement = database.prepare(ADD_ATTEMPTS)
  return (first, last) => void statement.run(first, last)
}
