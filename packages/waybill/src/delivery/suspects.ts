/**
 * When a refusal is final. An event that was refused once is a suspect: it waits while its neighbours travel. It is refused for
 * good after two refusals and a pass of its shape between them: answers in a row can come from an API, or a proxy, that
 * refuses everything just now, and a whole shape can be at fault instead of its events.
 */
import { MINUTE_MS } from '../duration.ts'
import { type Batch, evidenceOn, open, reasonFor, type Suspect, settleDelivered } from './batch.ts'
import { type Ask, askCanary, askEvents, type CanaryAnswer, type GroupAnswer, type Plan } from './question.ts'
import type { Reason } from './verdict.ts'

/** The API's code for an event whose window closed on the way: expired, not refused. */
export const TOO_OLD = 'event_timestamp_too_old'
/** Why an event of good age ends as too old. */
export const SHORT_WINDOW = 'window_shorter_than_specified'
/** The API may call an event too old that our clock calls young; this far apart it must have said so twice. */
const WINDOW_DOUBT_MS: number = 15 * MINUTE_MS
/** So many events in a row of one shape that are refused, whatever the codes, raise the question whether the shape is at fault. */
export const STREAK_THAT_ALARMS = 8
/** So many more of the shape, spread over the rest, answer it. */
export const PROBES_THAT_DECIDE = 4
/** Where there is nothing left to probe with, as many as both together. */
export const STREAK_THAT_HOLDS: number = STREAK_THAT_ALARMS + PROBES_THAT_DECIDE
/** Single refusals in a batch of which nothing passed, after which a canary is asked whether the API is judging at all. */
const REFUSALS_BEFORE_CANARY = 2

type Refused = Extract<GroupAnswer, { kind: 'refused' }>
type Failing = Extract<GroupAnswer, { kind: 'failing' }>

/** The API refused this very event, in a request of its own. */
export function* suspectOnce<Item>(item: Item, answer: Refused, batch: Batch<Item>): Plan<Item> {
  yield* suspect(item, reasonFor(answer, 0), batch)
}

/** Notes a first refusal, and asks whether it can be somebody else's fault: the shape's, or that of an API that refuses all. */
export function* suspect<Item>(item: Item, reason: Reason, batch: Batch<Item>): Plan<Item> {
  if (batch.isSettled(item) || batch.suspects.has(item)) return
  if (batch.finality === 'first')
    return batch.settle(item, { kind: reason.code === TOO_OLD ? 'expired' : 'refused', reason })
  if (reason.code === TOO_OLD) return yield* doubtWindow(item, reason, batch)
  addSuspect(item, reason, batch)
  const shape = batch.shapeOf(item)
  if (streakOf(shape, batch) >= STREAK_THAT_ALARMS) yield* probe(shape, reason, batch)
  else yield* askWhetherJudging(shape, batch)
}

/** Where several were refused and nothing of the batch has passed yet: a canary tells whether the API is judging at all. */
export function* askWhetherJudging<Item>(shape: string, batch: Batch<Item>): Plan<Item> {
  const { hasAsked, suspects, learned, began } = batch
  if (hasAsked || suspects.size < REFUSALS_BEFORE_CANARY || learned.passedSince(began)) return
  batch.hasAsked = true
  yield* askShape(shape, batch)
}

/** Events in a row that were refused; of a shape that is known to be mixed they say nothing of the shape. */
export function streakOf<Item>(shape: string, { learned, now }: Batch<Item>): number {
  return learned.isMixed(shape, now()) ? 0 : learned.streakOf(shape).length
}

/** Adds a suspect without asking anything: for events that were named, whose neighbours are sent first. */
export function addSuspect<Item>(item: Item, reason: Reason, batch: Batch<Item>): void {
  const { learned } = batch
  const shape = batch.shapeOf(item)
  const passBefore = learned.shapePassedAt(shape)
  batch.suspects.set(item, { reason, refusals: 1, since: learned.now(), passBefore })
  learned.refused(shape, batch.keyOf(item))
}

/** Asks one event alone; what it is suspected of so far does not matter. True when it passed. */
export function* askAlone<Item>(item: Item, batch: Batch<Item>): Ask<Item, boolean> {
  if (batch.isSettled(item)) return false
  const answer = yield* askEvents([item], batch.isSplit)
  if (answer.kind === 'delivered') return settleDelivered([item], batch, true).length > 0
  if (answer.kind === 'failing') settleFailing(item, answer, batch)
  else if (answer.kind === 'too_large') leaveSuspect(item, 'too_large', batch)
  else yield* refusedAgain(item, reasonFor(answer, 0), batch)
  return false
}

