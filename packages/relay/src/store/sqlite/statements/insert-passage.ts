import type { Passage } from '../../account.ts'
import type { Database } from '../database.ts'

const SQL = `
  INSERT INTO passage (row, seq, at_ms, what, code, message, by)
  VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM passage WHERE row = ?1), ?2, ?3, ?4, ?5, ?6)`

export function insertPassage(database: Database): (row: number, passage: Passage) => void {
  const statement = database.prepare(SQL)
  return (row, { atMs, what, code, message, by }) =>
    void statement.run(row, atMs, what, code ?? null, message ?? null, by ?? null)
}
