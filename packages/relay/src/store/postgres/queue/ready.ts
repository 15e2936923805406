import type { Ready } from '../../lease.ts'
import type { Core } from '../core.ts'

const READY = `
  with waiting as (
    select pixel, shape, kind from waybill_store.tally where kind in (-1, 0, 1) group by pixel, shape, kind having sum(events) > 0),
  free as (
    select pixel, shape, kind from waiting as w where not exists (
      select from waybill_store.hold as h where h.pixel = w.pixel and h.shape in (0, w.shape))),
  due as (
    select pixel, kind from free where kind = 0
    union select pixel, kind from free where kind = 1 and exists (
      select from waybill_store.queue as q
      where q.lane = 1 and q.pixel = free.pixel and q.shape = free.shape and q.due_ms <= $1::float8)
    union select pixel, kind from free where kind = -1 and exists (
      select from waybill_store.queue as q
      where q.lane = -1 and q.pixel = free.pixel and q.shape = free.shape and q.due_ms <= $1::float8))
  select pixel, bool_or(kind = -1) as is_apart, null::bigint as next_due_ms from due group by pixel
  union all select null, false, (select min(due_ms) from waybill_store.queue where lane <> 0 and due_ms > $1::float8)
  order by pixel nulls last`

interface ReadyRow {
  readonly pixel: number | null
  readonly is_apart: boolean
  readonly next_due_ms: number | null
}

/** From the counts, which no row that somebody else's snapshot keeps makes slower. */
export async function ready({ database, terms }: Core, nowMs: number): Promise<Ready> {
  const rows = await database.read<ReadyRow>(READY, [nowMs])
  const due = rows.filter((row): row is ReadyRow & { readonly pixel: number } => row.pixel !== null)
  await terms.load(due.map(({ pixel }) => pixel))
  return {
    pixels: due.map(({ pixel }) => terms.text(pixel)),
    apart: due.filter(({ is_apart }) => is_apart).map(({ pixel }) => terms.text(pixel)),
    nextDueMs: rows.at(-1)?.next_due_ms ?? undefined,
  }
}
