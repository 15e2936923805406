import { chmodSync, closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'

/** The name of the store's file in a relay's data folder. */
export const DATA_FILE = 'waybill.db'

export type Value = null | number | bigint | string | Uint8Array
export type Row = Record<string, Value>

/** The part of a prepared statement that the store needs. */
export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint }
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
  /** Whether rows come as lists of their columns, which is quicker where there are many. */
  setReturnArrays(enabled: boolean): void
}

/** The part of `node:sqlite` that the store needs; tests put one in between that fails on purpose. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  /** Makes a function of one text known to SQL. */
  define(name: string, result: (text: string) => string): void
  /** Writes a consistent copy while the database is in use. */
  backup(path: string): Promise<void>
  close(): void
}

/**
 * Makes the file its owner's alone, before SQLite makes it as the process's mask has it; the log takes over its mode. A file that is
 * there is not opened: closing any handle on it would drop the locks that this process has on it (POSIX).
 */
export function makePrivate(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'ax', 0o600))
}

export function connect(path: string): Database {
  const database = new DatabaseSync(path)
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql) as Statement,
    define: (name, result) => database.function(name, { deterministic: true }, (text) => result(String(text))),
    backup: (copy) => copyTo(path, copy),
    close: () => database.close(),
  }
}

/** A connection that changes nothing, for whoever only looks. */
export function connectToRead(path: string): Database {
  const database = new DatabaseSync(path, { readOnly: true })
  database.exec(`PRAGMA query_only = ON; PRAGMA busy_timeout = 200; PRAGMA cache_size = -${READ_CACHE_KIB}`)
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql) as Statement,
    define: () => {
      throw new Error('Nothing is defined where nothing is written.')
    },
    backup: (copy) => copyTo(path, copy),
    close: () => database.close(),
  }
}

const READ_CACHE_KIB = 32 * 1024

/** More pages than a file can have. */
const ALL_PAGES = 2 ** 31 - 1

/**
 * Through a connection of its own, whose read transaction sees one moment, and all in one step: with smaller steps each commit
 * in between would start the copy over. The copying is done by a thread of the pool.
 */
async function copyTo(path: string, copy: string): Promise<void> {
  const reader = new DatabaseSync(path, { readOnly: true })
  try {
    await backup(reader, copy, { rate: ALL_PAGES })
  } catch (error) {
    // Half a copy must not be taken for one.
    rmSync(copy, { force: true })
    throw error
  } finally {
    reader.close()
  }
}

/** The first column of the first row of a pragma or query. */
export function readValue(database: Database, sql: string): Value | undefined {
  const row = database.prepare(sql).get() as Row | undefined
  return row === undefined ? undefined : Object.values(row)[0]
}
