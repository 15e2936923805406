/**
 * How one batch reaches the API although some of its events may be bad: a pure state machine, written as a generator. It
 * yields the next question and takes its answer; whatever is certain of an event it settles at once.
 *
 *   whole batch ─► accepted: delivered
 *               ─► names events: these are set aside, the rest is sent; then the named are asked again between canaries
 *               ─► names nobody: isolate (docs/isolation.md), each bad one asked alone
 *               ─► the API fails on it although it answers others: isolate likewise; who is left waits by itself
 *               ─► 413: the least canary tells whether it is the size or the way
 *
 * What is refused once is a suspect. Nobody is refused for good but after two refusals and a pass of its shape
 * (`suspects.ts`). What may pass by itself (timeouts, 429, 5xx) never gets here: whoever drives the plan asks again.
 */
import { type Batch, noteRefused, open, type PlanContext, type Suspicion, settleDelivered } from './batch.ts'
import { isolate } from './isolate.ts'
import { setAside } from './named.ts'
import { askEvents, type Plan } from './question.ts'
import { tooLarge } from './size.ts'
import { judgeSuspects, settleFailing, suspect, suspectOnce } from './suspects.ts'
import type { Reason } from './verdict.ts'

/** Plans the delivery of one batch. Drive it with the answer to each question it yields. */
export function* planBatch<Item>(items: readonly Item[], context: PlanContext<Item>): Plan<Item> {
  const batch = createBatch(items, context)
  yield* deliver(items, batch)
  yield* judgeSuspects(batch)
}

/**
 * Plans what becomes of events that were suspected in earlier batches. Those that were refused are asked alone, once something of their
 * shape passed; those on which the API failed are sent together first, since what failed may have been the API.
 */
export function* planSuspects<Item>(items: readonly Item[], context: PlanContext<Item>): Plan<Item> {
  const batch = createBatch(items, context)
  const rest: Item[] = []
  for (const item of items) {
    const earlier = context.suspicionOf?.(item)
    // The refusals of before count, and it would not be here if its shape had passed since: the pass has to come from now on.
    if (earlier?.kind === 'refused')
      batch.suspects.set(item, {
        reason: reasonOf(earlier),
        refusals: earlier.times,
        since: batch.began,
        passBefore: 0,
      })
    else if (earlier?.kind === 'fails') rest.push(item)
    else yield* deliver([item], batch)
  }
  batch.isSplit = true
  yield* deliver(rest, batch)
  yield* judgeSuspects(batch)
}

function createBatch<Item>(items: readonly Item[], context: PlanContext<Item>): Batch<Item> {
  return {
    reserve: items,
    ...context,
    began: context.learned.now(),
    suspects: new Map(),
    refusedGroups: [],
    ofGoodAge: new Set(),
    delivered: new Set(),
    tooOld: { uptoMs: undefined },
    isSplit: false,
    hasAsked: false,
  }
}

function reasonOf({ code, message }: Suspicion): Reason {
  return { code, message, path: '' }
}

/** Given as an argument to the parts that it calls, so that none of them imports this file. */
function* deliver<Item>(items: readonly Item[], batch: Batch<Item>): Plan<Item> {
  const group = open(items, batch)
  if (group.length === 0) return
  const answer = yield* askEvents(group, batch.isSplit)
  if (answer.kind === 'delivered') return void settleDelivered(group, batch)
  if (answer.kind === 'too_large') return yield* tooLarge(group, batch, deliver)
  if (answer.kind === 'failing') {
    if (group.length === 1) return settleFailing(group[0]!, answer, batch)
    batch.isSplit = true
    return yield* isolate(group, batch, deliver)
  }
  if (group.length === 1) return yield* suspectOnce(group[0]!, answer, batch)
  const named = batch.learned.trust.names ? answer.events : []
  if (batch.finality === 'first' && named.length > 0) {
    for (const event of named) yield* suspect(group[event.position]!, event, batch)
    return yield* deliver(group, batch)
  }
  if (named.length > 0) return yield* setAside(group, named, batch, deliver)
  noteRefused(group, batch)
  yield* isolate(group, batch, deliver)
}
