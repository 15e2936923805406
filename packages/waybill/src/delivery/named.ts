import { type Batch, evidenceOn, noteRefused, open, settleDelivered } from './batch.ts'
import { isolate } from './isolate.ts'
import { type Ask, askEvents, askNames, type Plan } from './question.ts'
import { tooLarge } from './size.ts'
import {
  addSuspect,
  askAlone,
  askWhetherJudging,
  noteRefusal,
  probe,
  STREAK_THAT_ALARMS,
  streakOf,
  suspect,
  suspectOnce,
  TOO_OLD,
} from './suspects.ts'
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
  readonly deliver: DeliverRest<Item>
}

type DeliverRest<Item> = (items: readonly Item[], batch: Batch<Item>) => Plan<Item>

const ROUND_OF_FIRST_TEST = 3
const ROUND_OF_SECOND_TEST = 12
const MOST_CHECKS = 2
const PARTS = 4
/** Events of one confirming request: each stands between two canaries, and a request takes 1,000. */
const MOST_NAMED = 499

/** The API named events: these are set aside, the rest is sent; then they are asked again, each between two canaries. */
export function* setAside<Item>(
  group: readonly Item[],
  named: readonly NamedEvent[],
  batch: Batch<Item>,
  deliver: DeliverRest<Item>,
): Plan<Item> {
  const aside: Aside<Item> = {
    reasons: new Map(),
    rounds: 0,
    oneEachTime: true,
    inParts: false,
    checks: 0,
    probed: new Set(),
    deliver,
  }
  const rest = yield* take(group, named, aside, batch)
  if (rest.length > 0) yield* sendRest(rest, aside, batch)
  else yield* askWhetherJudging(batch.shapeOf(group[0]!), batch)
  yield* probeNamedShapes(aside, batch)
  yield* confirmNames(waiting(aside, batch), batch)
}

/** Named events against which there is not enough yet. */
function waiting<Item>(aside: Aside<Item>, batch: Batch<Item>): readonly Item[] {
  return [...aside.reasons.keys()].filter((item) => batch.suspects.has(item) && !evidenceOn(item, batch).isEnough)
}

/** One more naming, while no canary is named, is a second refusal. Where the names prove wrong, each is asked alone. */
function* confirmNames<Item>(named: readonly Item[], batch: Batch<Item>): Plan<Item> {
  let left = named
  while (left.length > 0 && batch.learned.trust.names && batch.canaries) {
    const again = yield* askAgain(left.slice(0, MOST_NAMED), batch)
    if (again === undefined) return
    left = left.filter((item) => !again.has(item))
  }
  for (const item of left) if (batch.suspects.has(item)) yield* askAlone(item, batch)
}

/** Asks named events once more, between canaries; gives those that were named again, `undefined` where no answer says anything. */
function* askAgain<Item>(named: readonly Item[], batch: Batch<Item>): Ask<Item, ReadonlyMap<Item, Reason> | undefined> {
  const { again, areWrong, isUnknown } = yield* askNames(named)
  if (isUnknown) return undefined
  if (areWrong || again.size === 0) batch.learned.trust.names = false
  else for (const [item, reason] of again) confirm(item, reason, batch)
  return again
}

function confirm<Item>(item: Item, reason: Reason, batch: Batch<Item>): void {
  const known = batch.suspects.get(item)
  if (known === undefined) return
  // It stood between two canaries of its shape, which were not named: they are the pass.
  noteRefusal(known, reason, batch.learned.now())
}

/** Sets the named events aside and gives the others. */
function* take<Item>(
  group: readonly Item[],
  named: readonly NamedEvent[],
  aside: Aside<Item>,
  batch: Batch<Item>,
): Ask<Item, readonly Item[]> {
  const byPosition = new Map(named.map((event) => [event.position, event]))
  aside.rounds += 1
  aside.oneEachTime &&= named.length === 1
  const rest: Item[] = []
  for (const [position, item] of group.entries()) {
    const event = byPosition.get(position)
    if (event === undefined) rest.push(item)
    else if (event.code === TOO_OLD) yield* suspect(item, event, batch)
    else {
      aside.reasons.set(item, event)
      addSuspect(item, event, batch)
    }
  }
  return open(rest, batch)
}

