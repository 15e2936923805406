import { ConfigError } from '../errors.ts'

/** What asks a database in a transaction, as `pg` does: `query(text, values)`. */
export interface Queryable {
  /** Runs one statement with its values in the transaction. */
  query(text: string, values: unknown[]): PromiseLike<unknown>
}

/**
 * A transaction of one of the libraries that the outbox knows: anything with `query(text, values)` (`pg`, TypeORM, PGlite), a `sql` of
 * `postgres`, or a transaction of Prisma, Drizzle, Kysely or Knex.
 */
export type Transaction = Queryable | object

type Ask = (text: string, values: string[]) => PromiseLike<unknown>
// biome-ignore lint/suspicious/noExplicitAny: libraries that are no dependencies of ours, known by one method each.
type Foreign = any

/** Method → how the transaction that has it is asked. The first that is there counts. */
const WAYS: readonly (readonly [method: string, ask: (tx: Foreign) => Ask])[] = [
  // Prisma
  ['$queryRawUnsafe', (tx) => (text, values) => tx.$queryRawUnsafe(text, ...values)],
  // postgres
  ['unsafe', (tx) => (text, values) => tx.unsafe(text, values)],
  // pg, TypeORM
  ['query', (tx) => (text, values) => tx.query(text, values)],
  // Kysely
  ['executeQuery', (tx) => (text, values) => tx.executeQuery(compiled(text, values))],
  // Knex, whose placeholders are question marks
  ['raw', (tx) => (text, values) => tx.raw(text.replace(/\$\d+/g, '?'), values)],
  // Drizzle
  [
    'execute',
    (tx) => (text, values) => tx.execute({ getSQL: () => ({ toQuery: () => ({ sql: text, params: values }) }) }),
  ],
]

/** What Kysely makes of a query before it is run. */
function compiled(text: string, values: readonly string[]): object {
  const query = { kind: 'RawNode', sqlFragments: [text], parameters: [] }
  return { sql: text, parameters: values, query, queryId: { queryId: 'waybill' } }
}

/** How a transaction is asked. Throws a {@link ConfigError} for what is none. */
export function askOf(tx: Transaction): Ask {
  const way = WAYS.find(([method]) => typeof (tx as Foreign)?.[method] === 'function')
  if (way !== undefined) return way[1](tx)
  throw new ConfigError('invalid_transaction', 'This is no transaction that can be asked.', {
    hint: 'Pass what your library gives to the function of a transaction, or { query: (text, values) => … }.',
  })
}
