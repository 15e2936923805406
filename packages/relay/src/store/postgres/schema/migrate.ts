import { VERSION } from 'waybill'
import { StoreNotMigratedError } from '../../errors.ts'
import type { Database, Session } from '../connection/database.ts'
import { type Migration, newestOf, readMigrations } from './migration.ts'
import { describeRelay, isBreaking, olderThan } from './older-relays.ts'
import { type MigrationLimits, patientTransaction } from './patient-transaction.ts'
import { assertCovered, standingOf } from './standing.ts'

export interface MigrateOptions {
  /** Those that this version knows, in their order. Default: those that are shipped. */
  readonly migrations?: readonly Migration[]
  /** Begins a migration also while relays live that do not work beside it. Default: it is refused. */
  readonly force?: boolean
  readonly limits?: MigrationLimits
}

/** A relay beside waits for a statement of its own for 5 s: none of them fails by what stands before it here. */
const LIMITS: MigrationLimits = { lockMs: 2_000, patienceMs: 10_000, statementMs: 3_600_000 }

const PREPARE = `
  create schema if not exists waybill_store;
  create table if not exists waybill_store.migration (
    version integer primary key, works_beside integer not null, name text not null,
    at timestamptz not null default clock_timestamp());
  alter table waybill_store.migration add column if not exists waybill text not null default ''`
const NOTE = 'insert into waybill_store.migration (version, works_beside, name, waybill) values ($1, $2, $3, $4)'

/**
 * Brings the schema up to date, each migration in a transaction of its own. Throws `StoreSupersededError` where a newer version has left no
 * room for this one, and `StoreNotMigratedError` where it cannot be done now: for a lock, or for relays that a migration would break.
 */
export async function migrate(
  database: Database,
  { migrations = readMigrations(), force = false, limits = LIMITS }: MigrateOptions = {},
): Promise<void> {
  if ((await standingOf(database)).version < newestOf(migrations)) {
    await patientTransaction(database, 'The schema of the store', limits, async (session) => {
      await lock(session)
      await session.query(PREPARE)
    })
    for (const migration of migrations)
      await patientTransaction(database, `Migration ${migration.name} of the store`, limits, (session) =>
        apply(session, migration, force),
      )
  }
  await assertCovered(database, newestOf(migrations))
}

async function apply(session: Session, migration: Migration, force: boolean): Promise<void> {
  const { version, worksBeside, name, sql } = migration
  await lock(session)
  const standing = await standingOf(session)
  if (standing.version >= version) return
  if (isBreaking(migration, standing) && !force) await assertNobodyOlder(session, migration)
  await session.query(sql)
  await session.query(NOTE, [version, worksBeside, name, VERSION])
}

/** One that begins at this very moment is not seen; it sees the schema itself, with its first renewal. */
async function assertNobodyOlder(session: Session, { name, worksBeside }: Migration): Promise<void> {
  const older = await olderThan(session, worksBeside)
  if (older.length === 0) return
  throw new StoreNotMigratedError(
    `Migration ${name} of the store leaves no room for relays that run: ${older.map(describeRelay).join(', ')}. Nothing of it was done.`,
    {
      hint: 'Stop them and start again; or start with --force: then they stop by themselves, and what they were sending is sent again.',
    },
  )
}

/** One at a time; behind it the other finds all done. */
async function lock(session: Session): Promise<void> {
  await session.query("select pg_advisory_xact_lock(hashtext('waybill_store.migration'))")
}
