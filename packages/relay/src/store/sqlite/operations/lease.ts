import type { ContextKey } from '../../context-key.ts'
import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../../lease.ts'
import type { Core } from '../core.ts'
import type { LeasedRow } from '../lease-book.ts'
import { pick } from '../pick.ts'

/** Leases what is ready. Only memory changes. */
export function lease(core: Core, pixel: number, query: LeaseQuery): Lease | undefined {
  const picked = pick(core, pixel, leasableShapes(core, pixel, query), query)
  if (picked.length === 0) return undefined
  let events: LeasedEvent[] = []
  try {
    events = readWithin(core, picked, query.maxBytes ?? Number.POSITIVE_INFINITY)
  } finally {
    // What has no room in this lease, or could not be read, was picked for nothing.
    for (const place of picked.slice(events.length)) core.frontier.lower(pixel, place.shape, place)
  }
  const untilMs = query.nowMs + query.leaseMs
  const token = core.leases.open(picked.slice(0, events.length), untilMs)
  return { token, untilMs, events: events.sort(byTime) }
}

/** So many are read first, to see how large they are. */
const FIRST_READ = 16

/** The events of the first places, until they have so many bytes; a place more than fits is hardly ever read. */
function readWithin(core: Core, places: readonly LeasedRow[], maxBytes: number): LeasedEvent[] {
  const leased: LeasedEvent[] = []
  let bytes = 0
  while (leased.length < places.length && bytes < maxBytes) {
    const room = leased.length === 0 ? FIRST_READ : ((maxBytes - bytes) * leased.length) / bytes
    const count = Number.isFinite(maxBytes) ? Math.max(1, Math.floor(room)) : places.length
    const rows = places.slice(leased.length, leased.length + count).map(({ row }) => row)
    for (const event of readLeased(core, rows)) {
      if (bytes < maxBytes) leased.push(event)
      bytes += event.bytes
    }
  }
  for (const { row } of leased) core.fresh.take(row)
  return leased
}

function leasableShapes(core: Core, pixel: number, { shapes, exceptShapes, probe }: LeaseQuery): number[] {
  const only = shapes === undefined ? undefined : new Set(shapes.map((shape) => core.terms.find(shape)))
  const except = new Set(exceptShapes?.map((shape) => core.terms.find(shape)))
  return core.tally.shapes(pixel).filter((shape) => {
    if (only !== undefined && !only.has(shape)) return false
    return !except.has(shape) && isFree(core, pixel, shape, probe ?? false)
  })
}

/** Whether a shape has ready events in no lease, and no hold that counts. */
function isFree({ tally, leases, holds }: Core, pixel: number, shape: number, probe: boolean): boolean {
  if (!probe && holds.covering(pixel, shape) !== undefined) return false
  return tally.ready(pixel, shape) > leases.sending(pixel, shape)
}

function byTime(a: LeasedEvent, b: LeasedEvent): number {
  return a.timestampMs - b.timestampMs || a.row - b.row
}

/** In the order of the rows. */
function readLeased(core: Core, rows: readonly number[]): LeasedEvent[] {
  const fresh = rows.map((row) => core.fresh.look(row))
  const missing = rows.filter((_, at) => fresh[at] === undefined)
  const read = missing.length === 0 ? [] : readRows(core, missing)
  if (read.length < missing.length) throw new Error('Some events are queued, but not all of them exist.')
  let at = 0
  const leased = fresh.map((event) => event ?? read[at++]!)
  return core.hasLinks ? withContexts(leased, core.statements.links.get(JSON.stringify(rows))) : leased
}

function readRows({ statements, terms }: Core, rows: readonly number[]): LeasedEvent[] {
  return statements.selectLeased(rows).map(({ row, name, id, wire, shape, timestamp_ms, accepted_ms, attempts }) => ({
    row,
    name: terms.text(name),
    id,
    wire,
    bytes: Buffer.byteLength(wire),
    shape: terms.text(shape),
    timestampMs: timestamp_ms,
    acceptedMs: accepted_ms,
    attempts,
  }))
}

function withContexts(leased: readonly LeasedEvent[], contexts: ReadonlyMap<number, string>): LeasedEvent[] {
  return leased.map((event) => {
    const keys = contexts.get(event.row)
    return keys === undefined ? event : { ...event, contexts: JSON.parse(keys) as ContextKey[] }
  })
}

export function ready(core: Core, nowMs: number): Ready {
  const pixels = core.tally.pixels().filter((pixel) => {
    const shapes = core.tally.shapes(pixel)
    if (shapes.some((shape) => isFree(core, pixel, shape, false))) return true
    const due = core.due.next(pixel) <= nowMs
    return due && shapes.some((shape) => isWaiting(core, pixel, shape))
  })
  return { pixels: pixels.map((pixel) => core.terms.text(pixel)), nextDueMs: core.due.soonestAfter(nowMs) }
}

function isWaiting({ tally, holds }: Core, pixel: number, shape: number): boolean {
  return tally.waiting(pixel, shape) > 0 && holds.covering(pixel, shape) === undefined
}
