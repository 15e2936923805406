import type { Database } from '../database.ts'

export interface Requeue {
  /** `READY` or `WAITING`. */
  readonly state: number
  /** `null`: as it was. */
  readonly dueMs: number | null
  readonly code: string | null
  readonly message: string | null
  /** Attempts to add. */
  readonly attempts: number
}

export const REQUEUE_EVENTS = `
  UPDATE event SET state = ?, due_ms = coalesce(?, due_ms), code = ?, message = ?, attempts = attempts + ?
  WHERE row BETWEEN ? AND ?`

/** Returns a run of neighbouring events to the queue; returns how many there were. */
export function requeueEvents(database: Database): (first: number, last: number, requeue: Requeue) => number {
  const statement = database.prepare(REQUEUE_EVENTS)
  return (first, last, { state, dueMs, code, message, attempts }) =>
    Number(statement.run(state, dueMs, code, message, attempts, first, last).changes)
}
