import { addressOf } from './connection/address.ts'
import { Database } from './connection/database.ts'
import { Pool } from './connection/pool.ts'
import { MOVING_KEY } from './moving.ts'
import { check } from './operations/check.ts'
import { BY_DAY, days, TODAY } from './partitions.ts'
import { type Migration, newestOf, readMigrations } from './schema/migration.ts'
import { type Crowded, crowdedBy } from './schema/older-relays.ts'

/** Who keeps the database from cleaning up, and for how long. */
export interface SnapshotHolder {
  /** Such as `session 4711 of reporting (psql, idle in transaction)`. */
  readonly who: string
  readonly ageMs: number
}

/** What a look at the store's database saw. Nothing in it is of a person or an event. */
export interface DatabaseFacts {
  /** As PostgreSQL numbers it: 180004. */
  readonly serverVersion: number
  /** 0 where there is no schema yet. */
  readonly version: number
  readonly newest: number
  /** The oldest version of the schema that may work on it. */
  readonly worksBeside: number
  /** The first change of the schema that is still to come and leaves no room to relays that run now. */
  readonly crowded: Crowded | undefined
  /** It is a standby, which nobody can write to. */
  readonly isStandby: boolean
  /** Statements of one connection run in several sessions. */
  readonly isPooled: boolean
  readonly asynchronousStandbys: number
  /** Settings without which what was acknowledged can be lost. */
  readonly unsafe: readonly string[]
  /** The oldest one. */
  readonly holder: SnapshotHolder | undefined
  /** Dead rows of the tables that are inserted into and deleted from all the time, and living ones. */
  readonly deadRows: number
  readonly liveRows: number
  /** Days from today on for which a table is missing. */
  readonly missingDays: number
  /** Days whose texts should be gone: something in them still waits for its copy. */
  readonly overdueDays: number
  readonly isMoving: boolean
  readonly bytes: number
  /** Of a look through all of it; `undefined` where nobody looked. */
  readonly damage: readonly string[] | undefined
}

const SERVER = `
  select current_setting('server_version_num')::integer as version, pg_is_in_recovery() as is_standby,
    pg_database_size(current_database())::float8 as bytes, to_regclass('waybill_store.migration') is not null as has_schema,
    (select count(*) from pg_stat_replication where sync_state = 'async')::integer as asynchronous,
    array(select name from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as unsafe`
const HOLDERS = `
  select who, age_ms from (
    select format('session %s of %s (%s, %s)', pid, coalesce(usename, 'nobody'), coalesce(nullif(application_name, ''), 'no name'),
        coalesce(state, backend_type)) as who,
      (extract(epoch from clock_timestamp() - coalesce(xact_start, backend_start)) * 1000)::float8 as age_ms, age(backend_xmin) as xids
    from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid()
    union all
    select format('prepared transaction %s of %s', gid, owner),
      (extract(epoch from clock_timestamp() - prepared) * 1000)::float8, age(transaction) from pg_prepared_xacts
    union all
    select format('replication slot %s', slot_name), 0, age(coalesce(xmin, catalog_xmin)) from pg_replication_slots
    where coalesce(xmin, catalog_xmin) is not null) as each_of
  order by xids desc, age_ms desc limit 1`
const SCHEMA = `
  select (select coalesce(max(version), 0) from waybill_store.migration) as version,
    (select coalesce(max(works_beside), 0) from waybill_store.migration) as works_beside,
    exists (select from waybill_store.meta where key = '${MOVING_KEY}') as is_moving,
    (select coalesce(sum(n_dead_tup), 0)::float8 from pg_stat_user_tables
      where schemaname = 'waybill_store' and relname in ('queue', 'lease', 'tally', 'flow')) as dead,
    (select coalesce(sum(n_live_tup), 0)::float8 from pg_stat_user_tables
      where schemaname = 'waybill_store' and relname in ('queue', 'lease', 'tally', 'flow')) as live,
    ${TODAY} as today`
