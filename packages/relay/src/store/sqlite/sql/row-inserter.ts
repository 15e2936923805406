import type { Database, Value } from '../database.ts'

/** Rows of one statement, the most first. Measured: 16 insert 1.5 times as fast as one by one, 4 by 1.3, and 32 no faster. */
const SIZES = [16, 4, 1] as const

/** Inserts lists of columns, as many rows in one statement as there are; gives how many went in. `sql`: the statement for so many rows. */
export function rowInserter(
  database: Database,
  sql: (rows: number) => string,
): (rows: readonly (readonly Value[])[]) => number {
  const statements = SIZES.map((size) => ({ size, statement: database.prepare(sql(size)) }))
  return (rows) => {
    let [at, inserted] = [0, 0]
    for (const { size, statement } of statements) {
      // Each size has a list of its own, filled anew: at intake every object that is not made counts.
      const values: Value[] = []
      for (; rows.length - at >= size; at += size) {
        fill(values, rows, at, at + size)
        inserted += Number(statement.run(...values).changes)
      }
    }
    return inserted
  }
}

/** What some of the lists hold, in order. */
function fill(values: Value[], rows: readonly (readonly Value[])[], from: number, to: number): void {
  let place = 0
  for (let at = from; at < to; at++) for (const value of rows[at]!) values[place++] = value
}
