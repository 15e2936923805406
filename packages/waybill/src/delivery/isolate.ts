import { type Batch, open, type Plan, reasonFor, settleDelivered } from './batch.ts'
import { createBelief } from './belief.ts'
import { refuse, sendAlone } from './refusal.ts'

/**
 * Finds the bad events of a group that was refused without names, in close to the fewest requests possible: from left to
 * right, each group so large that its answer tells most (`docs/isolation.md`). A group that passes is thereby delivered.
 */
export function* isolate<Item>(group: readonly Item[], batch: Batch<Item>): Plan<Item> {
  const belief = createBelief()
  let list = open(group, batch)
  /** The first so many of `list` are known to hold a bad one; 0: nothing is known. */
  let suspected = list.length
  while (list.length > 0) {
    if (suspected === 1) {
      belief.sawBad()
      // Known by inference alone. Its own answer is its reason, and guards against an API that changed its mind.
      yield* sendAlone(list[0]!, batch)
      list = open(list.slice(1), batch)
      suspected = 0
      continue
    }
    const goal = suspected > 0 ? (1 + belief.clean(suspected)) / 2 : 1 / 2
    const size = belief.sizeFor(goal, suspected > 0 ? suspected - 1 : list.length)
    const next = list.slice(0, size)
    const answer = yield next
    if (answer.kind === 'delivered') {
      belief.sawGood(size)
      settleDelivered(next, batch)
      list = list.slice(size)
      suspected = Math.max(0, suspected - size)
    } else if (size > 1) {
      suspected = size
    } else {
      belief.sawBad()
      yield* refuse(next[0]!, reasonFor(answer, 0), batch)
      list = open(list.slice(1), batch)
      suspected = 0
    }
  }
}
