import type { ContextKey } from '../../context-key.ts'
import type { Lease, LeasedEvent, LeaseQuery } from '../../lease.ts'
import { idOf } from '../account-columns.ts'
import type { Core } from '../core.ts'
import { sharedClock } from '../shared-clock.ts'
import { suspicionOf } from '../situation.ts'
import { fromText } from '../text.ts'
import type { HeldEvent } from './lease-book.ts'

/** What to lease: a part of a statement that gives `picked (row, ...)`, and the order that it is taken in. */
export interface Picked {
  readonly sql: string
  readonly order: string
  /** Further parameters of it; the first is `$5`. */
  readonly values: readonly unknown[]
}

export interface ClaimQuery extends Pick<LeaseQuery, 'limit' | 'leaseMs' | 'maxBytes' | 'unlessFullAcceptedByMs'> {
  readonly pixel: number
  readonly lane: number
}

/** Rows that were chosen already, in their order. */
export function pickedRows(rows: readonly number[]): Picked {
  return {
    sql: 'select row, at from unnest($5::bigint[]) with ordinality as given (row, at)',
    order: 'p.at',
    values: [rows],
  }
}

const SIZED = (order: string): string => `
  sized as (
    select p.row, sum(a.bytes) over (order by ${order}) - a.bytes as before
    from picked as p join waybill_store.account as a on a.row = p.row),`

/** Whether there is enough for a request that may wait until it is full. */
function enough({ limit, maxBytes, unlessFullAcceptedByMs }: Sizes): string {
  const isFull = maxBytes === undefined ? '' : `or sum(a.bytes) >= ${maxBytes}`
  return `
  enough as (
    select from picked as p join waybill_store.account as a on a.row = p.row
    having count(*) >= ${limit} ${isFull} or min(a.accepted_ms) <= ${unlessFullAcceptedByMs}),`
}

/** Asked where it may be there, and where the day of the body is gone. */
const KEPT = '(select k.wire from waybill_store.kept_body as k where k.row = g.row)'

type Sizes = Pick<ClaimQuery, 'limit' | 'maxBytes' | 'unlessFullAcceptedByMs'>

/**
 * Takes events out of the queue and into a lease, and reads what is sent of them: one statement. The claim of the pixel is locked, so that
 * whoever takes it over finds the lease, or is waited for.
 */
export function claimSql({ sql, order }: Picked, query: Pick<ClaimQuery, 'lane'> & Sizes): string {
  const { lane, maxBytes, unlessFullAcceptedByMs } = query
  const isPatient = unlessFullAcceptedByMs !== undefined
  const source = maxBytes === undefined ? 'picked' : 'sized'
  const conditions = [
    ...(maxBytes === undefined ? [] : [`source.before < ${maxBytes}`]),
    ...(isPatient ? ['exists (select from enough)'] : []),
  ]
  return `
  with mine as materialized (
    select from waybill_store.claim where pixel = $1::integer and relay = $2::uuid for share),
  picked as materialized (${sql}),${maxBytes === undefined ? '' : SIZED(order)}${isPatient ? enough(query) : ''}
  gone as (
    delete from waybill_store.queue as q using ${source} as source where q.row = source.row and q.lane = ${lane}
      and exists (select from mine) ${conditions.map((condition) => `and ${condition}`).join(' ')}
    returning q.row, q.shape, q.minute, q.is_kept, q.is_tried),
  leased as (
    insert into waybill_store.lease (token, pixel, owner, until, rows, is_apart)
    select nextval('waybill_store.token'), $1::integer, $2::uuid, ${sharedClock('$3')} + $4::float8 * interval '1 millisecond',
      range_agg(int8range(row, row + 1)), ${lane === -1}
    from gone having count(*) > 0 returning token),
  counted as (
    insert into waybill_store.tally (pixel, shape, kind, events) select $1::integer, shape, ${lane}, -count(*) from gone group by shape)
  select l.token, g.row, g.minute, g.is_kept, g.is_tried, a.name, a.id, a.long_id, a.pixel, a.shape, a.source, a.currency, a.amount,
    a.timestamp_ms, a.accepted_ms, a.bytes, a.contexts, coalesce(
      case when g.is_kept then ${KEPT} end, b.wire, ${KEPT}) as wire, b.row is null as is_out_of_day,
    coalesce(t.attempts, 0) as attempts, coalesce(t.may_be_stored, false) as may_be_stored,
    s.kind, s.times, s.first_ms, s.code as suspicion_code, s.message as suspicion_message
  from gone as g cross join leased as l
  join waybill_store.account as a on a.row = g.row
  left join waybill_store.body as b on b.day = a.day and b.row = a.row
  left join waybill_store.tried as t on t.row = case when g.is_tried then g.row end
  left join waybill_store.suspicion as s on ${lane === -1} and s.row = g.row`
}

