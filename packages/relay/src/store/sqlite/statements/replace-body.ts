import type { Database } from '../database.ts'

const SQL = 'INSERT OR REPLACE INTO body (row, wire) VALUES (?, ?)'

/** Gives a row another wire text, or one again. */
export function replaceBody(database: Database): (row: number, wire: string) => void {
  const statement = database.prepare(SQL)
  return (row, wire) => void statement.run(row, wire)
}