function* refusedAgain<Item>(item: Item, reason: Reason, batch: Batch<Item>): Plan<Item> {
  const known = batch.suspects.get(item)
  if (known === undefined) return yield* suspect(item, reason, batch)
  if (reason.code === TOO_OLD && !batch.ofGoodAge.has(item)) {
    batch.suspects.delete(item)
    return yield* doubtWindow(item, reason, batch)
  }
  noteRefusal(known, reason, batch.learned.shapePassedAt(batch.shapeOf(item)))
}

/** Once more: `passBefore` tells when its shape had passed last. */
export function noteRefusal(known: Suspect, reason: Reason, passBefore: number): void {
  known.refusals += 1
  known.reason = reason
  known.passBefore = passBefore
}

/** The API fails on this very event: it waits by itself and holds nobody up. */
export function settleFailing<Item>(item: Item, { why, times }: Failing, batch: Batch<Item>): void {
  const before = batch.suspicionOf?.(item)
  const failures = (before?.kind === 'fails' ? before.times : 0) + times
  const message = `The API failed on this event ${failures} ${failures === 1 ? 'time' : 'times'} (${why}) while it answered others.`
  const reason = { code: 'fails_alone', message, path: '' }
  batch.suspects.delete(item)
  batch.settle(item, { kind: 'suspect', suspicion: 'fails', reason, times: failures })
}

/** Decides what can be decided of the suspects now; the others wait. */
export function* judgeSuspects<Item>(batch: Batch<Item>): Plan<Item> {
  for (const shape of new Set([...batch.suspects.keys()].map(batch.shapeOf))) yield* judgeShape(shape, batch)
  for (const item of [...batch.suspects.keys()]) leaveSuspect(item, 'refused', batch)
}

function* judgeShape<Item>(shape: string, batch: Batch<Item>): Plan<Item> {
  const streak = streakOf(shape, batch)
  const [first] = suspectsOf(shape, batch)
  if (first === undefined) return
  const reason = batch.suspects.get(first)!.reason
  if (streak >= STREAK_THAT_HOLDS) return holdShape(shape, reason, batch)
  if (streak >= STREAK_THAT_ALARMS && (yield* probe(shape, reason, batch))) return yield* judgeShape(shape, batch)
  // Where there are many, a pass of before has served its time long before the last of them is asked.
  let isPassing = true
  for (const item of suspectsOf(shape, batch)) {
    if (isPassing && !hasPass(item, batch)) isPassing = yield* askShape(shape, batch)
    if (!batch.suspects.has(item) || !hasPass(item, batch)) continue
    if (!evidenceOn(item, batch).isEnough) yield* askAlone(item, batch)
    if (!batch.suspects.has(item) || !evidenceOn(item, batch).isEnough) continue
    batch.learned.refusedForGood(shape)
    batch.settle(item, { kind: 'refused', reason: batch.suspects.get(item)!.reason })
    batch.suspects.delete(item)
  }
}

function hasPass<Item>(item: Item, batch: Batch<Item>): boolean {
  return batch.learned.shapePassedSince(batch.shapeOf(item), evidenceOn(item, batch).since)
}

function suspectsOf<Item>(shape: string, batch: Batch<Item>): readonly Item[] {
  return [...batch.suspects.keys()].filter((item) => batch.shapeOf(item) === shape)
}

/**
 * Asks the canary of a shape. It is refused while the least one passes: the shape is at fault, and is held. The least one is refused
 * too: the API is not judging, and nothing it says counts. True when the canary of the shape passed.
 */
function* askShape<Item>(shape: string, batch: Batch<Item>): Ask<Item, boolean> {
  const { learned } = batch
  if (!batch.canaries) return false
  const answer = yield* askCanary<Item>(shape)
  if (answer.said === 'passed') learned.canaryPassed(shape)
  if (answer.said !== 'refused') return answer.said === 'passed'
  const least = yield* askCanary<Item>()
  if (least.said === 'passed') {
    learned.canaryPassed(undefined)
    holdShape(shape, answer.reason, batch)
  } else if (least.said === 'refused') stopJudging(least.reason, batch)
  return false
}

function stopJudging<Item>(reason: Reason, batch: Batch<Item>): void {
  const first = Math.min(...[...batch.suspects.values()].map(({ since }) => since))
  batch.notJudging(reason, batch.learned.eventPassedSince(first))
  for (const item of [...batch.suspects.keys()]) leaveSuspect(item, 'refused', batch)
  const message = `The API refuses even the least event (${reason.code}: ${reason.message}).`
  for (const item of open(batch.reserve, batch))
    batch.settle(item, { kind: 'open', reason: { code: 'not_judging', message, path: '' } })
}

function leaveSuspect<Item>(item: Item, suspicion: 'refused' | 'too_large', batch: Batch<Item>): void {
  const known = batch.suspects.get(item)
  batch.suspects.delete(item)
  if (batch.isSettled(item)) return
  const reason = known?.reason ?? { code: 'unconfirmed_rejection', message: 'Its request was answered 413.', path: '' }
  batch.settle(item, { kind: 'suspect', suspicion, reason, times: known?.refusals ?? 1 })
}

