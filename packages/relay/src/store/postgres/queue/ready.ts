import type { Ready } from '../../lease.ts'
import { Turn } from '../../turn.ts'
import type { Core } from '../core.ts'

/** Of each pixel with something waiting: whose it is, and what of it is due or held. From the counts, which no old row makes slower. */
const READY = `
  with waiting as (
    select pixel, shape, kind from waybill_store.tally where kind in (-1, 0, 1) group by pixel, shape, kind having sum(events) > 0),
  parts as (
    select w.pixel, w.kind, c.relay, exists (
        select from waybill_store.hold as h where h.pixel = w.pixel and h.shape in (0, w.shape)) as is_held,
      case w.kind when 0 then true
        when 1 then exists (
          select from waybill_store.queue as q
          where q.lane = 1 and q.pixel = w.pixel and q.shape = w.shape and q.due_ms <= $2::float8)
        else exists (
          select from waybill_store.queue as q
          where q.lane = -1 and q.pixel = w.pixel and q.shape = w.shape and q.due_ms <= $2::float8) end as is_due
    from waiting as w left join waybill_store.claim as c on c.pixel = w.pixel)
  select pixel, relay is not null as is_mine, bool_or(is_due and not is_held) as is_ready,
    bool_or(is_due and not is_held and kind = -1) as is_apart, bool_or(is_held) as is_held
  from parts where relay is null or relay = $1::uuid group by pixel, relay order by pixel`

/** What becomes due later, of one's own pixels. */
const LATER = `
  select (select version from waybill_store.hold_version) as holds_version, (
    select min(due.due_ms) from waybill_store.claim as c cross join lateral (
      (select due_ms from waybill_store.queue as q where q.lane = 1 and q.pixel = c.pixel and q.due_ms > $2::float8
        order by due_ms limit 1)
      union all
      (select due_ms from waybill_store.queue as q where q.lane = -1 and q.pixel = c.pixel and q.due_ms > $2::float8
        order by due_ms limit 1)) as due
    where c.relay = $1::uuid) as next_due_ms`

interface ReadyRow {
  readonly pixel: number
  readonly is_mine: boolean
  readonly is_ready: boolean
  readonly is_apart: boolean
  readonly is_held: boolean
}

/** Whose turn it is, of each list. */
export class Turns {
  readonly pixels: Turn = new Turn()
  readonly apart: Turn = new Turn()
  readonly held: Turn = new Turn()
  readonly unclaimed: Turn = new Turn()
}

export async function ready(core: Core, turns: Turns, nowMs: number, limit: number | undefined): Promise<Ready> {
  const { database, terms, owner } = core
  const [rows, [later]] = await Promise.all([
    database.read<ReadyRow>(READY, [owner, nowMs]),
    database.read<{ holds_version: number; next_due_ms: number | null }>(LATER, [owner, nowMs]),
  ])
  await terms.load(rows.map(({ pixel }) => pixel))
  const textsOf = (some: readonly ReadyRow[]): string[] => some.map(({ pixel }) => terms.text(pixel))
  const mine = rows.filter(({ is_mine }) => is_mine)
  const nobodys = rows.filter((row) => !row.is_mine && (row.is_ready || row.is_held))
  return {
    pixels: turns.pixels.take(textsOf(mine.filter(({ is_ready }) => is_ready)), limit),
    apart: turns.apart.take(textsOf(mine.filter(({ is_apart }) => is_apart)), limit),
    nextDueMs: later?.next_due_ms ?? undefined,
    several: {
      held: turns.held.take(textsOf(mine.filter(({ is_held }) => is_held)), limit),
      unclaimed: turns.unclaimed.take(textsOf(nobodys), limit),
      holdsVersion: later!.holds_version,
    },
  }
}
