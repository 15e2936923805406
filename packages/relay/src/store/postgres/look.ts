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
  /** `undefined`: the database does not tell it, or not to this role. */
  readonly ageMs: number | undefined
  /** Transactions that began since. */
  readonly transactions: number
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
  /** Of which this role may not see whether they are asynchronous. */
  readonly unseenStandbys: number
  /** Settings without which what was acknowledged can be lost. */
  readonly unsafe: readonly string[]
  /** The oldest one. */
  readonly holder: SnapshotHolder | undefined
  /** Dead rows of the tables that are inserted into and deleted from all the time, and living ones. */
  readonly deadRows: number
  readonly liveRows: number
  /** Days from today on for which a table is missing. */
  readonly missingDays: number
  /** Days whose texts should be gone: something in them still waits for its copy. None where texts are kept. */
  readonly overdueDays: number
  readonly isMoving: boolean
  readonly bytes: number
  /** Of a look through all of it; `undefined` where nobody looked. */
  readonly damage: readonly string[] | undefined
}

const SERVER = `
  select current_setting('server_version_num')::integer as version, pg_is_in_recovery() as is_standby,
    pg_database_size(current_database())::float8 as bytes, to_regclass('waybill_store.migration') is not null as has_schema,
    (select count(*) from pg_stat_replication as r where sync_state = 'async' and state <> 'backup' and not exists (
      select from pg_replication_slots as s where s.active_pid = r.pid and s.slot_type = 'logical'))::integer as asynchronous,
    (select count(*) from pg_stat_replication where sync_state is null)::integer as unseen,
    array(select name from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as unsafe`
// What has no beginning of a transaction is a standby's word or a slot: how old it is, its transactions say alone.
const HOLDERS = `
  select who, age_ms, xids::float8 as transactions from (
    select format('session %s of %s (%s, %s)', pid, coalesce(usename, 'nobody'), coalesce(nullif(application_name, ''), 'no name'),
        coalesce(state, backend_type, 'of which this role sees no more')) as who,
      (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as age_ms, age(backend_xmin) as xids
    from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid()
    union all
    select format('prepared transaction %s of %s', gid, owner),
      (extract(epoch from clock_timestamp() - prepared) * 1000)::float8, age(transaction) from pg_prepared_xacts
    union all
    select format('replication slot %s', slot_name), null, age(xmin) from pg_replication_slots where xmin is not null) as each_of
  order by xids desc, age_ms desc nulls last limit 1`
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
const NEEDED_DAYS = 1
/** A day's texts are copied and dropped before this. */
const KEPT_DAYS = 9

/**
 * Looks at the database of a store; changes nothing. `thorough` looks through all accounts. Rejects with a `StoreError` where it cannot be
 * asked.
 */
export async function lookAtDatabase(
  url: string,
  { thorough, timeoutMs, keepBodies = false, migrations = readMigrations() }: LookOptions,
): Promise<DatabaseFacts> {
  const pool = new Pool({ address: addressOf(url), size: 1, timeoutMs })
  const database = new Database({ pool, url, timeoutMs })
  try {
    const [server] = await database.read<ServerRow>(SERVER)
    const [holder] = await database.read<HolderRow>(HOLDERS)
    const { version, is_standby, bytes, has_schema, asynchronous, unseen, unsafe } = server!
    const schema = has_schema ? await lookAtSchema(database, { migrations, keepBodies }) : NO_SCHEMA
    return {
      serverVersion: version,
      ...schema,
      newest: newestOf(migrations),
      isStandby: is_standby,
      isPooled: await isPooled(pool),
      asynchronousStandbys: asynchronous,
      unseenStandbys: unseen,
      unsafe,
      holder: holder && { who: holder.who, ageMs: holder.age_ms ?? undefined, transactions: holder.transactions },
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
  /** The relays keep the texts of what was delivered. Default: they do not. */
  readonly keepBodies?: boolean
  /** Those that this version knows. Default: those that are shipped. */
  readonly migrations?: readonly Migration[]
}

interface ServerRow {
  readonly version: number
  readonly is_standby: boolean
  readonly bytes: number
  readonly has_schema: boolean
  readonly asynchronous: number
  readonly unseen: number
  readonly unsafe: readonly string[]
}

interface HolderRow {
  readonly who: string
  readonly age_ms: number | null
  readonly transactions: number
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

async function lookAtSchema(
  database: Database,
  { migrations, keepBodies }: Required<Pick<LookOptions, 'migrations' | 'keepBodies'>>,
): Promise<SchemaFacts> {
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
    overdueDays: keepBodies ? 0 : bodies.filter((day) => day < today - KEPT_DAYS).length,
  }
}

/** A pooler tells each connection a number of its own, which is not that of the session that answers. */
async function isPooled(pool: Pool): Promise<boolean> {
  const client = await pool.acquire()
  try {
    const { rows } = await client.query<{ pid: number }>(SESSION)
    return rows[0]?.pid !== (client as unknown as { readonly processID: number }).processID
  } finally {
    pool.release(client, false)
  }
}
