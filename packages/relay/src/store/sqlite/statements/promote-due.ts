import type { Database } from '../database.ts'

export interface Promoted {
  readonly row: number
  readonly shape: number
  readonly timestamp_ms: number
}

export const PROMOTE_DUE = `
  UPDATE event SET state = 0
  WHERE row IN (SELECT row FROM event WHERE state = 1 AND pixel = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?)
  RETURNING row, shape, timestamp_ms`

/** Makes what has become due ready, the longest due first, up to a limit. */
export function promoteDue(database: Database): (pixel: number, nowMs: number, limit: number) => Promoted[] {
  const statement = database.prepare(PROMOTE_DUE)
  return (pixel, nowMs, limit) => statement.all(pixel, nowMs, limit) as Promoted[]
}
