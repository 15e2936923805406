import type { Database, Row } from '../database.ts'
import { rowInserter } from './row-inserter.ts'

/** The wire texts. */
export interface BodyStatements {
  /** Of new rows. */
  readonly insert: (bodies: readonly (readonly [row: number, wire: string])[]) => void
  /** Gives a row another, or one again. */
  readonly replace: (row: number, wire: string) => void
  readonly get: (row: number) => string | undefined
  /** Forgets those of a run of neighbouring events. */
  readonly drop: (first: number, last: number) => void
}

/**
 * From here on the texts of this connection lie beside the file, in memory, and in a temporary file where they are many: a table of its
 * own hides the file's from every statement that is prepared after it, and is rolled back with it.
 */
export function keepBodiesInMemory(database: Database): void {
  database.exec(`
    PRAGMA temp_store = FILE;
    CREATE TEMP TABLE body (row INTEGER PRIMARY KEY, wire TEXT NOT NULL) STRICT;
    PRAGMA temp.cache_size = -${MEMORY_KIB};
    PRAGMA temp.journal_mode = MEMORY`)
}

/** Twice what a sender of files has under way. */
const MEMORY_KIB = 16 * 1024

export function bodyStatements(database: Database): BodyStatements {
  const insert = rowInserter(database, insertSql)
  const replace = database.prepare('INSERT OR REPLACE INTO body (row, wire) VALUES (?, ?)')
  const get = database.prepare('SELECT wire FROM body WHERE row = ?')
  const drop = database.prepare('DELETE FROM body WHERE row BETWEEN ? AND ?')
  return {
    insert: (bodies) => void insert(bodies),
    replace: (row, wire) => void replace.run(row, wire),
    get: (row) => (get.get(row) as Row | undefined)?.['wire'] as string | undefined,
    drop: (first, last) => void drop.run(first, last),
  }
}

function insertSql(rows: number): string {
  return `INSERT INTO body (row, wire) VALUES ${Array<string>(rows).fill('(?, ?)').join(', ')}`
}
