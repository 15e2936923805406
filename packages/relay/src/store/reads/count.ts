/** Minor units by currency, as in `{ EUR: 129_900 }`; a currency whose sum is 0 is left out. Exact below 2^53. */
export type Money = Readonly<Record<string, number>>

/** Each number says events and money. */
export interface Count {
  readonly events: number
  readonly money: Money
}

/**
 * What is counted by the time at which it happened, and never taken back (*flow*): accounts opened, ends, ends that were left again (by
 * a replay, an edit, an arrival or a discard), requests (one each, under `verdict:status`), and what contexts added to delivered
 * events (under the name of the field).
 */
export type FlowKind =
  | 'accepted'
  | 'delivered'
  | 'refused'
  | 'expired'
  | 'discarded'
  | 'left_refused'
  | 'left_expired'
  | 'left_discarded'
  | 'request'
  | 'added'

export const FLOW_KINDS: readonly FlowKind[] = [
  'accepted',
  'delivered',
  'refused',
  'expired',
  'discarded',
  'left_refused',
  'left_expired',
  'left_discarded',
  'request',
  'added',
]

/** What numbers can be split by. `other` stands for all that came after the first 2,000 keys of a minute. */
export type Dimension = 'pixel' | 'name' | 'shape' | 'source' | 'code' | 'currency'

export const OTHER = 'other'
