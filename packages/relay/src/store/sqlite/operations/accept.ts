import { contentDigest } from '../../content-digest.ts'
import type { Acceptance, FirstArrival, NewEvent } from '../../event.ts'
import type { LeasedEvent } from '../../lease.ts'
import { minuteOf } from '../../minute.ts'
import { GAVE_WAY, KEPT_SOMEWHERE, leadingNames, leadsTo, ledTo, nameKey, otherNames } from '../../names.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { sameBytes } from '../../same-bytes.ts'
import { DELIVERED, READY, WAITING } from '../../state.ts'
import type { Core } from '../core.ts'
import { moneyOf } from '../money.ts'
import type { Newcomer } from '../queue/queue.ts'
import { seenState } from '../seen-state.ts'
import type { EventValues, StoredEvent } from '../sql/event.ts'
import { getContexts, linkContexts, putContext } from './context.ts'
import { firstState } from './first-state.ts'
import { reopen } from './reopen.ts'
import { discard } from './replay.ts'

/** Inside a transaction: keeps what is new, and finds the account of what is not. */
export function accept(core: Core, events: readonly NewEvent[], nowMs: number): Acceptance[] {
  const acceptances: Acceptance[] = []
  const { nextRow } = core
  core.undo.add(() => {
    core.nextRow = nextRow
  })
  for (let at = 0, until = 0; at < events.length; at = until) {
    until = events[at]!.sameAs === undefined ? endOfPart(events, at) : at + 1
    for (const acceptance of acceptPart(core, events.slice(at, until), nowMs)) acceptances.push(acceptance)
  }
  core.statements.arrival.note(minuteAt(nowMs), nextRow, core.nextRow - 1)
  return acceptances
}

/** Up to so many are kept in one step: more would only lie in memory meanwhile. */
const PART_EVENTS = 128

/** The end of a part, at the latest before the next that is looked for under other names: that one comes by itself. */
function endOfPart(events: readonly NewEvent[], from: number): number {
  let until = from + 1
  while (until < events.length && until - from < PART_EVENTS && events[until]!.sameAs === undefined) until++
  return until
}

function acceptPart(core: Core, events: readonly NewEvent[], nowMs: number): Acceptance[] {
  const [first] = events
  return first?.sameAs === undefined ? acceptSome(core, events, nowMs) : [acceptNamed(core, first, nowMs)]
}

/** By its other names first. */
function acceptNamed(core: Core, event: NewEvent, nowMs: number): Acceptance {
  const known = knownByName(core, event, nowMs)
  if (known !== undefined) return known
  const [acceptance] = acceptSome(core, [event], nowMs)
  for (const name of leadingNames(event)) putContext(core, event.pixel, nameKey(name), leadsTo(acceptance!.row), nowMs)
  return acceptance!
}

function knownByName(core: Core, event: NewEvent, nowMs: number): Acceptance | undefined {
  const { statements, terms } = core
  const own = nameKey({ name: event.name, id: event.id ?? '' })
  const kept = getContexts(core, event.pixel, [own]).get(own)
  const row = kept === undefined ? undefined : ledTo(kept)
  if (kept !== undefined && row === undefined) return KEPT_SOMEWHERE
  for (const { name, id } of otherNames(event)) {
    const found = statements.event.find(id, terms.of(name), terms.of(event.pixel))
    if (found === undefined || found.state > DELIVERED) continue
    if (!givesWay(core, found, event)) return duplicateOf(core, found)
    discard(core, { rows: [found.row] }, { by: 'waybill', nowMs, reason: GAVE_WAY })
  }
  const told = row === undefined ? undefined : statements.event.get(row)
  return told !== undefined && told.state <= DELIVERED ? duplicateOf(core, told) : undefined
}

function duplicateOf(core: Core, first: StoredEvent): Acceptance {
  return { status: 'duplicate', row: first.row, first: firstArrival(core, first, undefined) }
}

