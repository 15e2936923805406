import type { EndState } from './event.ts'
import type { FlowKind } from './reads/index.ts'

/** `event.state` as the migrations have it. */
export const APART = -1
export const READY = 0
export const WAITING = 1
export const DELIVERED = 2
export const REFUSED = 3
export const EXPIRED = 4
export const DISCARDED = 5
/** Kinds of `tally` beside the states. */
export const ACCEPTED = 6
/** A state plus this: accounts of it that were pruned. */
export const PRUNED = 5

/** Kinds of the roll-up alone. An ended state plus this: accounts that left it again. */
export const LEFT = 10
export const REQUEST = 20
/** Fields that contexts added to delivered events. */
export const ADDED = 21

export const FLOW_CODES: Readonly<Record<FlowKind, number>> = {
  accepted: ACCEPTED,
  delivered: DELIVERED,
  refused: REFUSED,
  expired: EXPIRED,
  discarded: DISCARDED,
  left_refused: REFUSED + LEFT,
  left_expired: EXPIRED + LEFT,
  left_discarded: DISCARDED + LEFT,
  request: REQUEST,
  added: ADDED,
}

export const END_CODES: Readonly<Record<EndState, number>> = {
  delivered: DELIVERED,
  refused: REFUSED,
  expired: EXPIRED,
  discarded: DISCARDED,
}

const END_STATES: readonly (EndState | undefined)[] = [
  undefined,
  undefined,
  'delivered',
  'refused',
  'expired',
  'discarded',
]

/** States of events that have not ended, which are counted by shape. */
export function isLive(code: number): boolean {
  return code < DELIVERED
}

/** The end that a stored state means; `undefined` for one that has not ended. */
export function endState(code: number): EndState | undefined {
  return END_STATES[code]
}
