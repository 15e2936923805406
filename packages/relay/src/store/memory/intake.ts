import { assertNewEvents } from '../arguments.ts'
import { contentDigest } from '../content-digest.ts'
import { StoreAwayError } from '../errors.ts'
import type { Acceptance, NewEvent } from '../event.ts'
import { GAVE_WAY, KEPT_SOMEWHERE, leadingNames, leadsTo, ledTo, nameKey, otherNames } from '../names.ts'
import { refusalReason } from '../refusal.ts'
import { sameBytes } from '../same-bytes.ts'
import type { Intake } from '../store.ts'
import { contextName, happened, holdOf, leftEnd, type MemoryData, note } from './data.ts'
import { discardOne, keepEnd } from './end.ts'
import { type Entry, keyOf, summarise } from './entry.ts'

/** `isAnswerLost` is asked once a call is done: then nobody hears what it came to. */
export function memoryIntake(data: MemoryData, isAnswerLost: () => boolean = () => false): Intake {
  return {
    async accept(events, nowMs, given = []) {
      assertNewEvents(events)
      const rows = events.map((_, at) => given[at] ?? data.nextRow++)
      const acceptances = events.map((event, at) => acceptNamed(data, event, { row: rows[at]!, nowMs }))
      if (isAnswerLost()) throw new StoreAwayError('The answer is lost.', { rows })
      return acceptances
    },
  }
}

interface Arriving {
  readonly row: number
  readonly nowMs: number
}

/** By its other names first, where somebody looks for them. */
function acceptNamed(data: MemoryData, event: NewEvent, at: Arriving): Acceptance {
  if (data.entries.some(({ row }) => row === at.row)) return { status: 'accepted', row: at.row }
  if (event.sameAs === undefined) return acceptOne(data, event, at)
  const known = knownByName(data, event, at.nowMs)
  if (known !== undefined) return known
  const acceptance = acceptOne(data, event, at)
  const value = leadsTo(acceptance.row)
  for (const name of leadingNames(event))
    data.contexts.set(contextName(event.pixel, nameKey(name)), { value, atMs: at.nowMs })
  return acceptance
}

function knownByName(data: MemoryData, event: NewEvent, nowMs: number): Acceptance | undefined {
  const { pixel, name, id = '' } = event
  const kept = data.contexts.get(contextName(pixel, nameKey({ name, id })))?.value
  if (kept !== undefined && ledTo(kept) === undefined) return KEPT_SOMEWHERE
  const told = kept === undefined ? undefined : data.entries.find(({ row }) => row === ledTo(kept))
  for (const other of otherNames(event)) {
    const key = keyOf({ ...event, ...other })
    const found = data.entries.find((entry) => keyOf(entry.event) === key)
    if (found === undefined || isOver(found)) continue
    if (!givesWay(found, event)) return duplicateOf(data, found)
    discardOne(data, found, GAVE_WAY, nowMs)
    note(data, nowMs, 'waybill', 'event:discard', { rows: [found.row], events: 1, reason: GAVE_WAY })
  }
  return told === undefined || isOver(told) ? undefined : duplicateOf(data, told)
}

function duplicateOf(data: MemoryData, entry: Entry): Acceptance {
  const { state, code, message } = summarise(entry, holdOf(data, entry))
  const { issues, origin } = entry.event
  return { status: 'duplicate', row: entry.row, first: { state, code, message, issues, origin, wire: undefined } }
}

function acceptOne(data: MemoryData, event: NewEvent, { row, nowMs }: Arriving): Acceptance {
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
    return duplicateOf(data, entry)
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
