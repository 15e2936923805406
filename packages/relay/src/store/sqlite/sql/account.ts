import type { Passage } from '../../account.ts'
import type { Action } from '../../selection.ts'
import type { Database } from '../database.ts'

/** What is written down of an account, and of those who act on accounts. */
export interface AccountStatements {
  readonly addPassage: (row: number, passage: Passage) => void
  readonly addAction: (action: Action) => void
}

const ADD_PASSAGE = `
  INSERT INTO passage (row, seq, at_ms, what, code, message, by)
  VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM passage WHERE row = ?1), ?2, ?3, ?4, ?5, ?6)`

export function accountStatements(database: Database): AccountStatements {
  const addPassage = database.prepare(ADD_PASSAGE)
  const addAction = database.prepare('INSERT INTO action (at_ms, by, verb, about) VALUES (?, ?, ?, ?)')
  return {
    addPassage: (row, { atMs, what, code, message, by }) =>
      void addPassage.run(row, atMs, what, code ?? null, message ?? null, by ?? null),
    addAction: ({ atMs, by, verb, about }) => void addAction.run(atMs, by, verb, JSON.stringify(about)),
  }
}
