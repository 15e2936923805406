import { assertLimit } from '../arguments.ts'
import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../lease.ts'
import { minuteOf } from '../minute.ts'
import { mayStore, type RequestRecord } from '../request.ts'
import type { SettleCall, Settlement } from '../settlement.ts'
import type { DeliveryQueue } from '../store.ts'
import { Turn } from '../turn.ts'
import { type Membership, mayLease, ownerOf } from './claims.ts'
import { happened, holdOf, type MemoryData } from './data.ts'
import type { Entry } from './entry.ts'
import { groupBy } from './group-by.ts'

interface QueueOptions {
  readonly keepBodies: boolean
  readonly monotonicMs: () => number
  /** Which relay it is, of several. */
  readonly me: Membership | undefined
}

export function memoryQueue(data: MemoryData, { keepBodies, monotonicMs, me }: QueueOptions): DeliveryQueue {
  const turns = { pixels: new Turn(), apart: new Turn(), held: new Turn(), unclaimed: new Turn() }
  return {
    lease: async (query) =>
      mayLease(data, me, query.pixel) ? lease(data, query, monotonicMs() + query.leaseMs, me) : undefined,
    settle: async (call) => settle(data, call, keepBodies),
    extend: async (token, forMs) => extend(data, token, monotonicMs() + forMs),
    release: async (token, rows) => release(data, token, rows),
    async reclaim() {
      const nowMs = monotonicMs()
      const overdue = [...data.leases].filter(([, { untilMs, relay }]) => untilMs <= nowMs && relay === me?.relay)
      return overdue.reduce((total, [token]) => total + endLease(data, token, me), 0)
    },
    recordRequest: async (request) => keepRequest(data, request),
    ready: async (nowMs, { limit } = {}) => someOf(ready(data, nowMs, me), turns, limit),
  }
}

function lease(data: MemoryData, query: LeaseQuery, untilMs: number, me: Membership | undefined): Lease | undefined {
  assertLimit(query.limit)
  assertLimit(query.maxBytes ?? 1, 'maxBytes')
  markDue(data, query.pixel, query.nowMs)
  const able = data.entries.filter((entry) => canLease(data, entry, query))
  const perShape = new Map<string, number>()
  const picked = inOrder([...able], query)
    .filter(({ event: { shape } }) => {
      perShape.set(shape, (perShape.get(shape) ?? 0) + 1)
      return (perShape.get(shape) ?? 0) <= (query.perShape ?? query.limit)
    })
    .slice(0, query.limit)
  const entries = spreadOver(able, picked, query).filter(within(query.maxBytes))
  if (entries.length === 0 || !isFullEnough(entries, query)) return undefined
  const token = data.nextToken++
  data.leases.set(token, { untilMs, pixel: query.pixel, relay: me?.relay })
  for (const entry of entries) entry.token = token
  const events = entries.map((entry) => leasedEvent(data, entry))
  return { token, events: events.sort((a, b) => a.timestampMs - b.timestampMs || a.row - b.row) }
}

function isFullEnough(entries: readonly Entry[], query: LeaseQuery): boolean {
  const { limit, maxBytes = Number.POSITIVE_INFINITY, unlessFullAcceptedByMs } = query
  if (unlessFullAcceptedByMs === undefined || entries.length >= limit) return true
  const bytes = entries.reduce((sum, { event: { wire } }) => sum + Buffer.byteLength(wire), 0)
  return bytes >= maxBytes || entries.some(({ acceptedMs }) => acceptedMs <= unlessFullAcceptedByMs)
}

/** Where a shape has more than its share, some of that are its newest and those from its middle on. */
function spreadOver(able: readonly Entry[], picked: readonly Entry[], query: LeaseQuery): readonly Entry[] {
  const { limit, perShape = limit, spread, apart, probe } = query
  if (spread === undefined || apart === true || probe !== undefined) return picked
  const result = [...picked]
  for (const [shape, share] of groupBy(picked, ({ event }) => event.shape)) {
    const all = able.filter(({ event }) => event.shape === shape)
    if (share.length < perShape || all.length <= share.length) continue
    const kept = share.slice(0, perShape - spread)
    const newest = inOrder([...all], { ...query, probe: { order: 'newest' } }).slice(0, Math.ceil(spread / 2))
    const between = inOrder([...all], { ...query, probe: { order: 'between' } }).slice(0, spread)
    const far = [...new Set([...newest, ...between])].filter((entry) => !kept.includes(entry)).slice(0, spread)
    const now = [...new Set([...kept, ...far, ...share.slice(kept.length)])].slice(0, perShape)
    for (const [at, entry] of share.entries()) result[picked.indexOf(entry)] = now[at]!
  }
  return result
}

