import type { Database, Statement } from './database.ts'

const known = new WeakMap<Database, Map<string, Statement>>()

/** The statement of this text, prepared at its first use: what runs each minute is not read anew each minute. */
export function prepared(database: Database, sql: string): Statement {
  const statements = known.get(database) ?? new Map<string, Statement>()
  known.set(database, statements)
  const statement = statements.get(sql) ?? database.prepare(sql)
  statements.set(sql, statement)
  return statement
}
