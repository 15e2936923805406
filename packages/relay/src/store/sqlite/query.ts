import type { Value } from './database.ts'

/** One condition of a query that is put together; its value is bound. */
export type Condition = readonly [sql: string, value: Value]

/** Joins the conditions whose value is given. For what operators ask; the hot path has its statements in files. */
export function where(conditions: readonly (readonly [sql: string, value: Value | undefined])[]): {
  readonly sql: string
  readonly values: Value[]
} {
  const given = conditions.filter((condition): condition is Condition => condition[1] !== undefined)
  return { sql: given.map(([sql]) => sql).join(' AND '), values: given.map(([, value]) => value) }
}

/** A term that no event has: what was asked for was never seen. */
export const NO_TERM = -1