/** The order in which a lease takes them. */
function inOrder(entries: Entry[], { apart = false, probe }: LeaseQuery): Entry[] {
  if (apart) {
    return entries.sort((a, b) => a.dueMs - b.dueMs || a.event.timestampMs - b.event.timestampMs || a.row - b.row)
  }
  const sorted = entries.sort((a, b) => minute(a) - minute(b) || a.row - b.row)
  if (probe?.order === 'newest') return sorted.reverse()
  return probe?.order === 'between' ? fromTheMiddle(sorted) : sorted
}

function minute({ event }: Entry): number {
  return minuteOf(event.timestampMs)
}

/** By minutes; where all are of one, by their rows. */
function fromTheMiddle(sorted: Entry[]): Entry[] {
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first === undefined || last === undefined) return []
  const middle = (a: number, b: number): number => Math.ceil((a + b) / 2)
  if (minute(first) === minute(last)) return sorted.filter(({ row }) => row >= middle(first.row, last.row))
  return sorted.filter((entry) => minute(entry) >= middle(minute(first), minute(last)))
}

/** Passes what comes before the bytes are used up. */
function within(maxBytes: number = Number.POSITIVE_INFINITY): (entry: Entry) => boolean {
  let bytes = 0
  return ({ event: { wire } }) => {
    const isWithin = bytes < maxBytes
    bytes += Buffer.byteLength(wire)
    return isWithin
  }
}

function markDue(data: MemoryData, pixel: string, nowMs: number): void {
  for (const entry of data.entries) if (entry.event.pixel === pixel && entry.dueMs <= nowMs) entry.isDue = true
}

function canLease(data: MemoryData, entry: Entry, query: LeaseQuery): boolean {
  const { pixel, shapes, exceptShapes = [], probe, timestampBeforeMs, apart = false } = query
  const { event, end, token, suspicion } = entry
  if (event.pixel !== pixel || end !== undefined || token !== undefined) return false
  if (apart !== (suspicion !== undefined) || !isDueAt(entry, query.nowMs)) return false
  if (shapes !== undefined && !shapes.includes(event.shape)) return false
  if (exceptShapes.includes(event.shape)) return false
  if (timestampBeforeMs !== undefined && event.timestampMs >= timestampBeforeMs) return false
  if (!apart && probe?.neverSent === true && !isNeverSent(data, entry)) return false
  return probe !== undefined || holdOf(data, entry) === undefined
}

/** What is apart knows no earlier look at the clock. */
function isDueAt({ suspicion, isDue, dueMs }: Entry, nowMs: number): boolean {
  return suspicion === undefined ? isDue : dueMs <= nowMs
}

function isNeverSent(data: MemoryData, { row, attempts, history, mayBeStored }: Entry): boolean {
  return row >= data.firstRow && attempts === 0 && history.length === 0 && !mayBeStored
}

function leasedEvent(data: MemoryData, entry: Entry): LeasedEvent {
  const { row, event, acceptedMs, attempts, suspicion } = entry
  const { name, id = '', wire, shape, timestampMs, contexts } = event
  const bytes = Buffer.byteLength(wire)
  const mayBeStored = entry.mayBeStored || row < data.firstRow
  const leased = { row, name, id, wire, bytes, shape, timestampMs, acceptedMs, attempts, mayBeStored }
  return { ...leased, ...(contexts !== undefined && { contexts }), ...(suspicion !== undefined && { suspicion }) }
}

function extend(data: MemoryData, token: number, untilMs: number): boolean {
  const before = data.leases.get(token)
  if (before === undefined) return false
  data.leases.set(token, { ...before, untilMs: Math.max(before.untilMs, untilMs) })
  return true
}

/** It ran out: among several its holder may be anywhere, and a request of it too. */
function endLease(data: MemoryData, token: number, me: Membership | undefined): number {
  if (me !== undefined) for (const entry of data.entries) if (entry.token === token) entry.mayBeStored = true
  return release(data, token)
}

/** Takes entries out of a lease; a lease that holds nothing is over. */
function takeRows(data: MemoryData, token: number, rows: readonly number[]): Entry[] {
  const wanted = new Set(rows)
  const taken = data.entries.filter((entry) => entry.token === token && wanted.has(entry.row))
  for (const entry of taken) entry.token = undefined
  if (!data.entries.some((entry) => entry.token === token)) data.leases.delete(token)
  return taken
}

function release(data: MemoryData, token: number, rows?: readonly number[]): number {
  return takeRows(data, token, rows ?? data.entries.map(({ row }) => row)).length
}

