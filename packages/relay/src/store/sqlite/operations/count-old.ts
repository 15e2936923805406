import type { Passage } from '../../account.ts'
import { minuteAt } from '../../roll-up/edges.ts'
import { DELIVERED, END_CODES, isLive } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { eachAlike } from '../each-alike.ts'
import type { Counted, EndedAs } from '../roll-up/roll-up.ts'
import type { StoredEvent } from '../sql/event.ts'
import { factsOf } from './queued-event.ts'

/** Accounts that one call counts. */
const ROWS = 2_000
export const UNCOUNTED = 'store.uncounted'

type Old = StoredEvent

const SELECT = `
  SELECT row, pixel, name, shape, source, currency, amount, accepted_ms, timestamp_ms, state, code, ended_ms
  FROM event WHERE row < ? ORDER BY row DESC LIMIT ${ROWS}`
const PASSAGES = `
  SELECT row, what, at_ms, code FROM passage WHERE row BETWEEN ? AND ? ORDER BY row, seq`

/** Inside a transaction: counts some of what an older version kept, from the newest to the oldest. True while more is left. */
export function countOld(core: Core): boolean {
  const { database, rollUp, statements } = core
  if (rollUp.countsAll) return false
  const events = database.prepare(SELECT).all(rollUp.countedFrom) as Old[]
  const last = events.at(-1)
  if (last !== undefined) {
    const passages = passagesOf(core, last.row, events[0]!.row)
    for (const event of events) countOne(core, event, passages.get(event.row) ?? [])
    noteDeliveries(core, events)
    noteArrivals(core, events)
  }
  const left = events.length === ROWS ? last!.row : 0
  rollUp.countFrom(left)
  statements.meta.set(UNCOUNTED, String(left))
  return left > 0
}

interface Ended {
  readonly what: Passage['what']
  readonly atMs: number
  readonly code: string | null
}

function passagesOf({ database }: Core, first: number, last: number): ReadonlyMap<number, Ended[]> {
  const found = new Map<number, Ended[]>()
  for (const { row, what, at_ms, code } of database.prepare(PASSAGES).all(first, last) as Row[]) {
    const passages = found.get(Number(row)) ?? []
    found.set(Number(row), passages)
    passages.push({ what: what as Passage['what'], atMs: Number(at_ms), code: code as string | null })
  }
  return found
}

function countOne({ rollUp, terms }: Core, event: Old, passages: readonly Ended[]): void {
  const { pixel, shape, state, ended_ms, code } = event
  const facts = factsOf(event)
  const { name, source, currency, amount, acceptedMs } = facts
  const acceptedMinute = minuteAt(acceptedMs)
  const account: Counted = { pixel, shape, name, source, currency, acceptedMinute, events: 1, money: amount }
  const codeOf = (text: string | null): number => (text === null ? 0 : terms.of(text))
  rollUp.open(account)
  rollUp.enter(account)
  for (const { what, atMs, code: reason } of passages) {
    const ended = (END_CODES as Partial<Record<Passage['what'], number>>)[what]
    if (ended === undefined) continue
    // When it was left again is the next thing that is known of it; what counts is that it was.
    const end: EndedAs = { state: ended, atMs, code: codeOf(reason) }
    rollUp.end(account, end)
    rollUp.leaveEnd(account, end, atMs)
  }
  if (isLive(state)) return
  rollUp.leave(account)
  rollUp.end(account, { state, atMs: ended_ms ?? 0, code: codeOf(code) })
}

/** As blocks, in rising rows. */
function noteDeliveries({ statements }: Core, events: readonly Old[]): void {
  const delivered = events.filter(({ state }) => state === DELIVERED)
  const sorted = delivered.sort((a, b) => a.pixel - b.pixel || (a.ended_ms ?? 0) - (b.ended_ms ?? 0) || a.row - b.row)
  let at = 0
  eachAlike(
    sorted,
    (a, b) => a.pixel === b.pixel && a.ended_ms === b.ended_ms,
    ({ pixel, ended_ms }, count) => {
      const rows = sorted.slice(at, at + count).map(({ row }) => row)
      statements.delivery.insert(pixel, ended_ms ?? 0, rows)
      at += count
    },
  )
}

function noteArrivals({ statements }: Core, events: readonly Old[]): void {
  let at = 0
  eachAlike(
    events,
    (a, b) => minuteAt(a.accepted_ms) === minuteAt(b.accepted_ms),
    ({ accepted_ms, row }, count) => {
      at += count
      statements.arrival.note(minuteAt(accepted_ms), events[at - 1]!.row, row)
    },
  )
}
