import type { Reading, Row } from '../../answers/reading.ts'
import type { Session } from '../connection/database.ts'
import type { Terms } from '../terms.ts'

/** Columns that are terms: their texts are there with the rows. */
const TERMS = ['pixel', 'name', 'shape', 'source', 'code', 'currency'] as const

/** Asks the statements of a reading, one after the other. */
export async function run<Result>(session: Session, terms: Terms, reading: Reading<Result>): Promise<Result> {
  let rows: readonly Row[] = []
  for (;;) {
    const step = reading.next(rows)
    if (step.done === true) return step.value
    rows = await session.query<Row>(numbered(step.value.sql), step.value.values)
    // Of its own connection: another one may not be free.
    await terms.load(termsIn(rows), session)
  }
}

function numbered(sql: string): string {
  let number = 0
  return sql.replaceAll('?', () => `$${++number}`)
}

function termsIn(rows: readonly Row[]): Set<number> {
  const found = new Set<number>()
  for (const row of rows)
    for (const column of TERMS) {
      const value = row[column]
      if (typeof value === 'number') found.add(value)
    }
  return found
}
