import { VERSION } from 'waybill'
import { SECOND_MS } from 'waybill/delivery'
import { StoreNotMigratedError } from '../../errors.ts'
import type { Database, Session } from '../connection/database.ts'
import { fromText } from '../text.ts'
import { type Migration, newestOf, readMigrations } from './migration.ts'
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
  // On a schema that is not there yet nobody can work.
  const isBreaking = standing.version > 0 && worksBeside > standing.worksBeside
  if (isBreaking && !force) await assertNobodyOlder(session, migration)
  await session.query(sql)
  await session.query(NOTE, [version, worksBeside, name, VERSION])
}

interface OlderRelay {
  readonly name: string
  readonly waybill: string
  readonly knows: number
  readonly ago_ms: number
}

const OLDER = `
  select name, waybill, knows, extract(epoch from clock_timestamp() - renewed)::float8 * 1000 as ago_ms from waybill_store.relay
  where ends > clock_timestamp() and knows < $1 order by renewed desc`

/** One that begins at this very moment is not seen; it sees the schema itself, with its first renewal. */
async function assertNobodyOlder(session: Session, { name, worksBeside }: Migration): Promise<void> {
  const older = await session.query<OlderRelay>(OLDER, [worksBeside])
  if (older.length === 0) return
  throw new StoreNotMigratedError(
    `Migration ${name} of the store leaves no room for relays that run: ${older.map(nameOf).join(', ')}. Nothing of it was done.`,
    {
      hint: 'Stop them and start again; or start with --force: then they stop by themselves, and what they were sending is sent again.',
    },
  )
}

function nameOf({ name, waybill, knows, ago_ms }: OlderRelay): string {
  return `${fromText(name)} (Waybill ${waybill}, schema ${knows}, renewed ${(ago_ms / SECOND_MS).toFixed(1)} s ago)`
}

/** One at a time; behind it the other finds all done. */
async function lock(session: Session): Promise<void> {
  await session.query("select pg_advisory_xact_lock(hashtext('waybill_store.migration'))")
}