interface ClaimedRow {
  readonly token: number
  readonly row: number
  readonly minute: number
  readonly is_kept: boolean
  readonly is_tried: boolean
  readonly is_out_of_day: boolean
  readonly name: number
  readonly id: string | null
  readonly long_id: string | null
  readonly pixel: number
  readonly shape: number
  readonly source: number
  readonly currency: number | null
  readonly amount: number | null
  readonly timestamp_ms: number
  readonly accepted_ms: number
  readonly bytes: number
  readonly contexts: string | null
  readonly wire: string | null
  readonly attempts: number
  readonly may_be_stored: boolean
  readonly kind: string | null
  readonly times: number | null
  readonly first_ms: number | null
  readonly suspicion_code: string | null
  readonly suspicion_message: string | null
}

export interface Claimed {
  readonly lease: Lease
  readonly taken: readonly { readonly row: number; readonly shape: number; readonly minute: number }[]
}

/** Leases what is picked, as far as nobody else took it. */
export async function claim(core: Core, picked: Picked, query: ClaimQuery): Promise<Claimed | undefined> {
  const { database, terms, owner, clockMs, leases } = core
  const { pixel, leaseMs } = query
  const values = [pixel, owner, clockMs() ?? null, leaseMs, ...picked.values]
  const rows = await database.query<ClaimedRow>(claimSql(picked, query), values)
  const [first] = rows
  if (first === undefined) return undefined
  await terms.load(rows.flatMap(({ name, shape }) => [name, shape]))
  leases.add(first.token, rows.map(heldEvent))
  const events = rows
    .map((row) => leasedEvent(core, row))
    .sort((a, b) => a.timestampMs - b.timestampMs || a.row - b.row)
  return { lease: { token: first.token, events }, taken: rows }
}

function heldEvent(columns: ClaimedRow): HeldEvent {
  const {
    row,
    pixel,
    name,
    shape,
    source,
    currency,
    amount,
    accepted_ms,
    timestamp_ms,
    is_kept,
    is_tried,
    is_out_of_day,
    kind,
  } = columns
  const facts = { pixel, name, shape, source, currency, amount, acceptedMs: accepted_ms, timestampMs: timestamp_ms }
  return { row, ...facts, hasMore: is_kept || is_tried || is_out_of_day || kind !== null }
}

function leasedEvent({ terms }: Core, columns: ClaimedRow): LeasedEvent {
  const { row, name, shape, bytes, wire, timestamp_ms, accepted_ms, attempts, may_be_stored, contexts } = columns
  if (wire === null) throw new Error(`Event ${row} waits and has no body: the integrity check says more.`)
  const suspicion = suspicionOf(columns)
  return {
    row,
    name: terms.text(name),
    id: idOf(columns) ?? '',
    wire: fromText(wire),
    bytes,
    shape: terms.text(shape),
    timestampMs: timestamp_ms,
    acceptedMs: accepted_ms,
    attempts,
    mayBeStored: may_be_stored,
    ...(contexts !== null && { contexts: JSON.parse(contexts) as ContextKey[] }),
    ...(suspicion !== undefined && { suspicion }),
  }
}
