import { READY } from '../../state.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { toRanges } from '../row-ranges.ts'
import { sharedClock } from '../shared-clock.ts'

/** Rows of a multirange, one by one. */
export function eachOf(ranges: string): string {
  return `unnest(${ranges}) as part (range), generate_series(lower(part.range), upper(part.range) - 1) as each (row)`
}

/** The account of a row, as `a`, to be joined to few: each is looked up, where whoever plans it takes them for many. */
export function accountAt(row: string): string {
  return `lateral (select * from waybill_store.account as inside where inside.row = ${row} limit 1) as a`
}

/** Accounts of the rows of a multirange, as `a`. By their ranges: whoever plans it cannot know how few rows there are. */
export function accountsOf(ranges: string): string {
  return `unnest(${ranges}) as part (range)
  join waybill_store.account as a on a.row >= lower(part.range) and a.row < upper(part.range)`
}

/** Back into the queue as they came: what is known of them lies beside their account. */
const INSERT_BACK = `
  insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
  select a.row, a.timestamp_ms, coalesce(s.due_ms, t.due_ms, a.due_ms, 0), a.pixel, a.shape, a.timestamp_ms / 60000,
    case when s.row is null then 0 else -1 end, k.row is not null, t.row is not null
  from going cross join ${accountsOf('going.rows')}
  left join waybill_store.suspicion as s on s.row = a.row
  left join waybill_store.tried as t on t.row = a.row
  left join waybill_store.kept_body as k on k.row = a.row
  returning row, pixel, shape, minute, lane`

/** $1: the token. $2: the rows, null for all. */
const GIVE_BACK = `
  with held as materialized (
    select token, rows, rows * coalesce($2::int8multirange, rows) as going from waybill_store.lease where token = $1 for update),
  going as (select going as rows from held),
  ended as (delete from waybill_store.lease as l using held where l.token = held.token and isempty(held.rows - held.going)),
  less as (
    update waybill_store.lease as l set rows = held.rows - held.going from held
    where l.token = held.token and not isempty(held.rows - held.going) and not isempty(held.going)),
  back as (${INSERT_BACK}),
  counted as (
    insert into waybill_store.tally (pixel, shape, kind, events) select pixel, shape, lane, count(*) from back group by pixel, shape, lane)
  select pixel, shape, lane, min(minute) as minute, count(*) as events from back group by pixel, shape, lane`

interface Back {
  readonly pixel: number
  readonly shape: number
  readonly lane: number
  readonly minute: number
  readonly events: number
}

/** Returns events of a lease to the queue; gives their number. */
export async function giveBack(core: Core, session: Session, token: number, rows?: readonly number[]): Promise<number> {
  const back = await session.query<Back>(GIVE_BACK, [token, rows === undefined ? null : toRanges(rows)])
  if (rows === undefined) core.leases.drop(token)
  else core.leases.remove(token, rows)
  for (const { pixel, shape, lane, minute } of back)
    if (lane === READY) core.places.noteAt(pixel, shape, { minute, row: 0 })
    else core.places.noteLater(pixel)
  return back.reduce((sum, { events }) => sum + events, 0)
}

/** The lease lasts so much longer, and never less. */
export async function extend({ database, clockMs }: Core, token: number, forMs: number): Promise<boolean> {
  const sql = `
    update waybill_store.lease set until = greatest(until, ${sharedClock('$2')} + $3::float8 * interval '1 millisecond')
    where token = $1 returning token`
  return (await database.query(sql, [token, clockMs() ?? null, forMs])).length > 0
}

const OVERDUE = `
  select token from waybill_store.lease where owner = $1 and until <= ${sharedClock('$2')} order by token limit 100`
const STILL_OVERDUE = `
  select token from waybill_store.lease where token = $1 and until <= ${sharedClock('$2')} for update`

/** Returns to the queue what is in leases of this relay that ran out. */
export async function reclaim(core: Core): Promise<number> {
  const now = core.clockMs() ?? null
  const overdue = await core.database.read<{ token: number }>(OVERDUE, [core.owner, now])
  let events = 0
  for (const { token } of overdue)
    events += await core.database.transaction(async (session) => {
      const [still] = await session.query(STILL_OVERDUE, [token, now])
      return still === undefined ? 0 : endLease(core, session, token)
    })
  return events
}

/** A request may have died unrecorded. */
const MARK_STORED = `
  insert into waybill_store.tried (row, may_be_stored)
  select each.row, true from waybill_store.lease as l cross join ${eachOf('l.rows')} where l.token = $1
  on conflict (row) do update set may_be_stored = true`

/** In a transaction: ends a lease otherwise than its holder would. */
async function endLease(core: Core, session: Session, token: number): Promise<number> {
  await session.query(MARK_STORED, [token])
  return giveBack(core, session, token)
}

const OF_PIXELS = `
  select token from waybill_store.lease where owner = $1 and pixel = any ($2::integer[]) order by token for update`

/** In a transaction: ends the leases that a relay has of these pixels. */
export async function endLeases(core: Core, session: Session, owner: string, pixels: readonly number[]): Promise<void> {
  for (const { token } of await session.query<{ token: number }>(OF_PIXELS, [owner, pixels]))
    await endLease(core, session, token)
}
