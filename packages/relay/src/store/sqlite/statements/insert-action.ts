import type { Action } from '../../selection.ts'
import type { Database } from '../database.ts'

const SQL = 'INSERT INTO action (at_ms, by, verb, about) VALUES (?, ?, ?, ?)'

export function insertAction(database: Database): (action: Action) => void {
  const statement = database.prepare(SQL)
  return ({ atMs, by, verb, about }) => void statement.run(atMs, by, verb, JSON.stringify(about))
}
