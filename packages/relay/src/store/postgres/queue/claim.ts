import type { LeaseQuery } from '../../lease.ts'
import { APART } from '../../state.ts'
import type { Core } from '../core.ts'
import { fromRanges } from '../row-ranges.ts'
import { sharedClock } from '../shared-clock.ts'
import type { Place } from './places.ts'

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

type Sizes = Pick<ClaimQuery, 'limit' | 'maxBytes' | 'unlessFullAcceptedByMs'>

/**
 * Takes events out of the queue and into a lease: one statement. The claim of the pixel is locked, so that whoever takes it over finds the
 * lease, or is waited for. What is sent of them is read afterwards (`contents.ts`): others may take the next ones meanwhile.
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
  parts as materialized (
    select shape, count(*) as events, max(array[minute, row]) as last, ${rowsOf()} as rows, ${rowsOf('is_kept')} as kept,
      ${rowsOf('is_tried')} as tried
    from gone group by shape),
  leased as (
    insert into waybill_store.lease (token, pixel, owner, until, rows, is_apart)
    select nextval('waybill_store.token'), $1::integer, $2::uuid, ${sharedClock('$3')} + $4::float8 * interval '1 millisecond',
      range_agg(rows), ${lane === APART}
    from parts having count(*) > 0 returning token),
  counted as (
    insert into waybill_store.tally (pixel, shape, kind, events) select $1::integer, shape, ${lane}, -events from parts)
  select l.token, p.shape, p.last[1] as minute, p.last[2] as row, p.rows::text as rows, p.kept::text as kept,
    p.tried::text as tried, (select count(*) from picked) as picked
  from parts as p cross join leased as l`
}

/** Those of a group, or of a part of it, as one multirange. */
function rowsOf(which = 'true'): string {
  return `range_agg(int8range(row, row + 1)) filter (where ${which})`
}

/** Of each shape. */
interface TakenColumns {
  readonly token: number
  readonly shape: number
  /** Of the one that comes last. */
  readonly minute: number
  readonly row: number
  readonly rows: string
  readonly kept: string | null
  readonly tried: string | null
  readonly picked: number
}

/** What was taken. */
export interface Taken {
  readonly token: number
  readonly isApart: boolean
  readonly rows: readonly number[]
  /** Of these a row of `kept_body`, or of `tried`, may be there. */
  readonly kept: ReadonlySet<number>
  readonly tried: ReadonlySet<number>
  /** The last place of each shape. */
  readonly last: ReadonlyMap<number, Place>
  /** All that was picked was taken. */
  readonly isAll: boolean
}

/** Leases what is picked, as far as nobody else took it. */
export async function claim(core: Core, picked: Picked, query: ClaimQuery): Promise<Taken | undefined> {
  const { database, owner, clockMs } = core
  const { pixel, leaseMs, lane } = query
  const values = [pixel, owner, clockMs() ?? null, leaseMs, ...picked.values]
  const parts = await database.query<TakenColumns>(claimSql(picked, query), values)
  const [first] = parts
  if (first === undefined) return undefined
  const all = (which: 'rows' | 'kept' | 'tried'): number[] => parts.flatMap((part) => fromRanges(part[which] ?? ''))
  const rows = all('rows')
  return {
    token: first.token,
    isApart: lane === APART,
    rows,
    kept: new Set(all('kept')),
    tried: new Set(all('tried')),
    last: new Map(parts.map(({ shape, minute, row }) => [shape, { minute, row }])),
    isAll: rows.length === first.picked,
  }
}