/** The shape waits as a whole; nobody of it is refused. */
function holdShape<Item>(shape: string, reason: Reason, batch: Batch<Item>): void {
  batch.shapeIsRefused(shape, reason)
  for (const item of suspectsOf(shape, batch)) {
    batch.settle(item, { kind: 'unexplained', reason: batch.suspects.get(item)!.reason })
    batch.suspects.delete(item)
  }
  for (const item of openOf(shape, batch.reserve, batch)) batch.settle(item, { kind: 'unexplained', reason })
}

function openOf<Item>(shape: string, among: readonly Item[], batch: Batch<Item>): readonly Item[] {
  return open(among, batch).filter((item) => batch.shapeOf(item) === shape)
}

/**
 * Tries more of a shape that only fails, chosen from `among`; where nothing else is left, suspects of it that were only named. The first that
 * passes clears the shape; if none does, all of it is held and nobody refused. True when one passed.
 */
export function* probe<Item>(
  shape: string,
  reason: Reason,
  batch: Batch<Item>,
  among: readonly Item[] = batch.reserve,
): Ask<Item, boolean> {
  const fresh = openOf(shape, among, batch)
  const hasPassed = batch.learned.shapePassedSince(shape, batch.began)
  const rest = fresh.length >= PROBES_THAT_DECIDE || hasPassed ? fresh : suspectsOf(shape, batch)
  if (rest.length < PROBES_THAT_DECIDE) return false
  for (const item of spread(rest, PROBES_THAT_DECIDE)) {
    const answer = yield* askEvents([item], batch.isSplit)
    if (answer.kind === 'delivered') return settleDelivered([item], batch, batch.suspects.has(item)).length > 0
    if (answer.kind !== 'refused') return false
    const known = batch.suspects.get(item)
    if (known === undefined) addSuspect(item, reasonFor(answer, 0), batch)
    else noteRefusal(known, reasonFor(answer, 0), batch.learned.shapePassedAt(shape))
  }
  holdShape(shape, reason, batch)
  return false
}

/** `count` members of a list, evenly spread over it. */
export function spread<Item>(list: readonly Item[], count: number): Item[] {
  const step = list.length / (count + 1)
  const at = (index: number): Item => list[Math.min(list.length - 1, Math.floor(step * (index + 1)))]!
  return [...new Set(Array.from({ length: count }, (_, index) => at(index)))]
}

/**
 * The API calls an event too old. By our confirmed clock it is: expired. By that clock it is young: a canary with the same time
 * tells whether it is the event or the API's window.
 */
function* doubtWindow<Item>(item: Item, reason: Reason, batch: Batch<Item>): Plan<Item> {
  const age = batch.ageOf(item)
  if (age === 'old') return batch.settle(item, { kind: 'expired', reason })
  const before = batch.suspicionOf?.(item)
  const earlier = before?.kind === 'too_old' ? before : undefined
  const times = (earlier?.times ?? 0) + 1
  const wait = { kind: 'suspect', suspicion: 'too_old', reason, times } as const
  if (age === 'unknown' || !batch.canaries) return batch.settle(item, wait)
  const answer = { said: yield* askTime(batch.timestampOf(item), batch) }
  // The API takes another event of that time: whatever it says of this one, it is not its age.
  if (answer.said === 'passed') {
    batch.ofGoodAge.add(item)
    return addSuspect(item, reason, batch)
  }
  if (answer.said !== 'refused' || earlier === undefined || batch.now() - earlier.firstMs < WINDOW_DOUBT_MS)
    return batch.settle(item, wait)
  const message = `The API's window is shorter than specified: twice, 15 minutes apart, it called this event too old, and a canary of the same time as well (${reason.message}).`
  batch.settle(item, { kind: 'expired', reason: { ...reason, code: SHORT_WINDOW, message } })
}

/**
 * Whether the API takes another event of that time. The youngest of the batch is asked about first: where even that is too old, it
 * answers for all.
 */
function* askTime<Item>(timestampMs: number, batch: Batch<Item>): Ask<Item, CanaryAnswer['said']> {
  const { tooOld } = batch
  if (tooOld.uptoMs === undefined) {
    const youngestMs = Math.max(...batch.reserve.map(batch.timestampOf))
    tooOld.uptoMs = Number.NEGATIVE_INFINITY
    const { said } = yield* askCanary<Item>(undefined, youngestMs)
    if (said === 'refused') tooOld.uptoMs = youngestMs
    if (said !== 'passed') return said
  }
  if (timestampMs <= tooOld.uptoMs) return 'refused'
  const { said } = yield* askCanary<Item>(undefined, timestampMs)
  if (said === 'refused') tooOld.uptoMs = timestampMs
  return said
}
