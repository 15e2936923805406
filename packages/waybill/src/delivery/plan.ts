/**
 * How one batch reaches the API although some of its events may be bad: a pure state machine, written as a generator. It
 * yields the next group to send and takes the judgement of that group; whatever is certain of an event it settles at once.
 *
 *   whole batch ─► accepted: delivered
 *               ─► names events: these are set aside, the rest is sent ─► passes: the names were right
 *                                                                     ─► names nobody: isolate, then each of those aside alone
 *               ─► names nobody: isolate (docs/isolation.md), each bad one confirmed alone
 *
 * Nobody is refused for good unless named and confirmed, or refused alone, and not while the systemic watch suspects that the
 * fault is not the event's own. Timeouts, 429 and 5xx never get here: whoever drives the plan asks the same group again.
 */
import { type Batch, open, type Plan, type PlanContext, reasonFor, settleDelivered, TOO_LARGE } from './batch.ts'
import { isolate } from './isolate.ts'
import { setAside } from './named.ts'
import { refuse } from './refusal.ts'

/** Plans the delivery of one batch. Drive it with the answer to each group it yields. */
export function* planBatch<Item>(items: readonly Item[], context: PlanContext<Item>): Plan<Item> {
  yield* deliver(items, { reserve: items, ...context, passed: new Set() })
}

function* deliver<Item>(items: readonly Item[], batch: Batch<Item>): Plan<Item> {
  const group = open(items, batch)
  if (group.length === 0) return
  const answer = yield group
  if (answer.kind === 'delivered') return settleDelivered(group, batch)
  if (answer.kind === 'too_large') return yield* halve(group, batch)
  if (group.length === 1) return yield* refuse(group[0]!, reasonFor(answer, 0), batch)
  const named = batch.trust.names ? answer.events : []
  if (named.length > 0) return yield* setAside(group, named, batch)
  yield* isolate(group, batch)
}

function* halve<Item>(group: readonly Item[], batch: Batch<Item>): Plan<Item> {
  if (group.length === 1) return batch.settle(group[0]!, { kind: 'refused', reason: TOO_LARGE })
  const middle = Math.ceil(group.length / 2)
  for (const half of [group.slice(0, middle), group.slice(middle)])
    for (const part of batch.cut?.(half) ?? [half]) yield* deliver(part, batch)
}
