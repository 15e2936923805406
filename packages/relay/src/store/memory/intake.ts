import { assertNewEvents } from '../arguments.ts'
import { contentDigest } from '../content-digest.ts'
import type { Acceptance, NewEvent } from '../event.ts'
import { refusalReason } from '../refusal.ts'
import { sameBytes } from '../same-bytes.ts'
import type { Intake } from '../store.ts'
import { happened, holdOf, leftEnd, type MemoryData } from './data.ts'
import { type Entry, keyOf, summarise } from './entry.ts'

export function memoryIntake(data: MemoryData): Intake {
  return {
    async accept(events, nowMs) {
      assertNewEvents(events)
      return events.map((event) => acceptOne(data, event, nowMs))
    },
  }
}

function acceptOne(data: MemoryData, event: NewEvent, nowMs: number): Acceptance {
  const row = data.nextRow++
  const key = keyOf(event)
  const first = key === undefined ? undefined : data.entries.find((entry) => keyOf(entry.event) === key)
  if (first !== undefined) return acceptKnown(data, first, event, nowMs)
  const entry = newEntry(row, event, nowMs)
  data.entries.push(entry)
  happened(data, 'accepted', entry, { atMs: nowMs })
  if (entry.end !== undefined) happened(data, entry.end, entry, { atMs: nowMs, code: entry.code })
  data.accepted.set(event.pixel, (data.accepted.get(event.pixel) ?? 0) + 1)
  return { status: 'accepted', row }
}

function newEntry(row: number, event: NewEvent, nowMs: number): Entry {
  const unsent = { attempts: 0, suspicion: undefined, mayBeStored: false }
  const content = { ...contentOf(event, nowMs), ...unsent, hasBody: true, token: undefined }
  return { row, event, acceptedMs: nowMs, history: [], ...content }
}

type Content = Pick<Entry, 'end' | 'code' | 'message' | 'endedMs' | 'dueMs' | 'isDue'>

/** What follows from an event's content when it arrives or replaces another. */
export function contentOf({ state, issues, dueMs = 0 }: NewEvent, nowMs: number): Content {
  const isDue = dueMs <= nowMs
  if (state !== 'refused' && state !== 'discarded')
    return { end: undefined, code: undefined, message: undefined, endedMs: undefined, dueMs, isDue }
  return { end: state, ...refusalReason(issues), endedMs: nowMs, dueMs, isDue }
}

function acceptKnown(data: MemoryData, entry: Entry, event: NewEvent, nowMs: number): Acceptance {
  const { state, code, message } = summarise(entry, holdOf(data, entry))
  const first = { state, code, message, issues: entry.event.issues, origin: entry.event.origin }
  if (sameBytes(contentDigest(entry.event), contentDigest(event))) {
    return { status: 'duplicate', row: entry.row, first: { ...first, wire: undefined } }
  }
  if (!isOver(entry) && !givesWay(entry, event)) {
    return {
      status: 'conflict',
      row: entry.row,
      first: { ...first, wire: entry.hasBody ? entry.event.wire : undefined },
    }
  }
  reopen(data, entry, event, { what: 'arrived', by: event.source, nowMs })
  return { status: 'accepted', row: entry.row }
}

const isOver = ({ end }: Entry): boolean => end !== undefined && end !== 'delivered'

/** What waits for a better arrival is replaced by it. */
function givesWay({ end, isDue, event: first }: Entry, event: NewEvent): boolean {
  return end === undefined && !isDue && first.origin?.givesWay === true && event.origin?.givesWay !== true
}

/** An ended account goes on; pixel, name, id and source stay those of the first. */
export function reopen(
  data: MemoryData,
  entry: Entry,
  event: NewEvent,
  { what, by, nowMs }: { what: 'arrived' | 'edited' | 'replayed'; by: string; nowMs: number },
): void {
  leftEnd(data, entry, nowMs)
  keepEnd(entry)
  entry.history.push({ atMs: nowMs, what, code: undefined, message: undefined, by })
  entry.event = { ...event, source: entry.event.source }
  Object.assign(entry, contentOf(event, nowMs), { hasBody: true, attempts: 0 })
  if (entry.end !== undefined) happened(data, entry.end, entry, { atMs: nowMs, code: entry.code })
}

export function keepEnd(entry: Entry): void {
  const { end: what, code, message, endedMs: atMs = 0 } = entry
  if (what !== undefined && what !== 'delivered') entry.history.push({ atMs, what, code, message, by: undefined })
}
