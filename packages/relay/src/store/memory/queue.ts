import { assertLimit } from '../arguments.ts'
import type { Lease, LeasedEvent, LeaseQuery, Ready } from '../lease.ts'
import { minuteOf } from '../minute.ts'
import type { RequestRecord } from '../request.ts'
import type { SettleCall, Settlement } from '../settlement.ts'
import type { DeliveryQueue } from '../store.ts'
import { holdOf, type MemoryData } from './data.ts'
import type { Entry } from './entry.ts'

export function memoryQueue(data: MemoryData, keepBodies: boolean): DeliveryQueue {
  return {
    lease: async (query) => lease(data, query),
    settle: async (call) => settle(data, call, keepBodies),
    extend: async (token, untilMs) => data.leases.has(token) && data.leases.set(token, untilMs) !== undefined,
    release: async (token, rows) => release(data, token, rows),
    async reclaim(nowMs) {
      const overdue = [...data.leases].filter(([, untilMs]) => untilMs <= nowMs)
      return overdue.reduce((total, [token]) => total + release(data, token), 0)
    },
    recordRequest: async (request) => keepRequest(data, request),
    ready: async (nowMs) => ready(data, nowMs),
  }
}

function lease(data: MemoryData, query: LeaseQuery): Lease | undefined {
  assertLimit(query.limit)
  assertLimit(query.maxBytes ?? 1, 'maxBytes')
  markDue(data, query.pixel, query.nowMs)
  const perShape = new Map<string, number>()
  const entries = data.entries
    .filter((entry) => canLease(data, entry, query))
    .sort((a, b) => minuteOf(a.event.timestampMs) - minuteOf(b.event.timestampMs) || a.row - b.row)
    .filter(({ event: { shape } }) => {
      perShape.set(shape, (perShape.get(shape) ?? 0) + 1)
      return (perShape.get(shape) ?? 0) <= (query.perShape ?? query.limit)
    })
    .slice(0, query.limit)
    .filter(within(query.maxBytes))
  if (entries.length === 0) return undefined
  const token = data.nextToken++
  const untilMs = query.nowMs + query.leaseMs
  data.leases.set(token, untilMs)
  for (const entry of entries) entry.token = token
  const events = entries.map(leasedEvent).sort((a, b) => a.timestampMs - b.timestampMs || a.row - b.row)
  return { token, untilMs, events }
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
  const { pixel, shapes, exceptShapes = [], probe = false, timestampBeforeMs } = query
  const { event, end, isDue, token } = entry
  if (event.pixel !== pixel || end !== undefined || !isDue || token !== undefined) return false
  if (shapes !== undefined && !shapes.includes(event.shape)) return false
  if (exceptShapes.includes(event.shape)) return false
  if (timestampBeforeMs !== undefined && event.timestampMs >= timestampBeforeMs) return false
  return probe || holdOf(data, entry) === undefined
}

function leasedEvent({ row, event, acceptedMs, attempts }: Entry): LeasedEvent {
  const { name, id = '', wire, shape, timestampMs, contexts } = event
  const bytes = Buffer.byteLength(wire)
  const leased = { row, name, id, wire, bytes, shape, timestampMs, acceptedMs, attempts }
  return { ...leased, ...(contexts !== undefined && { contexts }) }
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
    for (const entry of entries) settleOne(entry, settlement, nowMs, carried.includes(entry.row), keepBodies)
  }
  if (request !== undefined) keepRequest(data, request)
  return changed
}

function settleOne(entry: Entry, settlement: Settlement, nowMs: number, carried: boolean, keepBodies: boolean): void {
  const { code, message } = settlement
  if (settlement.to !== 'queued') {
    Object.assign(entry, { end: settlement.to, endedMs: nowMs, code, message })
    if (settlement.to === 'delivered' && !keepBodies) entry.hasBody = false
    return
  }
  const waits = settlement.dueMs > nowMs
  if (waits) Object.assign(entry, { dueMs: settlement.dueMs, isDue: false })
  // An event that goes back as it came keeps what its last answer said.
  if (waits || carried || code !== undefined || message !== undefined) Object.assign(entry, { code, message })
}

function keepRequest(data: MemoryData, request: RequestRecord): void {
  data.requests.push({ ...request, rows: [...new Set(request.rows)] })
  if (request.validateOnly) return
  for (const entry of data.entries) if (request.rows.includes(entry.row)) entry.attempts++
}

function ready(data: MemoryData, nowMs: number): Ready {
  const waiting = data.entries.filter(({ end, token }) => end === undefined && token === undefined)
  const due = waiting.filter((entry) => (entry.isDue || entry.dueMs <= nowMs) && holdOf(data, entry) === undefined)
  const later = waiting.filter((entry) => !entry.isDue && entry.dueMs > nowMs).map(({ dueMs }) => dueMs)
  return {
    pixels: [...new Set(due.map(({ event }) => event.pixel))],
    nextDueMs: later.length === 0 ? undefined : Math.min(...later),
  }
}
