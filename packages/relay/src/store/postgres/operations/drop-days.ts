import type { Session } from '../connection/database.ts'
import { codeOf } from '../connection/faults.ts'
import type { Core } from '../core.ts'
import { BY_DAY, LOCK_MS, partitionsOf, TODAY } from '../partitions.ts'
import { eachOf } from '../queue/give-back.ts'

/** A day of bodies is dropped when all of it is that old. The window of an event is seven days. */
const BODY_DAYS = 8
/** Rows that one statement looks through. */
const WINDOW = 50_000

/** Days before which tables go. */
export interface DropBefore {
  readonly bodies: number
  readonly empty: number
}

/**
 * Drops tables of days that are over. Bodies of what has not been delivered are copied before; a day that has the only copy of one stays.
 * Where bodies are kept, and of all else, a day goes once what it had was forgotten with its accounts.
 */
export async function dropDays(core: Core, before?: DropBefore): Promise<void> {
  const [{ today } = { today: 0 }] = await core.database.read<{ today: number }>(`select ${TODAY} as today`)
  const { bodies, empty } = before ?? { bodies: today - BODY_DAYS, empty: today - 1 }
  const partitions = await partitionsOf({ query: (sql, values) => core.database.read(sql, values) })
  for (const { table, day } of partitions) {
    if (table === 'body' && !core.keepBodies && day < bodies) await unlessBusy(() => dropBodies(core, day))
    else if (day < empty && (BY_DAY as readonly string[]).includes(table))
      await unlessBusy(() => dropEmpty(core, `${table}_${day}`))
  }
}

const LOCK_NOT_GIVEN = '55P03'

/** A table that somebody is using is dropped another time. */
async function unlessBusy(drop: () => Promise<void>): Promise<void> {
  try {
    await drop()
  } catch (error) {
    if (codeOf((error as Error).cause) !== LOCK_NOT_GIVEN) throw error
  }
}

/** Events that are not delivered, of a range of rows. */
const LIVING = `
  select row from waybill_store.queue where row >= $1 and row < $2
  union all select row from waybill_store.ended where row >= $1 and row < $2
  union all select each.row from waybill_store.lease as l cross join ${eachOf('l.rows')} where each.row >= $1 and each.row < $2`

async function dropBodies(core: Core, day: number): Promise<void> {
  const { database } = core
  const table = `waybill_store.body_${day}`
  const [range] = await database.read<{ low: number | null; high: number | null }>(
    `select min(row) as low, max(row) as high from ${table}`,
  )
  for (let from = range?.low ?? 0; from <= (range?.high ?? -1); from += WINDOW)
    await database.query(
      `insert into waybill_store.kept_body (row, wire)
      select b.row, b.wire from (${LIVING}) as living join ${table} as b on b.row = living.row on conflict (row) do nothing`,
      [from, from + WINDOW],
    )
  await database.transaction(
    async (session) => {
      await session.query(`lock table ${table} in access exclusive mode`)
      if (!(await hasOnlyCopy(session, table, range))) await session.query(`drop table ${table}`)
    },
    { lockMs: LOCK_MS },
  )
  await database.query(DROP_DELIVERED)
}

async function hasOnlyCopy(
  session: Session,
  table: string,
  range: { readonly low: number | null; readonly high: number | null } | undefined,
): Promise<boolean> {
  const found = await session.query(
    `select from (${LIVING}) as living join ${table} as b on b.row = living.row
    where not exists (select from waybill_store.kept_body as k where k.row = b.row) limit 1`,
    [range?.low ?? 0, (range?.high ?? -1) + 1],
  )
  return found.length > 0
}

/** What was delivered while it was being copied. */
const DROP_DELIVERED = `
  delete from waybill_store.kept_body as k using waybill_store.account as a
  where a.row = k.row and exists (
    select from waybill_store.delivery as d
    where int4range(d.pixel, d.pixel, '[]') @> a.pixel and d.rows @> a.row and d.day >= a.day - 1)`

async function dropEmpty({ database }: Core, name: string): Promise<void> {
  const table = `waybill_store.${name}`
  const isEmpty = `select from ${table} limit 1`
  if ((await database.read(isEmpty)).length > 0) return
  await database.transaction(
    async (session) => {
      await session.query(`lock table ${table} in access exclusive mode`)
      if ((await session.query(isEmpty)).length === 0) await session.query(`drop table ${table}`)
    },
    { lockMs: LOCK_MS },
  )
}
