import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../../lease.ts'
import type { Core } from '../core.ts'
import { pick } from '../pick.ts'

/** Leases what is ready. Only memory changes. */
export function lease(core: Core, pixel: number, query: LeaseQuery): Lease | undefined {
  const picked = pick(core, pixel, leasableShapes(core, pixel, query), query)
  if (picked.length === 0) return undefined
  const untilMs = query.nowMs + query.leaseMs
  const token = core.leases.open(picked, untilMs)
  const events = readLeased(
    core,
    picked.map(({ row }) => row),
  )
  return { token, untilMs, events: events.sort(byTime) }
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

/** In any order. */
function readLeased(core: Core, rows: readonly number[]): LeasedEvent[] {
  const leased: LeasedEvent[] = []
  const missing: number[] = []
  for (const row of rows) {
    const fresh = core.fresh.take(row)
    if (fresh === undefined) missing.push(row)
    else leased.push(fresh)
  }
  if (missing.length > 0) leased.push(...readRows(core, missing))
  return core.hasLinks ? withContexts(leased, core.statements.links.get(JSON.stringify(rows))) : leased
}

function readRows({ statements, terms }: Core, rows: readonly number[]): LeasedEvent[] {
  return statements.selectLeased(rows).map(({ row, name, id, wire, shape, timestamp_ms, accepted_ms, attempts }) => ({
    row,
    name: terms.text(name),
    id,
    wire,
    shape: terms.text(shape),
    timestampMs: timestamp_ms,
    acceptedMs: accepted_ms,
    attempts,
  }))
}

function withContexts(leased: readonly LeasedEvent[], contexts: ReadonlyMap<number, string>): LeasedEvent[] {
  return leased.map((event) => {
    const keys = contexts.get(event.row)
    return keys === undefined ? event : { ...event, contexts: JSON.parse(keys) as string[] }
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
