import type { Database, Value } from '../database.ts'
import { fill, ROWS_PER_INSERT } from './insert-events.ts'

function sql(rows: number): string {
  return `INSERT INTO body (row, wire) VALUES ${Array<string>(rows).fill('(?, ?)').join(', ')}`
}

/** Keeps the wire texts of new rows. */
export function insertBodies(database: Database): (bodies: readonly (readonly [row: number, wire: string])[]) => void {
  const many = database.prepare(sql(ROWS_PER_INSERT))
  const one = database.prepare(sql(1))
  const values: Value[] = []
  return (bodies) => {
    if (bodies.length === ROWS_PER_INSERT) {
      fill(values, bodies)
      many.run(...values)
    } else for (const body of bodies) one.run(...body)
  }
}
