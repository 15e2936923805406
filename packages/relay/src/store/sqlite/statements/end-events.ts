import type { Database } from '../database.ts'

export interface End {
  readonly state: number
  readonly endedMs: number
  readonly code: string | null
  readonly message: string | null
  /** Attempts to add. */
  readonly attempts: number
}

export const END_EVENTS = `
  UPDATE event SET state = ?, ended_ms = ?, code = ?, message = ?, attempts = attempts + ?
  WHERE row BETWEEN ? AND ?`

/** Ends a run of neighbouring events; returns how many there were. */
export function endEvents(database: Database): (first: number, last: number, end: End) => number {
  const statement = database.prepare(END_EVENTS)
  return (first, last, { state, endedMs, code, message, attempts }) =>
    Number(statement.run(state, endedMs, code, message, attempts, first, last).changes)
}
