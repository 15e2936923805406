import { assertLimit } from '../../arguments.ts'
import type { Lease, LeaseQuery } from '../../lease.ts'
import { lastMinuteBefore } from '../../minute.ts'
import { APART, READY, WAITING } from '../../state.ts'
import type { Values } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { claim, pickedRows, type Taken } from './claim.ts'
import { claimFresh } from './claim-fresh.ts'
import { leaseOf } from './contents.ts'
import { type FreshEvent, placeOf } from './fresh.ts'
import type { InTurn } from './in-turn.ts'
import { APART_SQL, type Candidate, MAKE_READY_SQL, pickSql, type Queues, type Read } from './pick.ts'
import { type PixelPlaces, type Place, START } from './places.ts'
import { between, spread } from './spread.ts'

const SHAPES = `
  select shape, kind from waybill_store.tally where pixel = $1 and kind in (${READY}, ${WAITING}) group by shape, kind having sum(events) > 0`

/** What is left to do once it is certain which events are leased, or none of them. Gives `undefined` where they were not to be had. */
type Rest = () => Promise<Lease | undefined>

/**
 * Leases what the query asks for; `undefined` where there is none of it. Which events those are is found in turn: lanes that look for some
 * of one pixel at a time would all find the same ones. The rest others need not wait for.
 */
export async function lease(core: Core, turns: InTurn, query: LeaseQuery): Promise<Lease | undefined> {
  for (;;) {
    const rest = await turns.run(query.pixel, () => choose(core, query))
    if (rest === undefined) return undefined
    const leased = await rest()
    if (leased !== undefined) return leased
  }
}

async function choose(core: Core, query: LeaseQuery): Promise<Rest | undefined> {
  assertLimit(query.limit)
  assertLimit(query.maxBytes ?? 1, 'maxBytes')
  await core.terms.find([query.pixel, ...(query.shapes ?? []), ...(query.exceptShapes ?? [])])
  const pixel = core.terms.found(query.pixel)
  if (isKnownToBeNone(core, pixel, query)) return undefined
  if (mayHaveLater(core, pixel)) await makeReady(core, pixel, query.nowMs)
  if (query.apart === true) return leaseApart(core, pixel, query)
  const known = core.places.of(pixel)
  const found = known && (await leaseFrom(core, pixel, known, query))
  return found ?? leaseFrom(core, pixel, await lookUp(core, pixel), query)
}

/**
 * What comes beside the usual is asked for before each lease, and is there seldom: new shapes, and what ends soon. As long as the places are
 * believed, they are enough to say that there is none.
 */
function isKnownToBeNone(core: Core, pixel: number, query: LeaseQuery): boolean {
  const { exceptShapes, timestampBeforeMs, apart, probe } = query
  const isUsual = exceptShapes === undefined && timestampBeforeMs === undefined
  const known = core.places.of(pixel)
  if (isUsual || apart === true || probe !== undefined || known === undefined || known.hasLater) return false
  const lastMinute = timestampBeforeMs === undefined ? Number.POSITIVE_INFINITY : lastMinuteBefore(timestampBeforeMs)
  // What comes first is known here then, though queues that were looked up from their start say nothing of it.
  if (known.isOwn && exceptShapes === undefined) return core.fresh.firstMinute(pixel) > lastMinute
  return [...shapesOf(core, known.shapes, query).values()].every(({ minute }) => minute > lastMinute)
}

/** Where the places are believed, they say whether anything waits for its time. */
function mayHaveLater({ places }: Core, pixel: number): boolean {
  return places.of(pixel)?.hasLater !== false
}

async function makeReady({ database, places }: Core, pixel: number, nowMs: number): Promise<void> {
  const made = await database.query<{ shape: number; minute: number }>(MAKE_READY_SQL, [pixel, nowMs])
  for (const { shape, minute } of made) places.noteAt(pixel, shape, { minute, row: 0 })
}

async function lookUp({ database, places, fresh }: Core, pixel: number): Promise<PixelPlaces> {
  fresh.follow(pixel)
  const rows = await database.read<{ shape: number; kind: number }>(SHAPES, [pixel])
  const of = (wanted: number): number[] => rows.filter(({ kind }) => kind === wanted).map(({ shape }) => shape)
  return places.set(pixel, of(READY), of(WAITING).length > 0)
}

async function leaseFrom(core: Core, pixel: number, places: PixelPlaces, query: LeaseQuery): Promise<Rest | undefined> {
  const queues = { pixel, shapes: shapesOf(core, places.shapes, query), claiming: core.fresh.claiming(pixel) }
  if (queues.shapes.size === 0) return undefined
  const { probe, spread: far = 0, perShape, timestampBeforeMs } = query
  const isPlain = probe === undefined && perShape === undefined && timestampBeforeMs === undefined
  if (isPlain) return leasePlain(core, queues, places, query)
  if (probe === undefined && (far === 0 || perShape === undefined)) return leasePicked(core, queues, query)
  const rows =
    probe === undefined ? await spread(reader(core, queues, query), query) : await probed(core, queues, query)
  return leaseRows(core, pixel, READY, rows, query)
}

/** Queues of the shapes that are asked for. */
function shapesOf({ terms }: Core, all: ReadonlyMap<number, Place>, query: LeaseQuery): Map<number, Place> {
  const { shapes, exceptShapes = [] } = query
  const only = shapes === undefined ? undefined : new Set(shapes.map((shape) => terms.found(shape)))
  const except = new Set(exceptShapes.map((shape) => terms.found(shape)))
  return new Map([...all].filter(([shape]) => (only === undefined || only.has(shape)) && !except.has(shape)))
}

