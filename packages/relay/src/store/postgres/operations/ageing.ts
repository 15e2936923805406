import type { Expiring } from '../../counts.ts'
import { lastMinuteBefore, minuteOf } from '../../minute.ts'
import type { Ageing, BringForwardCall, ExpireCall, ExpiredEvent } from '../../store.ts'
import { idOf } from '../account-columns.ts'
import { Changes } from '../changes.ts'
import type { Core } from '../core.ts'
import { accountsOf } from '../queue/give-back.ts'
import { fromText } from '../text.ts'
import { endWaiting, type Reason, takeSuspicions } from './end-waiting.ts'
import { takeWaiting } from './reopen.ts'

export function ageingCalls(core: Core): Ageing {
  return {
    expire: (call) => expire(core, call),
    bringForward: (call) => bringForward(core, call),
    expiring: (range) => expiring(core, range),
  }
}

/** Queues that hold something. */
const PARTS = `
  select pixel, shape from waybill_store.tally where kind in (-1, 0, 1) group by pixel, shape having sum(events) > 0`

/** The oldest of each queue, of those that lie in a range. */
function inRange(condition: string, limit: string): string {
  const of = `q.pixel = parts.pixel and q.shape = parts.shape and ${condition}`
  return `
    (select row, timestamp_ms, minute from waybill_store.queue as q where q.lane = 0 and ${of} order by minute, row limit ${limit})
    union all
    (select row, timestamp_ms, minute from waybill_store.queue as q where q.lane <> 0 and ${of} order by minute, row limit ${limit})`
}

const OLD = `
  with parts as (${PARTS})
  select found.row from parts cross join lateral (${inRange('q.minute <= $1::bigint and q.timestamp_ms < $2::float8', '$3::integer')}) as found
  limit $3::integer`

async function expire(core: Core, call: ExpireCall): Promise<ExpiredEvent[]> {
  const { timestampBeforeMs, nowMs, limit, code, message } = call
  const old = await core.database.read<{ row: number }>(OLD, [
    lastMinuteBefore(timestampBeforeMs),
    timestampBeforeMs,
    limit,
  ])
  if (old.length === 0) return []
  const rows = old.map(({ row }) => row)
  const own = await core.database.read<{ code: string }>(SUSPICION_CODES, [rows])
  await core.terms.keep([code, ...own.map((each) => fromText(each.code))])
  const expired = await core.database.transaction(async (session) => {
    const changes = new Changes()
    const taken = await takeWaiting(session, rows, changes)
    const suspicions = await takeSuspicions({ session }, rows)
    const reasonOf = (row: number): Reason => suspicions.get(row) ?? { code, message }
    await endWaiting({ session, terms: core.terms, changes }, taken, { state: 'expired', nowMs, reasonOf })
    await changes.write(session)
    return taken.map(({ row }) => ({ row, ...reasonOf(row) }))
  })
  return tell(core, expired)
}

const SUSPICION_CODES = 'select distinct code from waybill_store.suspicion where row = any ($1::bigint[])'
const WHOSE = `
  select row, pixel, name, id, long_id, timestamp_ms from waybill_store.account where row = any ($1::bigint[])`

interface WhoseColumns {
  readonly row: number
  readonly pixel: number
  readonly name: number
  readonly id: string | null
  readonly long_id: string | null
  readonly timestamp_ms: number
}

async function tell(
  { database, terms }: Core,
  expired: readonly Pick<ExpiredEvent, 'row' | 'code' | 'message'>[],
): Promise<ExpiredEvent[]> {
  const found = await database.read<WhoseColumns>(WHOSE, [expired.map(({ row }) => row)])
  await terms.load(found.flatMap(({ pixel, name }) => [pixel, name]))
  const byRow = new Map(found.map((columns) => [columns.row, columns]))
  return expired.map((each) => {
    const columns = byRow.get(each.row)!
    const { pixel, name, timestamp_ms } = columns
    const whose = { pixel: terms.text(pixel), name: terms.text(name), id: idOf(columns) ?? '' }
    return { ...each, ...whose, timestampMs: timestamp_ms }
  })
}

/** What is leased has not ended either; it is looked up by its account. */
const EXPIRING = `
  with parts as (${PARTS}), found as (
    select parts.pixel, few.timestamp_ms from parts cross join lateral (
      ${inRange('q.minute >= $4::bigint and q.minute <= $5::bigint and q.timestamp_ms >= $1::float8 and q.timestamp_ms < $2::float8', '$3::integer')}
    ) as few
    union all
    select l.pixel, a.timestamp_ms from waybill_store.lease as l cross join ${accountsOf('l.rows')} where a.timestamp_ms >= $1::float8 and a.timestamp_ms < $2::float8)
  select pixel, least(count(*), $3::integer) as events, min(timestamp_ms) as oldest_ms from found group by pixel order by pixel`

interface ExpiringRange {
  readonly fromMs: number
  readonly beforeMs: number
  readonly limit: number
}

async function expiring(core: Core, range: ExpiringRange): Promise<Expiring[]> {
  const rows = await readExpiring(core, range)
  await core.terms.load(rows.map(({ pixel }) => pixel))
  return rows.map(({ pixel, events, oldest_ms }) => ({
    pixel: core.terms.text(pixel),
    events,
    oldestTimestampMs: oldest_ms,
  }))
}

export interface ExpiringColumns {
  readonly pixel: number
  readonly events: number
  readonly oldest_ms: number
}

export async function readExpiring(
  { database }: Core,
  { fromMs, beforeMs, limit }: ExpiringRange,
): Promise<ExpiringColumns[]> {
  const minutes = [minuteOf(fromMs), lastMinuteBefore(beforeMs)]
  return database.read<ExpiringColumns>(EXPIRING, [fromMs, beforeMs, limit, ...minutes])
}

/** Taken out and put in again, as everything in a queue. */
const FORWARD = (lane: number): string => `
  with late as (
    delete from waybill_store.queue where lane = ${lane} and due_ms > $1::float8 and due_ms > timestamp_ms returning *),
  again as (
    insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
    select row, timestamp_ms, $2::bigint, pixel, shape, minute, lane, is_kept, true from late)
  select row from late`
const FORWARD_SUSPICIONS = `
  update waybill_store.suspicion as s set due_ms = $2::bigint from waybill_store.account as a
  where a.row = s.row and s.due_ms > $1::float8 and s.due_ms > a.timestamp_ms returning s.row`
const NOTE_DUE = `
  insert into waybill_store.tried (row, due_ms) select unnest($1::bigint[]), $2::bigint
  on conflict (row) do update set due_ms = excluded.due_ms`

async function bringForward({ database }: Core, { apart, afterMs, dueMs }: BringForwardCall): Promise<number> {
  return database.transaction(async (session) => {
    const moved = await session.query<{ row: number }>(FORWARD(apart ? -1 : 1), [afterMs, dueMs])
    const suspects = apart ? await session.query<{ row: number }>(FORWARD_SUSPICIONS, [afterMs, dueMs]) : []
    const rows = [...new Set([...moved, ...suspects].map(({ row }) => row))]
    if (rows.length > 0) await session.query(NOTE_DUE, [rows, dueMs])
    return rows.length
  })
}
