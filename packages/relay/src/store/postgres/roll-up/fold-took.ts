import { DAY_GRAIN, QUARTER_GRAIN } from '../../roll-up/edges.ts'
import { turn } from '../changes.ts'
import type { Session } from '../connection/database.ts'
import type { Grains } from './grains.ts'
import { IS_OVER } from './is-over.ts'

const TAKE = `
  with over as (delete from waybill_store.took where ${IS_OVER} returning *)
  select quarter, kind, pixel, bucket, sum(events) as events from over group by quarter, kind, pixel, bucket`
const PUT = `
  insert into waybill_store.latency (grain, time, kind, pixel, bucket, events)
  select grain, time, kind, pixel, bucket, sum(events) from unnest(
    $1::smallint[], $2::integer[], $3::smallint[], $4::integer[], $5::smallint[], $6::bigint[])
    as given (grain, time, kind, pixel, bucket, events) group by grain, time, kind, pixel, bucket
  on conflict (grain, time, kind, pixel, bucket) do update set events = latency.events + excluded.events`

interface TookRow {
  readonly quarter: number
  readonly kind: number
  readonly pixel: number
  readonly bucket: number
  readonly events: number
}

/** Takes into the histograms what took how long: by quarters of an hour, and by days that are summed up. */
export async function foldTook(session: Session, grains: Grains): Promise<void> {
  const taken = await session.query<TookRow>(TAKE)
  if (taken.length === 0) return
  const rows = taken.flatMap(({ quarter, kind, pixel, bucket, events }) => {
    const values = [kind, pixel, bucket, events]
    const days = grains.slotsOf(quarter).filter(({ grain }) => grain === DAY_GRAIN)
    return [[QUARTER_GRAIN, quarter, ...values], ...days.map(({ grain, time }) => [grain, time, ...values])]
  })
  await session.query(PUT, turn(rows, 6))
}
