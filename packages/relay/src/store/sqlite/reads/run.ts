import type { Reading, Row } from '../../answers/reading.ts'
import type { SqliteMoment } from './moment.ts'

/** Asks all statements of a reading in this thread, one after the other. */
export function run<Result>(moment: SqliteMoment, reading: Reading<Result>): Result {
  let rows: readonly Row[] = []
  for (;;) {
    const step = reading.next(rows)
    if (step.done === true) return step.value
    rows = moment.rows(step.value.sql, ...step.value.values)
  }
}
