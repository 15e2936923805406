import type { ContextKey } from '../../context-key.ts'
import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../../lease.ts'
import { APART } from '../../state.ts'
import type { Core } from '../core.ts'
import type { PickedRow, ReadEvent } from '../queue/parts.ts'
import { factsOf } from './queued-event.ts'

/** Leases what is ready. Only memory changes. */
export function lease(core: Core, pixel: number, query: LeaseQuery): Lease | undefined {
  const shapes = leasableShapes(core, pixel, query)
  const maxBytes = query.maxBytes ?? Number.POSITIVE_INFINITY
  const leased = core.queue.lease(pixel, { ...query, shapes }, (picked) => {
    const read = readWithin(core, picked, maxBytes)
    return isFullEnough(read, query) ? read : []
  })
  leased?.events.sort(byTime)
  return leased
}

function isFullEnough(read: readonly ReadEvent[], query: LeaseQuery): boolean {
  const { limit, maxBytes = Number.POSITIVE_INFINITY, unlessFullAcceptedByMs: byMs } = query
  if (byMs === undefined || read.length >= limit) return true
  const bytes = read.reduce((sum, { event }) => sum + event.bytes, 0)
  return bytes >= maxBytes || read.some(({ event }) => event.acceptedMs <= byMs)
}

function leasableShapes(core: Core, pixel: number, { shapes, exceptShapes, probe, apart }: LeaseQuery): number[] {
  const only = shapes === undefined ? undefined : new Set(shapes.map((shape) => core.terms.find(shape)))
  const except = new Set(exceptShapes?.map((shape) => core.terms.find(shape)))
  return core.tally.shapes(pixel).filter((shape) => {
    if (only !== undefined && !only.has(shape)) return false
    if (except.has(shape) || (probe === undefined && core.holds.covering(pixel, shape) !== undefined)) return false
    return apart === true ? core.queue.hasApart(pixel, shape) : core.queue.hasReady(pixel, shape)
  })
}

/** So many are read first, to see how large they are. */
const FIRST_READ = 16

/** The events of the first places, until they have so many bytes; a place more than fits is hardly ever read. */
function readWithin(core: Core, places: readonly PickedRow[], maxBytes: number): ReadEvent[] {
  const leased: ReadEvent[] = []
  let bytes = 0
  while (leased.length < places.length && bytes < maxBytes) {
    const room = leased.length === 0 ? FIRST_READ : ((maxBytes - bytes) * leased.length) / bytes
    const count = Number.isFinite(maxBytes) ? Math.max(1, Math.floor(room)) : places.length
    for (const read of readLeased(core, places.slice(leased.length, leased.length + count))) {
      if (bytes < maxBytes) leased.push(read)
      bytes += read.event.bytes
    }
  }
  return leased
}

function byTime(a: LeasedEvent, b: LeasedEvent): number {
  return a.timestampMs - b.timestampMs || a.row - b.row
}

/** In the order of the rows. */
function readLeased(core: Core, places: readonly PickedRow[]): ReadEvent[] {
  const rows = places.map(({ row }) => row)
  const fresh = rows.map((row) => core.queue.look(row))
  const missing = rows.filter((_, at) => fresh[at] === undefined)
  const read = missing.length === 0 ? [] : readRows(core, missing)
  if (read.length < missing.length) throw new Error('Some events are queued, but not all of them exist.')
  let at = 0
  const leased = fresh.map((found) => found ?? read[at++]!)
  const linked = core.hasLinks ? withContexts(leased, core.statements.link.get(JSON.stringify(rows))) : leased
  return places[0]?.state === APART ? withSuspicions(core, linked) : linked
}

function readRows({ statements, terms, firstRow }: Core, rows: readonly number[]): ReadEvent[] {
  return statements.queue.leased(rows).map((columns) => {
    const { row, name, id, wire, shape, timestamp_ms, accepted_ms, attempts, may_be_stored } = columns
    const event = {
      row,
      name: terms.text(name),
      id,
      wire,
      bytes: Buffer.byteLength(wire),
      shape: terms.text(shape),
      timestampMs: timestamp_ms,
      acceptedMs: accepted_ms,
      attempts,
      mayBeStored: may_be_stored === 1 || row < firstRow,
    }
    return { event, facts: factsOf(columns) }
  })
}

function withContexts(leased: readonly ReadEvent[], contexts: ReadonlyMap<number, string>): ReadEvent[] {
  return leased.map((read) => {
    const keys = contexts.get(read.event.row)
    return keys === undefined ? read : { ...read, event: { ...read.event, contexts: JSON.parse(keys) as ContextKey[] } }
  })
}

function withSuspicions({ statements }: Core, leased: readonly ReadEvent[]): ReadEvent[] {
  return leased.map((read) => {
    const { row } = read.event
    const suspicion = statements.suspicion.get(row)
    if (suspicion === undefined) throw new Error(`Row ${row} is apart, but nothing is kept against it.`)
    return { ...read, event: { ...read.event, suspicion } }
  })
}

export function ready(core: Core, nowMs: number): Ready {
  const { queue, tally, terms, holds } = core
  const pixels: string[] = []
  const apart: string[] = []
  let nextDueMs = queue.soonestDueAfter(nowMs) ?? Number.POSITIVE_INFINITY
  for (const pixel of tally.pixels()) {
    const shapes = tally.shapes(pixel).filter((shape) => holds.covering(pixel, shape) === undefined)
    const apartMs = shapes.reduce(
      (dueMs, shape) => Math.min(dueMs, queue.nextApart(pixel, shape)),
      Number.POSITIVE_INFINITY,
    )
    if (apartMs <= nowMs) apart.push(terms.text(pixel))
    else nextDueMs = Math.min(nextDueMs, apartMs)
    if (apartMs <= nowMs || isReady(core, pixel, shapes, nowMs)) pixels.push(terms.text(pixel))
  }
  return { pixels, apart, nextDueMs: nextDueMs === Number.POSITIVE_INFINITY ? undefined : nextDueMs }
}

function isReady({ queue, tally }: Core, pixel: number, shapes: readonly number[], nowMs: number): boolean {
  if (shapes.some((shape) => queue.hasReady(pixel, shape))) return true
  return queue.nextDue(pixel) <= nowMs && shapes.some((shape) => tally.waiting(pixel, shape) > 0)
}
