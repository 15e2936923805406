import type { Lease, LeaseQuery } from '../../lease.ts'
import type { Core } from '../core.ts'
import { fromRanges, toRanges } from '../row-ranges.ts'
import { sharedClock } from '../shared-clock.ts'
import type { FreshEvent } from './fresh.ts'

/**
 * Takes rows out of the queue that are known to be as they were accepted, and into a lease. Nothing of them is read: what has more than its
 * account and its body by now, is held, or is gone stays where it is.
 */
const CLAIM_FRESH = `
  with mine as materialized (
    select from waybill_store.claim where pixel = $1::integer and relay = $2::uuid for share),
  gone as (
    delete from waybill_store.queue as q using unnest($5::int8multirange) as part (range)
    where q.row >= lower(part.range) and q.row < upper(part.range) and q.lane = 0 and not q.is_kept and not q.is_tried
      and exists (select from mine) and not exists (
        select from waybill_store.hold as h where h.pixel = q.pixel and h.shape in (0, q.shape))
    returning q.row, q.shape),
  leased as (
    insert into waybill_store.lease (token, pixel, owner, until, rows, is_apart)
    select nextval('waybill_store.token'), $1::integer, $2::uuid, ${sharedClock('$3')} + $4::float8 * interval '1 millisecond',
      range_agg(int8range(row, row + 1)), false
    from gone having count(*) > 0 returning token, rows),
  counted as (
    insert into waybill_store.tally (pixel, shape, kind, events) select $1::integer, shape, 0, -count(*) from gone group by shape)
  select token, rows::text as rows from leased`

/** Leases events that are known here, as far as they are still in the queue. */
export async function claimFresh(
  core: Core,
  fresh: readonly FreshEvent[],
  { pixel, leaseMs }: Pick<LeaseQuery, 'leaseMs'> & { readonly pixel: number },
): Promise<Lease | undefined> {
  const { database, owner, clockMs, leases } = core
  const ranges = toRanges(fresh.map(({ event }) => event.row))
  const values = [pixel, owner, clockMs() ?? null, leaseMs, ranges]
  const [leased] = await database.query<{ token: number; rows: string }>(CLAIM_FRESH, values)
  if (leased === undefined) return undefined
  const rows = new Set(fromRanges(leased.rows))
  const taken = fresh.filter(({ event }) => rows.has(event.row))
  leases.add(
    leased.token,
    taken.map(({ held }) => held),
  )
  const events = taken.map(({ event }) => event).sort((a, b) => a.timestampMs - b.timestampMs || a.row - b.row)
  return { token: leased.token, events }
}