function settle(data: MemoryData, { token, settlements, request, nowMs }: SettleCall, keepBodies: boolean): number {
  let changed = 0
  for (const settlement of settlements) {
    const entries = takeRows(data, token, settlement.rows)
    changed += entries.length
    const carried = request === undefined || request.validateOnly ? [] : request.rows
    for (const entry of entries) {
      settleOne(entry, settlement, nowMs, carried.includes(entry.row), keepBodies)
      if (entry.end !== undefined) happened(data, entry.end, entry, { atMs: nowMs, code: entry.code })
      if (entry.end === 'delivered') data.fixed.delete(entry.row)
    }
  }
  if (request !== undefined) keepRequest(data, request)
  return changed
}

function settleOne(entry: Entry, settlement: Settlement, nowMs: number, carried: boolean, keepBodies: boolean): void {
  const { code, message } = settlement
  const wasApart = entry.suspicion !== undefined
  entry.suspicion = undefined
  if (settlement.to !== 'queued') {
    Object.assign(entry, { end: settlement.to, endedMs: nowMs, code, message })
    if (settlement.to === 'delivered' && !keepBodies) entry.hasBody = false
    return
  }
  const { dueMs, suspicion } = settlement
  const waits = dueMs > nowMs
  if (suspicion !== undefined) {
    Object.assign(entry, { suspicion, dueMs, code: code ?? suspicion.code, message: message ?? suspicion.message })
    return
  }
  if (waits) entry.dueMs = dueMs
  if (waits || wasApart) entry.isDue = !waits
  // An event that goes back as it came keeps what its last answer said.
  if (waits || wasApart || carried || code !== undefined || message !== undefined)
    Object.assign(entry, { code, message })
}

function keepRequest(data: MemoryData, request: RequestRecord): void {
  data.requests.push({ ...request, rows: [...new Set(request.rows)] })
  countRequest(data, request)
  for (const entry of data.entries) {
    if (request.validateOnly || !request.rows.includes(entry.row)) continue
    entry.attempts++
    if (mayStore(request)) entry.mayBeStored = true
  }
}

function ready(data: MemoryData, nowMs: number, me: Membership | undefined): Ready {
  const waiting = data.entries.filter(({ end, token }) => end === undefined && token === undefined)
  const isDue = ({ suspicion, ...entry }: Entry): boolean =>
    entry.dueMs <= nowMs || (suspicion === undefined && entry.isDue)
  const isMine = ({ event }: Entry): boolean => mayLease(data, me, event.pixel)
  const isHeld = (entry: Entry): boolean => holdOf(data, entry) !== undefined
  const due = waiting.filter((entry) => isDue(entry) && !isHeld(entry) && isMine(entry))
  const later = waiting.filter((entry) => !isDue(entry) && isMine(entry)).map(({ dueMs }) => dueMs)
  const wanted = waiting.filter((entry) => isDue(entry) || isHeld(entry))
  return {
    pixels: pixelsOf(due),
    apart: pixelsOf(due.filter(({ suspicion }) => suspicion !== undefined)),
    nextDueMs: later.length === 0 ? undefined : Math.min(...later),
    ...(me && {
      several: {
        held: pixelsOf(wanted.filter((entry) => isHeld(entry) && isMine(entry))),
        unclaimed: pixelsOf(wanted.filter(({ event }) => ownerOf(data, event.pixel) === undefined)),
        holdsVersion: data.holdsVersion,
      },
    }),
  }
}

function pixelsOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(({ event }) => event.pixel))]
}

function someOf(
  { pixels, apart, nextDueMs, several }: Ready,
  turns: Readonly<Record<'pixels' | 'apart' | 'held' | 'unclaimed', Turn>>,
  limit: number | undefined,
): Ready {
  if (limit === undefined) return { pixels, apart, nextDueMs, ...(several && { several }) }
  return {
    pixels: turns.pixels.take(pixels, limit),
    apart: turns.apart.take(apart, limit),
    nextDueMs,
    several: several && {
      ...several,
      held: turns.held.take(several.held, limit),
      unclaimed: turns.unclaimed.take(several.unclaimed, limit),
    },
  }
}

function countRequest({ happenings }: MemoryData, { pixel, atMs, verdict, status, added = {} }: RequestRecord): void {
  const about = {
    atMs,
    pixel,
    name: '',
    shape: '',
    source: '',
    amount: undefined,
    currency: undefined,
    tookMs: undefined,
  }
  happenings.push({ ...about, kind: 'request', code: `${verdict}:${status ?? 0}` })
  for (const [code, events] of Object.entries(added))
    for (let each = 0; each < events; each++) happenings.push({ ...about, kind: 'added', code })
}
