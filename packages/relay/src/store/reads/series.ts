import type { Dimension, FlowKind, Money } from './count.ts'
import type { NumberFilter, Range } from './filter.ts'

/** Points of a chart. A day is one in the relay's time zone. */
export type Step = 'minute' | 'quarter' | 'hour' | 'day'

/** *Flow* over time. */
export interface SeriesQuestion extends Range, NumberFilter {
  /** A finer step than is kept of the range (minutes 48 h, quarters and hours 35 days) becomes the finest that is. */
  readonly step: Step
  readonly kinds: readonly FlowKind[]
  /** A line for each value of this; the 20 largest, the rest `other`. Default: one line a kind. */
  readonly by?: Exclude<Dimension, 'currency'>
  /** So many weeks before are given beside, each at the same local time. 0 to 8, default 0. */
  readonly weeksBefore?: number
}

export interface Series {
  readonly step: Step
  /** The beginning of each point, Unix milliseconds. */
  readonly timesMs: readonly number[]
  /** Up to here all is counted; a point that ends later is not over. */
  readonly nowMs: number
  readonly lines: readonly SeriesLine[]
}

export interface SeriesLine {
  readonly kind: FlowKind
  /** Of `by`. */
  readonly key: string | undefined
  /** One number a point. */
  readonly events: readonly number[]
  /** All points together. */
  readonly money: Money
  /** With `weeksBefore`: the same points one week before, two weeks before, and so on; `undefined` where nothing was counted yet. */
  readonly before: readonly (readonly number[] | undefined)[]
}

/** What waited, looked at once a minute: the most at any moment of a point. */
export interface WaitingQuestion extends Range {
  readonly pixels?: readonly string[]
  readonly step: Step
}

export interface WaitingSeries {
  readonly step: Step
  readonly timesMs: readonly number[]
  readonly queued: readonly number[]
  readonly held: readonly number[]
  readonly sending: readonly number[]
}
