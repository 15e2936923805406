import type { Database } from '../database.ts'

export const DROP_BODIES = 'DELETE FROM body WHERE row BETWEEN ? AND ?'

/** Forgets the wire texts of a run of neighbouring events. */
export function dropBodies(database: Database): (first: number, last: number) => void {
  const statement = database.prepare(DROP_BODIES)
  return (first, last) => void statement.run(first, last)
}
