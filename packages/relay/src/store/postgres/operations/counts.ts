import type { Counts, PixelStatus, ShapeStatus } from '../../counts.ts'
import type { Hold } from '../../hold.ts'
import { ACCEPTED, DELIVERED, DISCARDED, EXPIRED, isLive, REFUSED } from '../../state.ts'
import { SUSPICION_KINDS } from '../../suspicion.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { accountsOf } from '../queue/give-back.ts'
import { holdOf } from '../situation.ts'
import { NONE } from '../terms.ts'
import { reading } from './accounts.ts'

/** Counts, leases and holds of one moment. */
const COUNTED = `
  select 'count' as what, pixel, shape, kind::integer as kind, sum(events)::bigint as events from waybill_store.tally
  group by pixel, shape, kind
  union all
  select 'sending', l.pixel, 0, 0, sum(upper(part.range) - lower(part.range))::bigint
  from waybill_store.lease as l cross join unnest(l.rows) as part (range) group by l.pixel
  union all
  select 'hold', pixel, shape, 0, 0 from waybill_store.hold`

interface CountedRow {
  readonly what: 'count' | 'sending' | 'hold'
  readonly pixel: number
  readonly shape: number
  readonly kind: number
  readonly events: number
}

/** All counts of one pixel. */
interface Counted {
  readonly kinds: Record<number, number>
  /** What waits, by shape. */
  readonly waiting: Map<number, number>
  readonly held: Set<number>
  sending: number
}

async function readCounted(session: Session): Promise<Map<number, Counted>> {
  const pixels = new Map<number, Counted>()
  for (const { what, pixel, shape, kind, events } of await session.query<CountedRow>(COUNTED)) {
    const of: Counted = pixels.get(pixel) ?? { kinds: {}, waiting: new Map(), held: new Set(), sending: 0 }
    pixels.set(pixel, of)
    if (what === 'hold') of.held.add(shape)
    else if (what === 'sending') of.sending += events
    else if (isLive(kind)) of.waiting.set(shape, (of.waiting.get(shape) ?? 0) + events)
    else of.kinds[kind] = (of.kinds[kind] ?? 0) + events
  }
  return pixels
}

function countsOf({ kinds, waiting, held, sending }: Counted): Counts {
  let [queued, isHeld] = [0, 0]
  for (const [shape, events] of waiting)
    if (held.has(NONE) || held.has(shape)) isHeld += events
    else queued += events
  const of = (kind: number): number => kinds[kind] ?? 0
  const ended = { delivered: of(DELIVERED), refused: of(REFUSED), expired: of(EXPIRED), discarded: of(DISCARDED) }
  const states = { queued, sending, held: isHeld, ...ended }
  const found = Object.values(states).reduce((sum, events) => sum + events, 0)
  return { accepted: of(ACCEPTED), ...states, unaccounted: of(ACCEPTED) - found }
}

/** How many are where, by pixel. */
export async function countsByPixel(session: Session): Promise<ReadonlyMap<number, Counts>> {
  return new Map([...(await readCounted(session))].map(([pixel, counted]) => [pixel, countsOf(counted)]))
}

export async function counts(core: Core): Promise<Counts> {
  const all = [...(await readCounted(reading(core))).values()].map(countsOf)
  const sum = (key: keyof Counts): number => all.reduce((events, one) => events + one[key], 0)
  return {
    accepted: sum('accepted'),
    queued: sum('queued'),
    sending: sum('sending'),
    held: sum('held'),
    delivered: sum('delivered'),
    refused: sum('refused'),
    expired: sum('expired'),
    discarded: sum('discarded'),
    unaccounted: sum('unaccounted'),
  }
}

