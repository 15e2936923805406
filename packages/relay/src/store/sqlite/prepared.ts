import type { Database, Statement } from './database.ts'

type Known = WeakMap<Database, Map<string, Statement>>

const known: Known = new WeakMap()
const knownOfLists: Known = new WeakMap()

/** The statement of this text, prepared at its first use: what runs each minute is not read anew each minute. */
export function prepared(database: Database, sql: string): Statement {
  return get(known, database, sql, () => database.prepare(sql))
}

/** The same of numbers alone, each row a list of its columns. */
export function numbersOf(database: Database, sql: string, ...values: readonly number[]): (readonly number[])[] {
  const statement = get(knownOfLists, database, sql, () => {
    const made = database.prepare(sql)
    made.setReturnArrays(true)
    return made
  })
  return statement.all(...values) as number[][]
}

function get(from: Known, database: Database, sql: string, prepare: () => Statement): Statement {
  const statements = from.get(database) ?? new Map<string, Statement>()
  from.set(database, statements)
  const statement = statements.get(sql) ?? prepare()
  statements.set(sql, statement)
  return statement
}
