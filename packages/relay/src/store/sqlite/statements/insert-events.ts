import type { Database, Statement, Value } from '../database.ts'

/** In the order of the columns below. */
export type EventValues = readonly [
  row: number,
  pixel: number,
  name: number,
  id: string | null,
  content: Uint8Array,
  state: number,
  timestampMs: number,
  dueMs: number,
  acceptedMs: number,
  endedMs: number | null,
  shape: number,
  source: number,
  code: string | null,
  message: string | null,
  issues: string | null,
]

/** Measured: 16 rows a statement insert 1.5 times as fast as one, and 32 no faster. */
export const ROWS_PER_INSERT = 16

const VALUES = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)'

function sql(rows: number): string {
  return `
    INSERT INTO event (row, pixel, name, id, content, state, timestamp_ms, due_ms, accepted_ms, ended_ms,
                       attempts, shape, source, code, message, issues)
    VALUES ${Array<string>(rows).fill(VALUES).join(', ')}
    ON CONFLICT DO NOTHING`
}

/** Inserts up to `ROWS_PER_INSERT` events, passing over those whose key exists; returns how many went in. */
export function insertEvents(database: Database): (events: readonly EventValues[]) => number {
  const many: Statement = database.prepare(sql(ROWS_PER_INSERT))
  const one: Statement = database.prepare(sql(1))
  // One list for all calls, filled anew: at intake every object that is not made counts.
  const values: Value[] = []
  return (events) => {
    if (events.length === ROWS_PER_INSERT) {
      fill(values, events)
      return Number(many.run(...values).changes)
    }
    let inserted = 0
    for (const event of events) inserted += Number(one.run(...event).changes)
    return inserted
  }
}

/** What two levels of lists hold, in order. */
export function fill(values: Value[], lists: readonly (readonly Value[])[]): void {
  let at = 0
  for (const list of lists) for (const value of list) values[at++] = value
}