/** The key's index tells new from known while inserting; only where some were known is it asked which. */
function acceptSome(core: Core, events: readonly NewEvent[], nowMs: number): Acceptance[] {
  const first = core.nextRow
  core.nextRow += events.length
  const values = events.map((event, index) => eventValues(core, event, first + index, nowMs))
  const inserted = core.statements.event.insert(values)
  const last = core.nextRow - 1
  const isNew = inserted === events.length ? undefined : core.statements.event.present(first, last)
  keepNew(core, isNew === undefined ? values : values.filter(([row]) => isNew.has(row)), events, first)
  return events.map((event, index) =>
    isNew === undefined || isNew.has(first + index)
      ? { status: 'accepted', row: first + index }
      : acceptKnown(core, event, nowMs),
  )
}

function eventValues({ terms }: Core, event: NewEvent, row: number, nowMs: number): EventValues {
  const { pixel, name, id, timestampMs, dueMs = 0, shape, source, issues } = event
  const { state, reason } = firstState(event, nowMs)
  const [amount, currency] = moneyOf(terms, event)
  return [
    row,
    terms.of(pixel),
    terms.of(name),
    id ?? null,
    contentDigest(event),
    state,
    timestampMs,
    dueMs,
    nowMs,
    reason === undefined ? null : nowMs,
    terms.of(shape),
    terms.of(source),
    reason?.code ?? null,
    reason?.message ?? null,
    issues.length === 0 ? null : JSON.stringify(issues),
    amount,
    currency,
  ]
}

function keepNew(core: Core, kept: readonly EventValues[], events: readonly NewEvent[], first: number): void {
  core.statements.body.insert(kept.map(([row]) => [row, events[row - first]?.wire ?? '']))
  core.queue.enter(kept.map((values) => newcomer(values, events[values[0] - first]!)))
  for (const [row, pixel] of kept) {
    core.pixelRows.add(pixel, row)
    const { contexts, origin } = events[row - first]!
    if (contexts !== undefined) linkContexts(core, row, contexts)
    if (origin !== undefined) core.statements.origin.put(row, origin)
  }
}

function newcomer(
  [
    row,
    pixel,
    name,
    ,
    ,
    state,
    timestampMs,
    dueMs,
    acceptedMs,
    ,
    shape,
    source,
    code,
    ,
    ,
    amount,
    currency,
  ]: EventValues,
  event: NewEvent,
): Newcomer {
  const kept = state === READY ? leasedForm(event, row, acceptedMs) : undefined
  const facts = { name, source, currency: currency ?? 0, amount: amount ?? 0, acceptedMs, timestampMs }
  return { row, pixel, shape, minute: minuteOf(timestampMs), state, dueMs, event: kept, code, facts }
}

function leasedForm(
  { name, id = '', wire, shape, timestampMs }: NewEvent,
  row: number,
  acceptedMs: number,
): LeasedEvent {
  const bytes = Buffer.byteLength(wire)
  return { row, name, id, wire, bytes, shape, timestampMs, acceptedMs, attempts: 0, mayBeStored: false }
}

/** Rules of the design, section 5, "Dedup at intake". */
function acceptKnown(core: Core, event: NewEvent, nowMs: number): Acceptance {
  const first = core.statements.event.find(event.id ?? '', core.terms.of(event.name), core.terms.of(event.pixel))
  if (first === undefined) throw new Error('An event was neither kept nor known.')
  const { row } = first
  if (sameBytes(first.content, contentDigest(event))) {
    // What ended undelivered in an earlier run can be queued again only with its text.
    if (core.bodies === 'memory' && first.state > DELIVERED) core.statements.body.replace(row, event.wire)
    return duplicateOf(core, first)
  }
  if (first.state <= DELIVERED && !givesWay(core, first, event)) {
    return { status: 'conflict', row, first: firstArrival(core, first, core.statements.body.get(row)) }
  }
  linkContexts(core, row, event.contexts)
  core.statements.origin.put(row, event.origin)
  reopen(core, first, event, { what: 'arrived', by: event.source, nowMs })
  return { status: 'accepted', row }
}

/** What waits for a better arrival is replaced by it. */
function givesWay({ statements }: Core, { row, state }: StoredEvent, event: NewEvent): boolean {
  return state === WAITING && event.origin?.givesWay !== true && statements.origin.get(row)?.givesWay === true
}

function firstArrival(core: Core, first: StoredEvent, wire: string | undefined): FirstArrival {
  const issues = first.issues === null ? [] : JSON.parse(first.issues)
  return { ...seenState(core.standing, first), issues, wire, origin: core.statements.origin.get(first.row) }
}
