import { type Batch, noteRefused, open, settleDelivered } from './batch.ts'
import { createBelief } from './belief.ts'
import { askEvents, type Plan } from './question.ts'
import { tooLarge } from './size.ts'
import { askAlone, settleFailing, suspectOnce } from './suspects.ts'

/** How what is left of a group is delivered. */
type DeliverRest<Item> = (items: readonly Item[], batch: Batch<Item>) => Plan<Item>

/**
 * Finds the bad events of a group that was refused without names, in close to the fewest requests possible: from left to
 * right, each group so large that its answer tells most (`docs/isolation.md`). A group that passes is thereby delivered. A group
 * on which the API fails while it answers others is treated like a refused one.
 */
export function* isolate<Item>(group: readonly Item[], batch: Batch<Item>, deliverRest: DeliverRest<Item>): Plan<Item> {
  const belief = createBelief()
  let list = open(group, batch)
  /** The first so many of `list` are known to hold a bad one; 0: nothing is known. */
  let suspected = list.length
  while (list.length > 0) {
    if (suspected === 1) {
      belief.sawBad()
      // Known by inference alone. Its own answer is its reason, and guards against an API that changed its mind.
      yield* askAlone(list[0]!, batch)
      list = open(list.slice(1), batch)
      suspected = 0
      continue
    }
    const goal = suspected > 0 ? (1 + belief.clean(suspected)) / 2 : 1 / 2
    const size = belief.sizeFor(goal, suspected > 0 ? suspected - 1 : list.length)
    const next = list.slice(0, size)
    const answer = yield* askEvents(next, batch.isSplit)
    if (answer.kind === 'delivered') {
      belief.sawGood(size)
      settleDelivered(next, batch)
      list = list.slice(size)
      suspected = Math.max(0, suspected - size)
    } else if (answer.kind === 'too_large') {
      yield* tooLarge(next, batch, deliverRest)
      list = open(list, batch)
      suspected = 0
    } else {
      if (answer.kind === 'failing') batch.isSplit = true
      else if (size > 1) noteRefused(next, batch)
      suspected = size > 1 ? size : 0
      if (size > 1) continue
      belief.sawBad()
      if (answer.kind === 'failing') settleFailing(next[0]!, answer, batch)
      else yield* suspectOnce(next[0]!, answer, batch)
      list = open(list.slice(1), batch)
    }
  }
}