/** The usual case: all that comes first. What it takes, nobody has to read over again, and what arrived here lately nobody reads at all. */
async function leasePlain(
  core: Core,
  queues: Queues,
  { version, isFresh, isOwn }: PixelPlaces,
  query: LeaseQuery,
): Promise<Rest | undefined> {
  // Where there is none of it, the caller looks from the start.
  if (isOwn && query.unlessFullAcceptedByMs === undefined) return leaseFresh(core, queues, query)
  const { places, fresh } = core
  const { pixel } = queues
  const others = places.othersOf(pixel)
  const startedMs = performance.now()
  const taken = await leaseFirst(core, queues, query)
  if (isFresh) places.took(pixel, performance.now() - startedMs)
  if (taken === undefined) {
    if (query.unlessFullAcceptedByMs === undefined) places.own(pixel, others)
    return undefined
  }
  places.advance(pixel, version, behind(taken))
  if (isLast(taken, query) || taken.rows.every((row) => fresh.has(pixel, row))) places.own(pixel, others)
  else places.disown(pixel)
  fresh.drop(pixel, taken.rows)
  return restOf(core, taken)
}

/** Nothing was left by it. */
function isLast({ rows, isAll }: Taken, { limit }: LeaseQuery): boolean {
  return isAll && rows.length < limit
}

/** What arrived here and comes first; `undefined` where there is none of it. */
function leaseFresh(core: Core, { pixel, shapes }: Queues, query: LeaseQuery): Rest | undefined {
  const { limit, maxBytes, leaseMs } = query
  const fresh = core.fresh.take(pixel, { shapes, limit, maxBytes })
  return fresh.length === 0 ? undefined : () => leaseThese(core, fresh, { pixel, leaseMs })
}

/** What is no more as it arrived is left to those who read it. */
async function leaseThese(
  core: Core,
  fresh: readonly FreshEvent[],
  about: { readonly pixel: number; readonly leaseMs: number },
): Promise<Lease | undefined> {
  let lease: Lease | undefined
  try {
    lease = await claimFresh(core, fresh, about)
    return lease
  } finally {
    core.fresh.claimed(about.pixel, fresh)
    noteLeft(core, fresh, lease)
  }
}

/** They are known here no longer and wait still; lanes that left them out have read past them. */
function noteLeft({ places }: Core, fresh: readonly FreshEvent[], lease: Lease | undefined): void {
  if (lease?.events.length === fresh.length) return
  const leased = new Set(lease?.events.map(({ row }) => row))
  for (const one of fresh) if (!leased.has(one.event.row)) places.noteAt(one.held.pixel, one.held.shape, placeOf(one))
}

function restOf(core: Core, taken: Taken | undefined): Rest | undefined {
  return taken === undefined ? undefined : () => leaseOf(core, taken)
}

async function leasePicked(core: Core, queues: Queues, query: LeaseQuery): Promise<Rest | undefined> {
  return restOf(core, await leaseFirst(core, queues, query))
}

function leaseFirst(core: Core, queues: Queues, query: LeaseQuery): Promise<Taken | undefined> {
  const picked = pickSql(queues, { ...query, takesHeld: false }, FIRST_OF_CLAIM)
  return claim(core, picked, { ...query, pixel: queues.pixel, lane: READY })
}

/** Parameters of a claim before those of what it picks. */
const FIRST_OF_CLAIM = 5

/** Behind what was taken of each shape. */
function behind({ last }: Taken): Map<number, Place> {
  return new Map([...last].map(([shape, { minute, row }]) => [shape, { minute, row: row + 1 }]))
}

function reader(core: Core, { pixel, shapes, claiming }: Queues, { timestampBeforeMs, probe }: LeaseQuery): Read {
  return async (reading, { shapes: only = [...shapes.keys()], from } = {}) => {
    const queues = { pixel, shapes: new Map(only.map((shape) => [shape, from ?? START])), claiming }
    const neverSent = probe?.neverSent === true
    const whole = {
      ...reading,
      ...(timestampBeforeMs !== undefined && { timestampBeforeMs }),
      takesHeld: probe !== undefined,
      neverSent,
    }
    const { sql, values } = pickSql(queues, whole, 2)
    return core.database.read<Candidate>(sql, [pixel, ...values] as Values)
  }
}

async function probed(core: Core, queues: Queues, query: LeaseQuery): Promise<number[]> {
  const read = reader(core, queues, query)
  const { limit, perShape, probe } = query
  const reading = { limit, perShape }
  if (probe?.order === 'between') return rowsOf(await between(read, reading))
  return rowsOf(await read({ ...reading, isDescending: probe?.order === 'newest' }))
}

function rowsOf(candidates: readonly Candidate[]): number[] {
  return candidates.map(({ row }) => row)
}

async function leaseApart(core: Core, pixel: number, query: LeaseQuery): Promise<Rest | undefined> {
  const { nowMs, shapes, exceptShapes = [], timestampBeforeMs, probe, limit, perShape = limit } = query
  const found = (texts: readonly string[]): number[] => texts.map((text) => core.terms.found(text))
  const values = [
    pixel,
    nowMs,
    shapes === undefined ? null : found(shapes),
    found(exceptShapes),
    timestampBeforeMs ?? null,
    probe !== undefined,
    perShape,
    limit,
  ]
  const rows = await core.database.read<{ row: number }>(APART_SQL, values)
  return leaseRows(
    core,
    pixel,
    APART,
    rows.map(({ row }) => row),
    query,
  )
}

async function leaseRows(
  core: Core,
  pixel: number,
  lane: number,
  rows: readonly number[],
  query: LeaseQuery,
): Promise<Rest | undefined> {
  if (rows.length === 0) return undefined
  return restOf(core, await claim(core, pickedRows(rows), { ...query, pixel, lane }))
}
