import { turn } from './changes.ts'
import { TODAY } from './partitions.ts'

/** One statement with its values. */
export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** An insert of rows, as a part of one statement. */
export interface Part {
  readonly name: string
  /** `$` stands for the rows as a table named `given`. */
  readonly sql: string
  readonly types: readonly string[]
}

export interface FilledPart extends Part {
  readonly rows: readonly (readonly unknown[])[]
}

/** What stands before the inserts of rows, and what the statement gives. */
export interface Around {
  readonly parts: readonly string[]
  readonly values: readonly unknown[]
  readonly select: string
}

const NOTHING_AROUND: Around = { parts: [], values: [], select: '' }

/** Inserts into several tables in one round trip. Parts without rows are left out. */
export function statementOf(filled: readonly FilledPart[], around: Around = NOTHING_AROUND): Statement {
  const values: unknown[] = [...around.values]
  const inserts = filled
    .filter(({ rows }) => rows.length > 0)
    .map(({ name, sql, types, rows }) => {
      const columns = turn(rows, types.length).map((column, at) => `$${values.push(column)}::${types[at]}[]`)
      const table = `unnest(${columns.join(', ')}) as given`
      return `put_${name} as (${sql.replace('$', () => table)})`
    })
  const parts = [`today as materialized (select ${TODAY} as day)`, ...around.parts, ...inserts]
  return { sql: `with ${parts.join(', ')} select ${around.select}`, values }
}

export const INT = 'integer'
export const BIGINT = 'bigint'
export const SMALLINT = 'smallint'
export const TEXT = 'text'
export const FLOAT = 'float8'

export const TALLY: Part = {
  name: 'tally',
  sql: 'insert into waybill_store.tally (pixel, shape, kind, events) select * from $',
  types: [INT, INT, SMALLINT, BIGINT],
}
export const FLOW: Part = {
  name: 'flow',
  sql: `insert into waybill_store.flow (minute, kind, pixel, name, shape, source, code, currency, flow, ends, flow_money, ends_money)
    select * from $`,
  types: [INT, SMALLINT, INT, INT, INT, INT, INT, INT, BIGINT, BIGINT, FLOAT, FLOAT],
}
export const TOOK: Part = {
  name: 'took',
  sql: 'insert into waybill_store.took (quarter, kind, pixel, bucket, events) select * from $',
  types: [INT, SMALLINT, INT, SMALLINT, BIGINT],
}