/** Sends what was not named until it passes. */
function* sendRest<Item>(rest: readonly Item[], aside: Aside<Item>, batch: Batch<Item>): Plan<Item> {
  let group = rest
  for (;;) {
    if (!(yield* namesPassTest(aside, batch))) return yield* isolate(group, batch, aside.deliver)
    if (aside.rounds >= STREAK_THAT_ALARMS) yield* probeNamedShapes(aside, batch, group)
    group = open(group, batch)
    if (group.length === 0) return
    if (aside.rounds >= ROUND_OF_FIRST_TEST && aside.oneEachTime && !aside.inParts)
      return yield* sendInParts(group, aside, batch)
    const answer = yield* askEvents(group, batch.isSplit)
    if (answer.kind === 'delivered') return void settleDelivered(group, batch)
    if (answer.kind === 'too_large') return yield* tooLarge(group, batch, aside.deliver)
    if (answer.kind === 'refused' && group.length === 1) return yield* suspectOnce(group[0]!, answer, batch)
    if (answer.kind === 'failing' || answer.events.length === 0)
      return yield* isolateRest(group, answer.kind, aside, batch)
    group = yield* take(group, answer.events, aside, batch)
    const named = [...aside.reasons.keys()].at(-1)
    if (named !== undefined) yield* askWhetherJudging(batch.shapeOf(named), batch)
    group = open(group, batch)
  }
}

function* isolateRest<Item>(
  group: readonly Item[],
  kind: 'failing' | 'refused',
  aside: Aside<Item>,
  batch: Batch<Item>,
): Plan<Item> {
  if (kind === 'failing') batch.isSplit = true
  else noteRefused(group, batch)
  yield* isolate(group, batch, aside.deliver)
}

/** An API that names one event at a time would have the whole rest sent for each; four parts bound the bytes. */
function* sendInParts<Item>(group: readonly Item[], aside: Aside<Item>, batch: Batch<Item>): Plan<Item> {
  aside.inParts = true
  const size = Math.ceil(group.length / PARTS)
  for (let start = 0; start < group.length; start += size) {
    const part = open(group.slice(start, start + size), batch)
    if (part.length === 0) continue
    if (batch.learned.trust.names) yield* sendRest(part, aside, batch)
    else yield* aside.deliver(part, batch)
  }
}

/** Now and then asks again about the event named last. False when it passes, or a canary beside it is named: then the names are wrong. */
function* namesPassTest<Item>(aside: Aside<Item>, batch: Batch<Item>): Ask<Item, boolean> {
  const { trust } = batch.learned
  if (!trust.names) return false
  const first = aside.rounds >= ROUND_OF_FIRST_TEST && aside.checks === 0
  const second = aside.rounds >= ROUND_OF_SECOND_TEST && aside.checks < MOST_CHECKS
  if (!first && !second) return true
  aside.checks += 1
  const last = [...aside.reasons.keys()].at(-1)
  if (last === undefined) return true
  if (batch.canaries) yield* askAgain([last], batch)
  else if (yield* askAlone(last, batch)) trust.names = false
  return trust.names
}

/** So many named of one shape, none of which passed: is it the shape? */
function* probeNamedShapes<Item>(
  aside: Aside<Item>,
  batch: Batch<Item>,
  among: readonly Item[] = batch.reserve,
): Plan<Item> {
  for (const [shape, reason] of alarmingShapes(aside, batch)) {
    aside.probed.add(shape)
    aside.checks += 1
    yield* probe(shape, reason, batch, among)
  }
}

function alarmingShapes<Item>(aside: Aside<Item>, batch: Batch<Item>): Map<string, Reason> {
  const alarming = new Map<string, Reason>()
  for (const [item, reason] of aside.reasons) {
    const shape = batch.shapeOf(item)
    if (!batch.suspects.has(item) || aside.probed.has(shape)) continue
    if (streakOf(shape, batch) >= STREAK_THAT_ALARMS) alarming.set(shape, reason)
  }
  return alarming
}
