import type { Database } from '../database.ts'

/** Between which rows the arrivals of a minute lie. */
export interface ArrivalStatements {
  readonly note: (minute: number, first: number, last: number) => void
  readonly prune: (beforeMinute: number) => void
}

export function arrivalStatements(database: Database): ArrivalStatements {
  const note = database.prepare(`
    INSERT INTO arrival (minute, first, last) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)`)
  const prune = database.prepare('DELETE FROM arrival WHERE minute < ?')
  return {
    note: (...values) => void note.run(...values),
    prune: (beforeMinute) => void prune.run(beforeMinute),
  }
}
