import type { ContextKey } from '../../context-key.ts'
import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../../lease.ts'
import type { Core } from '../core.ts'
import type { LeasedRow } from '../lease-book.ts'
import { pick } from '../pick.ts'
import { pickApart } from '../pick-apart.ts'
import { pickProbe } from '../pick-probe.ts'
import { APART } from '../state.ts'
import { leaseChanged } from './release.ts'

/** Leases what is ready. Only memory changes. */
export function lease(core: Core, pixel: number, query: LeaseQuery): Lease | undefined {
  const picked = pickFor(core, pixel, query)
  if (picked.length === 0) return undefined
  let events: LeasedEvent[] = []
  try {
    events = readWithin(core, picked, query.maxBytes ?? Number.POSITIVE_INFINITY)
  } finally {
    // What has no room in this lease, or could not be read, was picked for nothing.
    for (const place of picked.slice(events.length)) leaseChanged(core, place)
  }
  const leased = picked.slice(0, events.length)
  const token = core.leases.open(leased, query.leaseMs)
  if (query.apart === true) for (const row of leased) leaseChanged(core, row)
  return { token, events: events.sort(byTime) }
}

function pickFor(core: Core, pixel: number, query: LeaseQuery): LeasedRow[] {
  const shapes = leasableShapes(core, pixel, query)
  if (query.apart === true) return pickApart(core, pixel, shapes, query)
  const { order = 'oldest', neverSent } = query.probe ?? {}
  if (order === 'oldest' && neverSent === undefined) return pick(core, pixel, shapes, query)
  return pickProbe(core, pixel, shapes, query)
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
    for (const event of readLeased(core, places.slice(leased.length, leased.length + count))) {
      if (bytes < maxBytes) leased.push(event)
      bytes += event.bytes
    }
  }
  for (const { row } of leased) core.fresh.take(row)
  return leased
}

function leasableShapes(core: Core, pixel: number, { shapes, exceptShapes, probe, apart }: LeaseQuery): number[] {
  const only = shapes === undefined ? undefined : new Set(shapes.map((shape) => core.terms.find(shape)))
  const except = new Set(exceptShapes?.map((shape) => core.terms.find(shape)))
  return core.tally.shapes(pixel).filter((shape) => {
    if (only !== undefined && !only.has(shape)) return false
    if (except.has(shape) || (probe === undefined && core.holds.covering(pixel, shape) !== undefined)) return false
    return apart === true ? hasApart(core, pixel, shape) : hasReady(core, pixel, shape)
  })
}

/** Whether a shape has ready events in no lease. */
function hasReady({ tally, leases }: Core, pixel: number, shape: number): boolean {
  return tally.ready(pixel, shape) > leases.sending(pixel, shape)
}

/** Whether a shape has events apart in no lease. */
function hasApart({ tally, leases }: Core, pixel: number, shape: number): boolean {
  return tally.apart(pixel, shape) > leases.sendingApart(pixel, shape)
}

function byTime(a: LeasedEvent, b: LeasedEvent): number {
  return a.timestampMs - b.timestampMs || a.row - b.row
}

/** In the order of the rows. */
function readLeased(core: Core, places: readonly LeasedRow[]): LeasedEvent[] {
  const rows = places.map(({ row }) => row)
  const fresh = rows.map((row) => core.fresh.look(row))
  const missing = rows.filter((_, at) => fresh[at] === undefined)
  const read = missing.length === 0 ? [] : readRows(core, missing)
  if (read.length < missing.length) throw new Error('Some events are queued, but not all of them exist.')
  let at = 0
  const leased = fresh.map((event) => event ?? read[at++]!)
  const linked = core.hasLinks ? withContexts(leased, core.statements.links.get(JSON.stringify(rows))) : leased
  return places[0]?.state === APART ? withSuspicions(core, linked) : linked
}

function readRows(core: Core, rows: readonly number[]): LeasedEvent[] {
  const { statements, terms, firstRow } = core
  return statements
    .selectLeased(rows)
    .map(({ row, name, id, wire, shape, timestamp_ms, accepted_ms, attempts, may_be_stored }) => ({
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
    }))
}

function withContexts(leased: readonly LeasedEvent[], contexts: ReadonlyMap<number, string>): LeasedEvent[] {
  return leased.map((event) => {
    const keys = contexts.get(event.row)
    return keys === undefined ? event : { ...event, contexts: JSON.parse(keys) as ContextKey[] }
  })
}

function withSuspicions({ statements }: Core, leased: readonly LeasedEvent[]): LeasedEvent[] {
  return leased.map((event) => {
    const suspicion = statements.suspicions.get(event.row)
    if (suspicion === undefined) throw new Error(`Row ${event.row} is apart, but nothing is kept against it.`)
    return { ...event, suspicion }
  })
}

export function ready(core: Core, nowMs: number): Ready {
  const pixels: string[] = []
  const apart: string[] = []
  let nextDueMs = core.due.soonestAfter(nowMs) ?? Number.POSITIVE_INFINITY
  for (const pixel of core.tally.pixels()) {
    const shapes = core.tally.shapes(pixel).filter((shape) => core.holds.covering(pixel, shape) === undefined)
    const apartMs = nextApart(core, pixel, shapes)
    if (apartMs <= nowMs) apart.push(core.terms.text(pixel))
    else nextDueMs = Math.min(nextDueMs, apartMs)
    if (apartMs <= nowMs || isReady(core, pixel, shapes, nowMs)) pixels.push(core.terms.text(pixel))
  }
  return { pixels, apart, nextDueMs: nextDueMs === Number.POSITIVE_INFINITY ? undefined : nextDueMs }
}

function isReady(core: Core, pixel: number, shapes: readonly number[], nowMs: number): boolean {
  if (shapes.some((shape) => hasReady(core, pixel, shape))) return true
  return core.due.next(pixel) <= nowMs && shapes.some((shape) => core.tally.waiting(pixel, shape) > 0)
}

/** When the first event apart of these shapes is due, where one is in no lease. */
function nextApart(core: Core, pixel: number, shapes: readonly number[]): number {
  let dueMs = Number.POSITIVE_INFINITY
  for (const shape of shapes) {
    if (hasApart(core, pixel, shape)) dueMs = Math.min(dueMs, core.apart.next(pixel, shape))
  }
  return dueMs
}
