import type { Core } from '../core.ts'

/** Changes that a count is the sum of, and by what. */
const FOLDED = [
  { table: 'tally', keys: 'pixel, shape, kind', sums: ['events'] },
  {
    table: 'flow',
    keys: 'minute, kind, pixel, name, shape, source, code, currency',
    sums: ['flow', 'ends', 'flow_money', 'ends_money'],
  },
  { table: 'took', keys: 'quarter, kind, pixel, bucket', sums: ['events'] },
] as const

/** So many rows more than keys are left as they are: what was folded is not written anew each time. */
const FEW = 500

/**
 * Folds the changes of transactions that are over into one row for each key. A row whose transaction is to come, by its number, was brought
 * from another server and is over as well.
 */
function foldSql({ table, keys, sums }: (typeof FOLDED)[number]): string {
  const total = sums.map((sum) => `sum(${sum}) as ${sum}`).join(', ')
  const isAny = sums.map((sum) => `sum(${sum}) <> 0`).join(' or ')
  return `
  with enough as (
    select from (select count(*) as rows from waybill_store.${table}) as all_of,
      (select count(*) as keys from (select from waybill_store.${table} group by ${keys}) as each_of) as distinct_of
    where rows > 2 * keys + ${FEW}),
  over as (
    delete from waybill_store.${table} where exists (select from enough)
      and (xid < pg_snapshot_xmin(pg_current_snapshot()) or xid >= pg_snapshot_xmax(pg_current_snapshot()))
    returning *)
  insert into waybill_store.${table} (${keys}, ${sums.join(', ')})
  select ${keys}, ${total} from over group by ${keys} having ${isAny}`
}

const DOER = "select pg_try_advisory_xact_lock(hashtext('waybill_store.fold')) as is_doer"

/** Does it unless another relay is at it. */
export async function fold({ database }: Core): Promise<void> {
  await database.transaction(async (session) => {
    const [lock] = await session.query<{ is_doer: boolean }>(DOER)
    if (lock?.is_doer !== true) return
    for (const each of FOLDED) await session.query(foldSql(each))
  })
}
