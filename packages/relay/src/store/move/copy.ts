import type { Session } from '../postgres/connection/database.ts'
import type { FilledPart } from '../postgres/insert-statement.ts'
import type { Terms } from '../postgres/terms.ts'
import { toText } from '../postgres/text.ts'
import type { Row, Value } from '../sqlite/database.ts'

/** What the copying of one batch may use. */
export interface Target {
  readonly terms: Terms
  /** The day of the database's clock under which all that is moved is kept. */
  readonly day: number
  /** New numbers of requests and deliveries, rising. */
  takeSeqs(count: number): Promise<readonly number[]>
}

/** How one table is copied: in the order of its key, a batch at a time, each batch once. */
export interface Copy {
  /** Of the file. */
  readonly table: string
  /** Columns that are unique together, in the order in which rows are read. */
  readonly key: readonly string[]
  /** Read beside the key; default `t.*` of the table as `t`. */
  readonly columns?: string
  /** Joined to the table as `t`. */
  readonly joins?: string
  /** What goes into the database for a batch. */
  readonly parts: (rows: readonly Row[], target: Target) => FilledPart[] | Promise<FilledPart[]>
  /** Run when all rows are there, such as to set a sequence behind them. */
  readonly after?: (session: Session) => Promise<void>
}

/** Reads one batch behind a key. */
export function batchSql({ table, key, columns = 't.*', joins = '' }: Copy, isFirst: boolean): string {
  const names = key.map((name) => `t.${name}`).join(', ')
  const behind = isFirst ? '' : `WHERE (${names}) > (${key.map(() => '?').join(', ')})`
  return `SELECT ${columns} FROM "${table}" AS t ${joins} ${behind} ORDER BY ${names} LIMIT ?`
}

export function keyOf({ key }: Copy, row: Row): Value[] {
  return key.map((name) => row[name]!)
}

/** A table whose columns, as far as they are named here, are the same on both sides. */
export function same(
  table: string,
  key: readonly string[],
  types: Readonly<Record<string, string>>,
  after?: Copy['after'],
): Copy {
  const names = Object.keys(types)
  return {
    table,
    key,
    parts: (rows) => [
      {
        name: table,
        sql: `insert into waybill_store.${table} (${names.join(', ')}) overriding system value select * from $`,
        types: Object.values(types),
        rows: rows.map((row) => names.map((name) => kept(row[name] ?? null))),
      },
    ],
    ...(after && { after }),
  }
}

const kept = (value: Value): Value => (typeof value === 'string' ? toText(value) : value)

/** Sets the sequence of an identity behind the numbers that came along. */
export function behindIdentity(table: string, column: string): NonNullable<Copy['after']> {
  const sequence = `pg_get_serial_sequence('waybill_store.${table}', '${column}')`
  const highest = `(select max(${column}) from waybill_store.${table})`
  return async (session) => {
    await session.query(`select setval(${sequence}, coalesce(${highest}, 1), ${highest} is not null)`)
  }
}
