import { readdirSync, readFileSync } from 'node:fs'
import { StoreUnusableError } from '../errors.ts'
import type { Database, Session } from './connection/database.ts'

/** Shipped beside `src` and `dist`, from both of which the path is the same. */
const FOLDER = new URL('../../../migrations/postgres/', import.meta.url)
/** Who migrates waits for no lock longer, and so holds up nobody longer. */
const LOCK_MS = 10_000
const FIRST_LINE = /^-- works beside: (\d+)\n/

export interface Migration {
  readonly version: number
  readonly name: string
  /** The oldest version whose relays go on beside this one. */
  readonly worksBeside: number
  readonly sql: string
}

export function readMigrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => readMigration(name, readFileSync(new URL(name, FOLDER), 'utf8')))
}

export function readMigration(name: string, sql: string): Migration {
  const worksBeside = FIRST_LINE.exec(sql)?.[1]
  if (worksBeside === undefined)
    throw new Error(`${name} does not say on its first line which version works beside it.`)
  return { version: Number(name.slice(0, 4)), name, worksBeside: Number(worksBeside), sql }
}

const PREPARE = `
  create schema if not exists waybill_store;
  create table if not exists waybill_store.migration (
    version integer primary key, works_beside integer not null, name text not null,
    at timestamptz not null default clock_timestamp())`
const STATE =
  'select coalesce(max(version), 0) as version, coalesce(max(works_beside), 0) as beside from waybill_store.migration'

/**
 * Brings the schema up to date, each migration in a transaction of its own. Throws `StoreUnusableError` where a newer version has left no
 * room for this one.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = readMigrations()): Promise<void> {
  await database.transaction(async (session) => {
    await lock(session)
    await session.query(PREPARE)
  }, LIMITS)
  for (const migration of migrations) await database.transaction((session) => apply(session, migration), LIMITS)
  await assertCovered(database, migrations)
}

/** Throws unless this version may work on the data as it is. */
export async function assertCovered(
  session: Session,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const own = migrations.at(-1)?.version ?? 0
  const [{ version, beside } = { version: 0, beside: 0 }] = await session.query<{ version: number; beside: number }>(
    STATE,
  )
  if (own >= beside) return
  throw new StoreUnusableError(
    `The store has schema version ${version}, beside which none before ${beside} works, and this version of Waybill knows ${own}.`,
    { hint: 'Run the version of Waybill that migrated it, or a newer one.' },
  )
}

const LIMITS = { lockMs: LOCK_MS }

async function apply(session: Session, { version, worksBeside, name, sql }: Migration): Promise<void> {
  await lock(session)
  const [done] = await session.query('select from waybill_store.migration where version >= $1', [version])
  if (done !== undefined) return
  await session.query(sql)
  await session.query('insert into waybill_store.migration (version, works_beside, name) values ($1, $2, $3)', [
    version,
    worksBeside,
    name,
  ])
}

/** One at a time; behind it the other finds all done. */
async function lock(session: Session): Promise<void> {
  await session.query("select pg_advisory_xact_lock(hashtext('waybill_store.migration'))")
}
