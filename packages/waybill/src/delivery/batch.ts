import type { Suspect, SystemicWatch } from './systemic.ts'
import type { Reason, Verdict } from './verdict.ts'

/** The judgements that concern content; `named` positions are positions in the group that was sent. */
export type GroupAnswer = Extract<Verdict, { kind: 'delivered' | 'refused' | 'too_large' }>

/** What is now certain of one event. `contradicted`: inferred to be bad or named, and yet it passed alone. */
export type Settlement =
  | { readonly kind: 'delivered'; readonly contradicted: boolean }
  | { readonly kind: 'refused' | 'expired' | 'unexplained'; readonly reason: Reason }

export interface PlanContext<Item> {
  readonly watch: SystemicWatch<Item>
  readonly shapeOf: (item: Item) => string
  /** Called once per event of the batch, and for suspects of earlier batches when their case is decided. */
  readonly settle: (item: Item, settlement: Settlement) => void
  readonly isSettled: (item: Item) => boolean
  /** Events that may be sent as probes of a shape now; those already decided are passed over. Default: the batch. */
  readonly reserve?: readonly Item[]
  /** Cuts what is too large for one request by what is known of sizes now. Default: by halves alone. */
  readonly cut?: (items: readonly Item[]) => readonly (readonly Item[])[]
  /** Whether this pixel's API names the right events; one wrong name ends the trust. */
  readonly trust: { names: boolean }
}

/** The context inside a plan: what may be probed is known, and which shapes had something pass since the batch began. */
export type Batch<Item> = PlanContext<Item> & { readonly reserve: readonly Item[]; readonly passed: Set<string> }

/** Yields the next group to send, takes the judgement of it. */
export type Plan<Item> = Generator<readonly Item[], void, GroupAnswer>
/** A part of a plan that comes back with something it found out. */
export type Ask<Item, Result> = Generator<readonly Item[], Result, GroupAnswer>

/** The events of which nothing is certain yet. */
export function open<Item>(items: readonly Item[], batch: Batch<Item>): readonly Item[] {
  return items.filter((item) => !batch.isSettled(item) && !batch.watch.isSuspect(item))
}

/** Why the event at `position` of the group was refused, as closely as the API said it. */
export function reasonFor(answer: Exclude<GroupAnswer, { kind: 'delivered' }>, position: number): Reason {
  if (answer.kind === 'too_large') return TOO_LARGE
  return answer.events.find((event) => event.position === position) ?? answer.reason
}

export const TOO_LARGE: Reason = {
  code: 'event_too_large',
  message: 'The event alone is larger than the API takes.',
  path: '',
}

export function settleDelivered<Item>(group: readonly Item[], batch: Batch<Item>, contradicted: boolean = false): void {
  // What was decided while the group waited to be sent (its window closed, its shape was held) did not travel with it.
  const passed = group.filter((item) => !batch.isSettled(item))
  for (const item of passed) batch.settle(item, { kind: 'delivered', contradicted })
  for (const shape of new Set(passed.map(batch.shapeOf))) {
    batch.passed.add(shape)
    settleRefused(batch.watch.passed(shape), batch)
  }
}

export function settleRefused<Item>(suspects: readonly Suspect<Item>[], batch: Batch<Item>): void {
  for (const { item, reason } of suspects) batch.settle(item, { kind: 'refused', reason })
}
