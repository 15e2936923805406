import type { Reading, Row, Value } from '../../answers/reading.ts'

/** Asks all statements of a reading in this thread, one after the other. */
export function run<Result>(
  asked: { rows(sql: string, ...values: Value[]): readonly Row[] },
  reading: Reading<Result>,
): Result {
  let rows: readonly Row[] = []
  for (;;) {
    const step = reading.next(rows)
    if (step.done === true) return step.value
    rows = asked.rows(step.value.sql, ...step.value.values)
  }
}
