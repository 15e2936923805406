import type { LeaseQuery } from '../../lease.ts'
import { lastMinuteBefore } from '../../minute.ts'
import { toRanges } from '../row-ranges.ts'
import type { Picked } from './claim.ts'
import { type Place, START } from './places.ts'

/** The queues to read from: one of each shape, from a place on. */
export interface Queues {
  readonly pixel: number
  readonly shapes: ReadonlyMap<number, Place>
  /** Rows that this relay is about to take out: whoever took them too would wait for a lock, and come away with less. */
  readonly claiming: ReadonlySet<number>
}

/** How to read them. */
export interface Reading extends Pick<LeaseQuery, 'limit' | 'timestampBeforeMs'> {
  /** At most so many of each shape. */
  readonly perShape?: number | undefined
  readonly isDescending?: boolean
  /** What is held, too. */
  readonly takesHeld: boolean
  /** Only what never ended, no request has carried, and cannot be stored. */
  readonly neverSent?: boolean
}

const NEVER_SENT = `
  and not exists (
    select from waybill_store.account as a where a.row = queue.row and a.is_reopened)
  and not exists (
    select from waybill_store.tried as t where t.row = queue.row and (t.attempts > 0 or t.may_be_stored))`

/**
 * The first of several queues in the order of minute and row. A branch for each shape reads the index in its order, so that no more is read
 * than is taken, whatever else waits. Parameters begin at `$first`; the pixel is `$1`.
 */
export function pickSql({ shapes, claiming }: Queues, reading: Reading, first: number): Picked {
  const values: unknown[] = []
  const parameter = (value: unknown, type = 'bigint'): string => `$${values.push(value) + first - 1}::${type}`
  const { limit, perShape = limit, timestampBeforeMs, isDescending = false, takesHeld, neverSent = false } = reading
  const order = isDescending ? 'minute desc, row desc' : 'minute, row'
  const filters = [
    timestampBeforeMs === undefined
      ? ''
      : `and minute <= ${parameter(lastMinuteBefore(timestampBeforeMs))} and timestamp_ms < ${parameter(timestampBeforeMs, 'float8')}`,
    neverSent ? NEVER_SENT : '',
    claiming.size === 0 ? '' : `and not queue.row <@ ${parameter(toRanges(claiming), 'int8multirange')}`,
  ].join(' ')
  const branches = [...shapes].map(([shape, place]) => {
    const of = parameter(shape, 'integer')
    const held = takesHeld
      ? ''
      : `and not exists (select from waybill_store.hold where pixel = $1 and shape in (0, ${of}))`
    const from = place === START ? '' : `and (minute, row) >= (${parameter(place.minute)}, ${parameter(place.row)})`
    return `(select row, minute, shape from waybill_store.queue where lane = 0 and pixel = $1 and shape = ${of} ${from} ${filters} ${held}
      order by ${order} limit ${Math.min(perShape, limit)})`
  })
  const sql = `select row, minute, shape from (${branches.join(' union all ')}) as any_of order by ${order} limit ${limit}`
  return { sql, order: 'p.minute, p.row', values }
}

/** An event that can be leased. */
export interface Candidate {
  readonly row: number
  readonly minute: number
  readonly shape: number
}

/** Reads candidates of some queues: of all shapes from the start, or as the part says. */
export type Read = (
  reading: Pick<Reading, 'limit' | 'isDescending' | 'perShape'>,
  part?: { readonly shapes?: readonly number[]; readonly from?: Place },
) => Promise<Candidate[]>

/** Those that are apart and due, in the order in which they were due. */
export const APART_SQL = `
  select row from (
    select row, shape, due_ms, timestamp_ms,
      row_number() over (partition by shape order by due_ms, timestamp_ms, row) as place
    from waybill_store.queue as q
    where lane = -1 and pixel = $1::integer and due_ms <= $2::float8
      and ($3::integer[] is null or shape = any ($3::integer[])) and not shape = any ($4::integer[])
      and ($5::float8 is null or timestamp_ms < $5::float8)
      and ($6::boolean or not exists (
        select from waybill_store.hold as h where h.pixel = q.pixel and h.shape in (0, q.shape)))) as able
  where place <= $7 order by due_ms, timestamp_ms, row limit $8`

/** What was not due and is now stays so, also when the clock steps back. */
export const MAKE_READY_SQL = `
  with due as (
    delete from waybill_store.queue where row in (
      select row from waybill_store.queue where lane = 1 and pixel = $1::integer and due_ms <= $2::float8
      order by due_ms limit 5000 for update skip locked)
    returning *),
  ready as (
    insert into waybill_store.queue (row, timestamp_ms, due_ms, pixel, shape, minute, lane, is_kept, is_tried)
    select row, timestamp_ms, due_ms, pixel, shape, minute, 0, is_kept, is_tried from due),
  counted as (
    insert into waybill_store.tally (pixel, shape, kind, events)
    select pixel, shape, kind, events * sign from (select pixel, shape, count(*) as events from due group by pixel, shape) as few
      cross join (values (1, -1), (0, 1)) as moved (kind, sign))
  select shape, min(minute) as minute from due group by shape`
