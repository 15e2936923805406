import type { Account, EventSummary, Page, RefusedGroup, Search } from '../account.ts'
import type { Counts, PixelStatus, ShapeStatus } from '../counts.ts'
import { StoreCursorError } from '../errors.ts'
import { EVENT_STATES, type EventState } from '../event.ts'
import type { Attempt, RequestRecord } from '../request.ts'
import type { Accounts } from '../store.ts'
import { SUSPICION_KINDS } from '../suspicion.ts'
import { holdKey, holdOf, type MemoryData, seenState } from './data.ts'
import { type Entry, summarise } from './entry.ts'
import { groupBy } from './group-by.ts'

export function memoryAccounts(data: MemoryData): Accounts {
  return {
    show: async (id, pixel) =>
      data.entries
        .filter(({ event }) => event.id === id && (pixel === undefined || event.pixel === pixel))
        .map((entry) => account(data, entry)),
    async showRow(row) {
      const entry = data.entries.find((each) => each.row === row)
      return entry === undefined ? undefined : account(data, entry)
    },
    search: async (wanted) => search(data, wanted),
    refusedGroups: async () => refusedGroups(data),
    counts: async () => count(data, undefined),
    pixels: async () => [...data.accepted.keys()].map((pixel) => pixelStatus(data, pixel)),
    shapes: async (pixel) => shapes(data, pixel),
  }
}

function account(data: MemoryData, entry: Entry): Account {
  const requests = data.requests.filter(({ rows }) => rows.includes(entry.row)).map(attempt)
  const wire = entry.hasBody ? entry.event.wire : undefined
  const about = { issues: entry.event.issues, wire, origin: entry.event.origin, requests, history: [...entry.history] }
  return { ...summarise(entry, holdOf(data, entry)), ...about }
}

function attempt({ pixel: _, rows, added: _added, place: _place, ...request }: RequestRecord): Attempt {
  return { ...request, events: rows.length }
}

function search(data: MemoryData, wanted: Search): Page<EventSummary> {
  const { pixel, state, code, idPrefix, suspect, sinceMs = 0, cursor = '0', limit } = wanted
  const found = data.entries
    .map((entry) => summarise(entry, holdOf(data, entry)))
    .filter((event) => pixel === undefined || event.pixel === pixel)
    .filter((event) => state === undefined || event.state === state)
    .filter((event) => code === undefined || event.code === code)
    .filter((event) => idPrefix === undefined || event.id?.startsWith(idPrefix))
    .filter((event) => suspect === undefined || event.suspicion !== undefined)
    .filter((event) => event.acceptedMs >= sinceMs)
    .sort((a, b) => b.row - a.row)
  if (!/^\d+$/.test(cursor)) throw new StoreCursorError('The cursor is none that a page gave.')
  const next = Number(cursor) + limit
  const items = found.slice(Number(cursor), next)
  return { items, cursor: next < found.length ? String(next) : undefined }
}

function refusedGroups(data: MemoryData): RefusedGroup[] {
  const refused = data.entries.filter(({ end }) => end === 'refused')
  const groups = groupBy(refused, ({ event, code }) => JSON.stringify([event.pixel, code]))
  return groups
    .map(([, entries]): RefusedGroup => {
      const times = entries.map(({ endedMs = 0 }) => endedMs)
      const latest = entries.toSorted((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0) || b.row - a.row).slice(0, 3)
      return {
        pixel: entries[0]?.event.pixel ?? '',
        code: entries[0]?.code ?? '',
        events: entries.length,
        firstMs: Math.min(...times),
        lastMs: Math.max(...times),
        samples: latest.map((entry) => summarise(entry, undefined)),
      }
    })
    .sort((a, b) => b.events - a.events)
}

/** Counts every entry anew: what the sums of a real store must agree with. */
export function count(data: MemoryData, pixel: string | undefined): Counts {
  const all = [...data.entries, ...data.pruned].filter(({ event }) => pixel === undefined || event.pixel === pixel)
  const states = Object.fromEntries(EVENT_STATES.map((state) => [state, 0])) as Record<EventState, number>
  for (const entry of all) states[seenState(data, entry)]++
  const accepted = [...data.accepted].reduce((sum, [of, n]) => (pixel === undefined || of === pixel ? sum + n : sum), 0)
  return { accepted, ...states, unaccounted: accepted - all.length }
}

export function pixelStatus(data: MemoryData, pixel: string): PixelStatus {
  const live = data.entries.filter(({ event, end, token }) => event.pixel === pixel && !end && token === undefined)
  const times = live.map(({ event }) => event.timestampMs)
  const suspects = data.entries.filter(({ event, suspicion }) => event.pixel === pixel && suspicion !== undefined)
  return {
    pixel,
    counts: count(data, pixel),
    oldestTimestampMs: times.length === 0 ? undefined : Math.min(...times),
    hold: data.holds.get(holdKey(pixel, undefined))?.hold,
    heldShapes: shapes(data, pixel).filter(({ hold }) => hold !== undefined),
    suspects: suspects.length,
    suspectsByKind: Object.fromEntries(
      SUSPICION_KINDS.map((kind) => [kind, suspects.filter(({ suspicion }) => suspicion?.kind === kind).length]),
    ) as PixelStatus['suspectsByKind'],
  }
}

function shapes(data: MemoryData, pixel: string): ShapeStatus[] {
  const live = data.entries.filter(({ event, end }) => event.pixel === pixel && end === undefined)
  const held = [...data.holds.values()].filter((hold) => hold.pixel === pixel).flatMap(({ shape }) => shape ?? [])
  const all = new Set([...live.map(({ event }) => event.shape), ...held])
  return [...all].map((shape) => ({
    shape,
    events: live.filter(({ event }) => event.shape === shape).length,
    hold: data.holds.get(holdKey(pixel, shape))?.hold,
  }))
}
