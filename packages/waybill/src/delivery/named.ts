import { type Ask, type Batch, open, type Plan, reasonFor, settleDelivered } from './batch.ts'
import { isolate } from './isolate.ts'
import { probe, refuse, sendAlone, TOO_OLD } from './refusal.ts'
import { STREAK_THAT_ALARMS } from './systemic.ts'
import type { NamedEvent, Reason } from './verdict.ts'

/** Events that the API named, not yet confirmed, and how the naming went so far. */
interface Aside<Item> {
  readonly reasons: Map<Item, Reason>
  /** Answers that named somebody. */
  rounds: number
  /** Every answer named exactly one. */
  oneEachTime: boolean
  inParts: boolean
  /** Tests of the names so far, and whether a shape was probed: together at most two, which bounds the requests. */
  checks: number
  readonly probed: Set<string>
}

const ROUND_OF_FIRST_TEST = 3
const ROUND_OF_SECOND_TEST = 12
const MOST_CHECKS = 2
const PARTS = 4

/** The API named events: these are set aside, the rest is sent; when the rest passes the names are confirmed. */
export function* setAside<Item>(group: readonly Item[], named: readonly NamedEvent[], batch: Batch<Item>): Plan<Item> {
  const aside: Aside<Item> = {
    reasons: new Map(),
    rounds: 0,
    oneEachTime: true,
    inParts: false,
    checks: 0,
    probed: new Set(),
  }
  const rest = take(group, named, aside)
  const confirmed = rest.length > 0 && (yield* sendRest(rest, aside, batch))
  yield* settleNamed(aside, confirmed, batch)
}

function* settleNamed<Item>(aside: Aside<Item>, confirmed: boolean, batch: Batch<Item>): Plan<Item> {
  // Names that came in several rounds, many at a time, can hold an innocent although the rest passed.
  const certain = confirmed && (aside.rounds === 1 || aside.oneEachTime)
  const counts = new Map<string, number>()
  for (const item of aside.reasons.keys()) counts.set(batch.shapeOf(item), (counts.get(batch.shapeOf(item)) ?? 0) + 1)
  for (const [item, reason] of aside.reasons) {
    if (open([item], batch).length === 0) continue
    const shape = batch.shapeOf(item)
    if (certain && reason.code === TOO_OLD) batch.settle(item, { kind: 'expired', reason })
    else if (certain && batch.passed.has(shape)) batch.settle(item, { kind: 'refused', reason })
    // So many of a shape of which nothing passed could be a fault of the shape: their names alone do not convict them.
    else if (certain && counts.get(shape)! < STREAK_THAT_ALARMS) yield* refuse(item, reason, batch)
    else if (yield* sendAlone(item, batch, batch.passed.has(shape))) batch.trust.names = false
  }
}

/** Sets the named events aside and gives the others. */
function take<Item>(group: readonly Item[], named: readonly NamedEvent[], aside: Aside<Item>): readonly Item[] {
  const byPosition = new Map(named.map((event) => [event.position, event]))
  aside.rounds += 1
  aside.oneEachTime &&= named.length === 1
  return group.filter((item, position) => {
    const event = byPosition.get(position)
    if (event !== undefined) aside.reasons.set(item, event)
    return event === undefined
  })
}

/** Sends what was not named until it passes. True when it did and nothing but names was needed for that. */
function* sendRest<Item>(rest: readonly Item[], aside: Aside<Item>, batch: Batch<Item>): Ask<Item, boolean> {
  let group = rest
  for (;;) {
    if (!(yield* namesPassTest(aside, batch))) {
      yield* isolate(group, batch)
      return false
    }
    yield* probeNamedShapes(group, aside, batch)
    group = open(group, batch)
    if (group.length === 0) return false
    if (aside.rounds >= ROUND_OF_FIRST_TEST && aside.oneEachTime && !aside.inParts)
      return yield* sendInParts(group, aside, batch)
    const answer = yield group
    if (answer.kind === 'delivered') {
      settleDelivered(group, batch)
      return true
    }
    if (group.length === 1) {
      yield* refuse(group[0]!, reasonFor(answer, 0), batch)
      return false
    }
    if (answer.kind === 'too_large' || answer.events.length === 0) {
      yield* isolate(group, batch)
      return false
    }
    group = take(group, answer.events, aside)
  }
}

/** An API that names one event at a time would have the whole rest sent for each; four parts bound the bytes. */
function* sendInParts<Item>(group: readonly Item[], aside: Aside<Item>, batch: Batch<Item>): Ask<Item, boolean> {
  aside.inParts = true
  const size = Math.ceil(group.length / PARTS)
  let confirmed = true
  for (let start = 0; start < group.length; start += size) {
    const part = open(group.slice(start, start + size), batch)
    if (!batch.trust.names) yield* sendUnnamed(part, batch)
    else if (part.length > 0) confirmed = (yield* sendRest(part, aside, batch)) && confirmed
  }
  return confirmed && batch.trust.names
}

/** Sends a group without listening to names: these have proved wrong. */
function* sendUnnamed<Item>(group: readonly Item[], batch: Batch<Item>): Plan<Item> {
  if (group.length === 0) return
  const answer = yield group
  if (answer.kind === 'delivered') settleDelivered(group, batch)
  else if (group.length === 1) yield* refuse(group[0]!, reasonFor(answer, 0), batch)
  else yield* isolate(group, batch)
}

/** Now and then sends the event named last alone. False when it passes: then the API names the wrong ones. */
function* namesPassTest<Item>(aside: Aside<Item>, batch: Batch<Item>): Ask<Item, boolean> {
  if (!batch.trust.names) return false
  const first = aside.rounds >= ROUND_OF_FIRST_TEST && aside.checks === 0
  const second = aside.rounds >= ROUND_OF_SECOND_TEST && aside.checks < MOST_CHECKS
  if (!first && !second) return true
  aside.checks += 1
  const last = [...aside.reasons.keys()].at(-1)!
  if (yield* sendAlone(last, batch)) batch.trust.names = false
  return batch.trust.names
}

/** Eight answers in a row that named events of one shape, none of which passed: is it the shape? */
function* probeNamedShapes<Item>(group: readonly Item[], aside: Aside<Item>, batch: Batch<Item>): Plan<Item> {
  if (aside.rounds < STREAK_THAT_ALARMS) return
  for (const [shape, reason] of alarmingShapes(aside, batch)) {
    aside.probed.add(shape)
    aside.checks += 1
    yield* probe(shape, reason, batch, group)
  }
}

function alarmingShapes<Item>(aside: Aside<Item>, batch: Batch<Item>): Map<string, Reason> {
  const streaks = new Map<string, { reason: Reason; length: number }>()
  for (const [item, reason] of aside.reasons) {
    const shape = batch.shapeOf(item)
    const streak = streaks.get(shape)
    const same = streak?.reason.code === reason.code && streak.reason.path === reason.path
    streaks.set(shape, { reason, length: same ? streak.length + 1 : 1 })
  }
  const alarming = [...streaks].filter(
    ([shape, { length }]) => length >= STREAK_THAT_ALARMS && !batch.passed.has(shape) && !aside.probed.has(shape),
  )
  return new Map(alarming.map(([shape, { reason }]) => [shape, reason]))
}
