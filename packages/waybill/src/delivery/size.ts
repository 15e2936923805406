import { type Batch, open, settleDelivered } from './batch.ts'
import { canBeTooLarge } from './body-limit.ts'
import { askCanary, askEvents, type Plan } from './question.ts'
import type { Reason } from './verdict.ts'

const TOO_LARGE: Reason = {
  code: 'event_too_large',
  message: 'The event alone is larger than the API takes.',
  path: '',
}
const UNCLEAR: Reason = {
  code: 'unconfirmed_rejection',
  message: 'A request was answered 413, and nothing tells yet whether its size is the reason.',
  path: '',
}

/**
 * A group was answered 413. The least canary tells what that says: it passes, and the size is at fault; it gets 413 too, and the way to
 * the API is.
 */
export function* tooLarge<Item>(
  group: readonly Item[],
  batch: Batch<Item>,
  deliver: (items: readonly Item[], batch: Batch<Item>) => Plan<Item>,
): Plan<Item> {
  const { said } = yield* askCanary<Item>()
  if (said === 'too_large') batch.wayIsBroken()
  if (said !== 'passed') return leaveOpen(group, batch)
  batch.learned.canaryPassed(undefined)
  batch.learned.bodyWasTooLarge(group.reduce((sum, item) => sum + batch.bytesOf(item) + 1, 0))
  if (group.length === 1) return yield* tooLargeAlone(group[0]!, batch)
  const middle = Math.ceil(group.length / 2)
  for (const half of [group.slice(0, middle), group.slice(middle)])
    for (const part of batch.cut?.(half) ?? [half]) yield* deliver(part, batch)
}

/** Refused for its size is only what is large, larger than all that passed, and was refused again after a pass. */
function* tooLargeAlone<Item>(item: Item, batch: Batch<Item>): Plan<Item> {
  const times = (batch.suspicionOf?.(item)?.times ?? 0) + 1
  const waits = { kind: 'suspect', suspicion: 'too_large', reason: UNCLEAR, times } as const
  if (!canBeTooLarge(batch.learned.body, batch.bytesOf(item))) return batch.settle(item, waits)
  if (batch.finality === 'first') return batch.settle(item, { kind: 'refused', reason: TOO_LARGE })
  const [again] = open([item], batch)
  if (again === undefined) return
  const answer = yield* askEvents([item], true)
  if (answer.kind === 'delivered') return void settleDelivered([item], batch)
  if (answer.kind === 'too_large') batch.settle(item, { kind: 'refused', reason: TOO_LARGE })
  else batch.settle(item, waits)
}

function leaveOpen<Item>(group: readonly Item[], batch: Batch<Item>): void {
  for (const item of open(group, batch)) batch.settle(item, { kind: 'open', reason: UNCLEAR })
}