/** Of each queue the event whose minute is the earliest. */
const OLDEST = `
  with parts as (
    select pixel, shape from waybill_store.tally where kind in (-1, 0, 1) group by pixel, shape having sum(events) > 0)
  select parts.pixel, min(first.timestamp_ms) as oldest_ms from parts cross join lateral (
    (select timestamp_ms from waybill_store.queue as q where q.lane = 0 and q.pixel = parts.pixel and q.shape = parts.shape
      order by minute, row limit 1)
    union all
    (select timestamp_ms from waybill_store.queue as q where q.lane <> 0 and q.pixel = parts.pixel and q.shape = parts.shape
      order by minute, row limit 1)) as first
  group by parts.pixel`
const SUSPECTS = 'select pixel, kind, count(*) as events from waybill_store.suspicion group by pixel, kind'

export async function pixels(core: Core): Promise<PixelStatus[]> {
  const { database, terms } = core
  const counted = [...(await readCounted(reading(core)))].filter(([, { kinds }]) => kinds[ACCEPTED] !== undefined)
  const oldest = await database.read<{ pixel: number; oldest_ms: number }>(OLDEST)
  const suspects = await database.read<{ pixel: number; kind: string; events: number }>(SUSPECTS)
  const held = await readHolds(core.database)
  await terms.load(counted.map(([pixel]) => pixel))
  const statuses: PixelStatus[] = []
  for (const [pixel, of] of counted.sort(([a], [b]) => a - b)) {
    const own = suspects.filter((each) => each.pixel === pixel)
    const isHolding = [...of.held].some((shape) => shape !== NONE)
    statuses.push({
      pixel: terms.text(pixel),
      counts: countsOf(of),
      oldestTimestampMs: oldest.find((each) => each.pixel === pixel)?.oldest_ms,
      hold: held.find((each) => each.pixel === pixel && each.shape === NONE)?.hold,
      heldShapes: isHolding ? (await shapesOf(core, pixel)).filter(({ hold }) => hold !== undefined) : [],
      suspects: own.reduce((sum, { events }) => sum + events, 0),
      suspectsByKind: Object.fromEntries(
        SUSPICION_KINDS.map((kind) => [kind, own.find((each) => each.kind === kind)?.events ?? 0]),
      ) as PixelStatus['suspectsByKind'],
    })
  }
  return statuses
}

export interface HeldNumber {
  readonly pixel: number
  readonly shape: number
  readonly hold: Hold
}

export async function readHolds(session: Session): Promise<HeldNumber[]> {
  const sql = 'select pixel, shape, code, message, at_ms, by from waybill_store.hold order by version'
  const rows = await session.query<{
    pixel: number
    shape: number
    code: string
    message: string
    at_ms: number
    by: string
  }>(sql)
  return rows.map((row) => ({ pixel: row.pixel, shape: row.shape, hold: holdOf(row) }))
}

/** What has not ended, by shape; what is leased is looked up by its account. */
const LIVE_SHAPES = `
  select shape, sum(events)::bigint as events from (
    select shape, sum(events) as events from waybill_store.tally where pixel = $1 and kind in (-1, 0, 1) group by shape
    union all
    select a.shape, count(*) from waybill_store.lease as l cross join ${accountsOf('l.rows')} where l.pixel = $1 group by a.shape) as all_of
  group by shape`

export async function shapes(core: Core, pixel: string): Promise<ShapeStatus[]> {
  await core.terms.find([pixel])
  return shapesOf(core, core.terms.found(pixel))
}

async function shapesOf(core: Core, pixel: number): Promise<ShapeStatus[]> {
  const live = await core.database.read<{ shape: number; events: number }>(LIVE_SHAPES, [pixel])
  const held = (await readHolds(core.database)).filter((each) => each.pixel === pixel && each.shape !== NONE)
  const events = new Map(live.filter((each) => each.events > 0).map((each) => [each.shape, each.events]))
  const all = new Set([...events.keys(), ...held.map(({ shape }) => shape)])
  await core.terms.load(all)
  return [...all].map((shape) => ({
    shape: core.terms.text(shape),
    events: events.get(shape) ?? 0,
    hold: held.find((each) => each.shape === shape)?.hold,
  }))
}
