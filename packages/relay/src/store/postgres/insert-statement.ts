import { arrayOf } from './binary-array.ts'
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
    .map((part) => `put_${part.name} as (${part.sql.replace('$', () => tableOf(part, values))})`)
  const parts = [`today as materialized (select ${TODAY} as day)`, ...around.parts, ...inserts]
  return { sql: `with ${parts.join(', ')} select ${around.select}`, values }
}

/** A column that says the same in each row is sent once: most do, and each that is an array is gone through for itself. */
function tableOf({ types, rows }: FilledPart, values: unknown[]): string {
  const [arrays, names]: [string[], string[]] = [[], []]
  const columns = turn(rows, types.length).map((column, at) => {
    const [first] = column
    if (at > 0 && column.every((value) => value === first)) return `$${values.push(first)}::${types[at]} as c${at}`
    names.push(`c${at}`)
    arrays.push(`$${values.push(arrayOf(types[at]!, column))}::${types[at]}[]`)
    return `c${at}`
  })
  return `(select ${columns.join(', ')} from unnest(${arrays.join(', ')}) as sent (${names.join(', ')})) as given`
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
