import type { Database, Session } from './connection/database.ts'
import { codeOf } from './connection/faults.ts'

/** Tables by days of the database's clock. */
export const BY_DAY = ['body', 'request', 'delivery', 'passage'] as const
export type ByDay = (typeof BY_DAY)[number]

/** The day of the database, for a statement to insert by. */
export const TODAY = 'floor(extract(epoch from clock_timestamp()) / 86400)::integer'
const AHEAD_DAYS = 3
/** Who waits longer for a lock holds up what others do behind it. */
export const LOCK_MS = 2_000
const NO_PARTITION = '23514'

const EXISTING = `
  select parent.relname as table, child.relname as name from pg_catalog.pg_inherits
  join pg_catalog.pg_class as parent on parent.oid = inhparent
  join pg_catalog.pg_class as child on child.oid = inhrelid
  join pg_catalog.pg_namespace as space on space.oid = parent.relnamespace
  where space.nspname = 'waybill_store'`

/** The days that there are tables for: made three days ahead, and whenever one is missing. */
export class Partitions {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Makes what is missing from today on. */
  async make(): Promise<void> {
    await this.#database.transaction(makePartitions, { lockMs: LOCK_MS })
  }

  /** Runs what inserts by day; where there is no table for the day, it is made first. */
  async during<Result>(insert: () => Promise<Result>): Promise<Result> {
    try {
      return await insert()
    } catch (error) {
      if (codeOf(error) !== NO_PARTITION) throw error
      await this.make()
      return insert()
    }
  }
}

async function makePartitions(session: Session): Promise<void> {
  // Two relays that make the same table at once would fail each other.
  await session.query("select pg_advisory_xact_lock(hashtext('waybill_store.partitions'))")
  const [{ today } = { today: 0 }] = await session.query<{ today: number }>(`select ${TODAY} as today`)
  const existing = await days(session)
  for (const table of BY_DAY)
    for (let day = today; day <= today + AHEAD_DAYS; day++)
      if (!existing.has(`${table}_${day}`)) await makeOne(session, table, day)
}

/** Made beside and attached, which nobody has to wait for. */
async function makeOne(session: Session, table: ByDay, day: number): Promise<void> {
  const name = `waybill_store.${table}_${day}`
  await session.query(`create table ${name} (like waybill_store.${table} including all)`)
  await session.query(
    `alter table waybill_store.${table} attach partition ${name} for values from (${day}) to (${day + 1})`,
  )
}

export interface Partition {
  readonly table: string
  readonly day: number
}

/** The tables that there are, the oldest first. */
export async function partitionsOf(session: Session): Promise<Partition[]> {
  const rows = await session.query<{ table: string; name: string }>(EXISTING)
  return rows
    .map(({ table, name }) => ({ table, day: Number(name.slice(table.length + 1)) }))
    .sort((a, b) => a.day - b.day)
}

/** Names of the tables that there are. */
export async function days(session: Session): Promise<ReadonlySet<string>> {
  return new Set((await partitionsOf(session)).map(({ table, day }) => `${table}_${day}`))
}
