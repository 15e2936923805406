import type { Core } from '../core.ts'
import { eachOf } from '../queue/give-back.ts'
import { checkNumbers } from './check-numbers.ts'

/** What is wrong, one line each: each names the rule and how often it is broken. */
const RULES: readonly { readonly what: (number: number) => string; readonly sql: string }[] = [
  {
    what: (events) => `${events} events are in no place, or in more than one.`,
    sql: `
      select count(*) from (
        select a.row, (select count(*) from waybill_store.queue as q where q.row = a.row)
          + (select count(*) from waybill_store.ended as e where e.row = a.row)
          + (select count(*) from waybill_store.lease as l where l.rows @> a.row)
          + (select count(*) from waybill_store.delivery as d
             where int4range(d.pixel, d.pixel, '[]') @> a.pixel and d.rows @> a.row) as places
        from waybill_store.account as a where a.row >= $1 and a.row < $2) as each_of
      where places <> 1`,
  },
  {
    what: (events) => `${events} events that can be sent have no body.`,
    sql: `
      select count(*) from waybill_store.account as a
      where a.row >= $1 and a.row < $2 and not exists (
          select from waybill_store.delivery as d where int4range(d.pixel, d.pixel, '[]') @> a.pixel and d.rows @> a.row)
        and not exists (select from waybill_store.kept_body as k where k.row = a.row)
        and not exists (select from waybill_store.body as b where b.day = a.day and b.row = a.row)`,
  },
]

/** Counts against what they count: kinds as in `state.ts`, pruned ones included. */
const TALLIED = `
  with counted as (
    select pixel, case when kind in (-1, 0, 1) then shape else 0 end as shape, kind::integer as kind, sum(events) as events
    from waybill_store.tally group by 1, 2, 3),
  pruned as (
    select pixel, kind - 5 as kind, sum(events) as events from waybill_store.tally where kind between 7 and 10 group by 1, 2),
  found as (
    select pixel, shape, lane::integer as kind, count(*) as events from waybill_store.queue group by 1, 2, 3
    union all select pixel, 0, state::integer, count(*) from waybill_store.ended group by 1, 3
    union all select d.pixel, 0, 2, count(*) from waybill_store.delivery as d cross join ${eachOf('d.rows')} group by 1
    union all select pixel, 0, 6, count(*) from waybill_store.account group by 1
    union all select pixel, 0, kind, events from pruned
    union all select pixel, 0, 6, events from pruned),
  summed as (select pixel, shape, kind, sum(events) as events from found group by 1, 2, 3)
  select count(*) as wrong from summed full join (select * from counted where kind < 7) as counted using (pixel, shape, kind)
  where coalesce(summed.events, 0) <> coalesce(counted.events, 0)`

const RANGE = 100_000
const HIGHEST = 'select coalesce(max(row), 0) as row from waybill_store.account'
const LOWEST = 'select coalesce(min(row), 0) as row from waybill_store.account'

/** By ranges of accounts, each in one snapshot, so that it takes no long one. */
export async function check({ database }: Pick<Core, 'database'>): Promise<readonly string[]> {
  const lines: string[] = []
  const [highest] = await database.read<{ row: number }>(HIGHEST)
  const [lowest] = await database.read<{ row: number }>(LOWEST)
  for (const { what, sql } of RULES) {
    let broken = 0
    for (let from = lowest!.row; from <= highest!.row; from += RANGE) {
      const [found] = await database.read<{ count: number }>(sql, [from, from + RANGE])
      broken += found!.count
    }
    if (broken > 0) lines.push(what(broken))
  }
  const [tallied] = await database.read<{ wrong: number }>(TALLIED)
  if (tallied!.wrong > 0) lines.push(`${tallied!.wrong} counts differ from what they count.`)
  return [...lines, ...(await checkNumbers(database))]
}
