import { backup, DatabaseSync } from 'node:sqlite'

export type Value = null | number | bigint | string | Uint8Array
export type Row = Record<string, Value>

/** The part of a prepared statement that the store needs. */
export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint }
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
}

/** The part of `node:sqlite` that the store needs; tests put one in between that fails on purpose. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  /** Writes a consistent copy, page by page, while the database is in use. */
  backup(path: string): Promise<void>
  close(): void
}

export function connect(path: string): Database {
  const database = new DatabaseSync(path)
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql) as Statement,
    backup: async (copy) => void (await backup(database, copy, { rate: 256 })),
    close: () => database.close(),
  }
}

/** The first column of the first row of a pragma or query. */
export function readValue(database: Database, sql: string): Value | undefined {
  const row = database.prepare(sql).get() as Row | undefined
  return row === undefined ? undefined : Object.values(row)[0]
}
