import type { EndState } from '../event.ts'

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
