/** A row of an answer, by column. */
export type Row = Readonly<Record<string, unknown>>

export type Value = number | string | null

/** A statement with its values, each of which a `?` stands for. */
export interface Statement {
  readonly sql: string
  readonly values: readonly Value[]
}

/**
 * What an answer is made by: statements go out, rows come in. It knows nothing of who runs them, so one reading serves a file in this
 * thread and a database far away.
 */
export type Reading<Result> = Generator<Statement, Result, readonly Row[]>

/** What was read without asking for anything. */
// biome-ignore lint/correctness/useYield: that is what it is for
export function* atOnce<Result>(result: Result): Reading<Result> {
  return result
}

/** Asks for the rows of a statement. */
export function* rowsOf(sql: string, values: readonly Value[] = []): Reading<readonly Row[]> {
  return yield { sql, values }
}
