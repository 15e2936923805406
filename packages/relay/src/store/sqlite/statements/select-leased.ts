import type { Database } from '../database.ts'

export interface LeasedColumns {
  readonly row: number
  readonly name: number
  readonly id: string
  readonly wire: string
  readonly shape: number
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly attempts: number
  readonly may_be_stored: number
}

/** CROSS JOIN keeps the order of the list. */
export const SELECT_LEASED: string = `
  SELECT event.row, name, event.id, wire, shape, timestamp_ms, accepted_ms, attempts, may_be_stored
  FROM json_each(?) AS wanted
  CROSS JOIN event ON event.row = wanted.value
  CROSS JOIN body ON body.row = event.row`

/** What a holder of a lease needs of these rows, in their order. */
export function selectLeased(database: Database): (rows: readonly number[]) => LeasedColumns[] {
  const statement = database.prepare(SELECT_LEASED)
  return (rows) => statement.all(JSON.stringify(rows)) as LeasedColumns[]
}
