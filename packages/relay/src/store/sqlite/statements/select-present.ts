import type { Database, Row } from '../database.ts'

const SQL = 'SELECT row FROM event WHERE row BETWEEN ? AND ?'

/** Which rows of a range exist. */
export function selectPresent(database: Database): (first: number, last: number) => ReadonlySet<number> {
  const statement = database.prepare(SQL)
  return (first, last) => new Set((statement.all(first, last) as Row[]).map(({ row }) => row as number))
}
