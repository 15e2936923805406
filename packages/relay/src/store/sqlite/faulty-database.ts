import { connect, type Database, type Statement, type Value } from './database.ts'

/** An error as `node:sqlite` throws it, with SQLite's result code. */
export function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode })
}

/** Asked before each statement runs: throw what it should fail with. */
export type Sabotage = (sql: string, values: readonly Value[]) => void

/** For tests: real SQLite, with a say before every statement, and the database itself to reach behind the store. */
export interface FaultyDatabase {
  readonly connect: (path: string) => Database
  /** Replaced at any time; does nothing at first. */
  sabotage: Sabotage
  /** The database that was opened last. */
  readonly database: () => Database
}

export function faultyDatabase(): FaultyDatabase {
  let opened: Database | undefined
  const faulty: FaultyDatabase = {
    sabotage: () => undefined,
    database() {
      if (opened === undefined) throw new Error('No database was opened.')
      return opened
    },
    connect(path) {
      const database = connect(path)
      opened = database
      const ask: Sabotage = (sql, values) => faulty.sabotage(sql, values)
      return { ...database, ...sabotaged(database, ask) }
    },
  }
  return faulty
}

function sabotaged(database: Database, ask: Sabotage): Pick<Database, 'exec' | 'prepare'> {
  return {
    exec(sql) {
      ask(sql, [])
      database.exec(sql)
    },
    prepare(sql) {
      const statement = database.prepare(sql)
      const guard =
        <Result>(call: (...values: Value[]) => Result) =>
        (...values: Value[]): Result => {
          ask(sql, values)
          return call(...values)
        }
      const guarded: Statement = {
        run: guard((...values) => statement.run(...values)),
        get: guard((...values) => statement.get(...values)),
        all: guard((...values) => statement.all(...values)),
        setReturnArrays: (enabled) => statement.setReturnArrays(enabled),
      }
      return guarded
    },
  }
}
