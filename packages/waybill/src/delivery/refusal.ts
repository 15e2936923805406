import { type Ask, type Batch, open, type Plan, reasonFor, settleDelivered, settleRefused } from './batch.ts'
import { PROBES_THAT_DECIDE, spread } from './systemic.ts'
import type { Reason } from './verdict.ts'

/** The API's code for an event whose window closed on the way: expired, not refused. */
export const TOO_OLD = 'event_timestamp_too_old'

/**
 * Sends one event, named or inferred to be bad, in a request of its own. True when it passed. `isOwnFault`: something of its
 * shape passed since it was named, so its refusal says nothing of the shape.
 */
export function* sendAlone<Item>(item: Item, batch: Batch<Item>, isOwnFault: boolean = false): Ask<Item, boolean> {
  if (open([item], batch).length === 0) return false
  const answer = yield [item]
  if (answer.kind === 'delivered') {
    settleDelivered([item], batch, true)
    return true
  }
  const reason = reasonFor(answer, 0)
  if (isOwnFault && reason.code !== TOO_OLD) batch.settle(item, { kind: 'refused', reason })
  else yield* refuse(item, reason, batch)
  return false
}

/** The API refused this very event. It is refused for good unless the whole shape turns out to be. */
export function* refuse<Item>(item: Item, reason: Reason, batch: Batch<Item>): Plan<Item> {
  if (reason.code === TOO_OLD) return batch.settle(item, { kind: 'expired', reason })
  const shape = batch.shapeOf(item)
  settleRefused(batch.watch.refused(shape, { item, reason }), batch)
  if (batch.watch.isAlarming(shape)) yield* probe(shape, reason, batch)
}

/**
 * Tries more of a shape that only fails, chosen from `among`. The first that passes clears the shape; if none does, all of it
 * is held and nobody refused. True when one passed.
 */
export function* probe<Item>(
  shape: string,
  reason: Reason,
  batch: Batch<Item>,
  among: readonly Item[] = batch.reserve,
): Ask<Item, boolean> {
  const ofShape = (items: readonly Item[]): readonly Item[] =>
    open(items, batch).filter((item) => batch.shapeOf(item) === shape)
  const rest = ofShape(among)
  if (rest.length < PROBES_THAT_DECIDE) return false
  for (const item of spread(rest, PROBES_THAT_DECIDE)) {
    const answer = yield [item]
    if (answer.kind === 'delivered') {
      settleDelivered([item], batch)
      return true
    }
    const cleared = batch.watch.refused(shape, { item, reason: reasonFor(answer, 0) })
    settleRefused(cleared, batch)
    if (cleared.length > 0) return false
  }
  const suspects = batch.watch.hold(shape)
  for (const suspect of suspects) batch.settle(suspect.item, { kind: 'unexplained', reason: suspect.reason })
  for (const item of ofShape(batch.reserve)) batch.settle(item, { kind: 'unexplained', reason })
  return false
}
