import type { Database, Value } from '../database.ts'

/** An event as far as a change of its state needs it. */
export interface StoredEvent {
  readonly row: number
  readonly pixel: number
  readonly shape: number
  readonly state: number
  readonly id: string | null
  readonly name: number
  readonly content: Uint8Array
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly ended_ms: number | null
  readonly code: string | null
  readonly message: string | null
  readonly issues: string | null
}

const COLUMNS =
  'row, pixel, shape, state, id, name, content, timestamp_ms, accepted_ms, ended_ms, code, message, issues'

/** The account that has a key. */
export function selectFirst(database: Database): (id: string, name: number, pixel: number) => StoredEvent | undefined {
  const statement = database.prepare(`SELECT ${COLUMNS} FROM event WHERE id = ? AND name = ? AND pixel = ?`)
  return (...key) => statement.get(...(key as Value[])) as StoredEvent | undefined
}

export function selectStored(database: Database): (row: number) => StoredEvent | undefined {
  const statement = database.prepare(`SELECT ${COLUMNS} FROM event WHERE row = ?`)
  return (row) => statement.get(row) as StoredEvent | undefined
}
