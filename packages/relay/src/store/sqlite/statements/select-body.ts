import type { Database, Row } from '../database.ts'

const SQL = 'SELECT wire FROM body WHERE row = ?'

export function selectBody(database: Database): (row: number) => string | undefined {
  const statement = database.prepare(SQL)
  return (row) => (statement.get(row) as Row | undefined)?.['wire'] as string | undefined
}