const SESSION = 'select pg_backend_pid() as pid'
const LOOKS = 4
const NEEDED_DAYS = 1
/** A day's texts are copied and dropped before this. */
const KEPT_DAYS = 9

/**
 * Looks at the database of a store; changes nothing. `thorough` looks through all accounts. Rejects with a `StoreError` where it cannot be
 * asked.
 */
export async function lookAtDatabase(
  url: string,
  { thorough, timeoutMs, migrations = readMigrations() }: LookOptions,
): Promise<DatabaseFacts> {
  const pool = new Pool({ address: addressOf(url), size: 1, timeoutMs })
  const database = new Database({ pool, url, timeoutMs })
  try {
    const [server] = await database.read<ServerRow>(SERVER)
    const [holder] = await database.read<{ who: string; age_ms: number }>(HOLDERS)
    const { version, is_standby, bytes, has_schema, asynchronous, unsafe } = server!
    const schema = has_schema ? await lookAtSchema(database, migrations) : NO_SCHEMA
    return {
      serverVersion: version,
      ...schema,
      newest: newestOf(migrations),
      isStandby: is_standby,
      isPooled: await isPooled(database),
      asynchronousStandbys: asynchronous,
      unsafe,
      holder: holder && { who: holder.who, ageMs: holder.age_ms },
      bytes,
      damage: thorough && has_schema ? await check({ database }) : undefined,
    }
  } finally {
    await database.close(async () => {})
  }
}

export interface LookOptions {
  readonly thorough: boolean
  readonly timeoutMs: number
  /** Those that this version knows. Default: those that are shipped. */
  readonly migrations?: readonly Migration[]
}

interface ServerRow {
  readonly version: number
  readonly is_standby: boolean
  readonly bytes: number
  readonly has_schema: boolean
  readonly asynchronous: number
  readonly unsafe: readonly string[]
}

type SchemaFacts = Pick<
  DatabaseFacts,
  'version' | 'worksBeside' | 'crowded' | 'isMoving' | 'deadRows' | 'liveRows' | 'missingDays' | 'overdueDays'
>

const NO_SCHEMA: SchemaFacts = {
  version: 0,
  worksBeside: 0,
  crowded: undefined,
  isMoving: false,
  deadRows: 0,
  liveRows: 0,
  missingDays: 0,
  overdueDays: 0,
}

interface SchemaRow {
  readonly version: number
  readonly works_beside: number
  readonly is_moving: boolean
  readonly dead: number
  readonly live: number
  readonly today: number
}

async function lookAtSchema(database: Database, migrations: readonly Migration[]): Promise<SchemaFacts> {
  const [row] = await database.read<SchemaRow>(SCHEMA)
  const { version, works_beside, is_moving, dead, live, today } = row!
  const tables = await days(database)
  const needed = Array.from({ length: NEEDED_DAYS + 1 }, (_, ahead) => today + ahead)
  const bodies = [...tables].flatMap((name) => Number(/^body_(\d+)$/.exec(name)?.[1] ?? Number.NaN))
  return {
    version,
    worksBeside: works_beside,
    crowded: await crowdedBy(database, { version, worksBeside: works_beside }, migrations),
    isMoving: is_moving,
    deadRows: dead,
    liveRows: live,
    missingDays: needed.filter((day) => BY_DAY.some((table) => !tables.has(`${table}_${day}`))).length,
    overdueDays: bodies.filter((day) => day < today - KEPT_DAYS).length,
  }
}

/** One connection that is answered by several sessions is a pooler's. */
async function isPooled(database: Database): Promise<boolean> {
  const sessions = new Set<number>()
  for (let look = 0; look < LOOKS; look++) {
    const [session] = await database.read<{ pid: number }>(SESSION)
    sessions.add(session!.pid)
  }
  return sessions.size > 1
}
