import type { Range } from './filter.ts'

/** What a verdict compares: *flow* of each source of each pixel, by quarters of an hour. */
export interface FlowsQuestion extends Range {
  readonly pixels?: readonly string[]
}

export interface Flows {
  readonly flows: readonly FlowLine[]
  readonly waiting: readonly WaitingLine[]
}

/** Of one source of one pixel. Quarters in which nothing came are left out. */
export interface FlowLine {
  readonly pixel: string
  readonly source: string
  readonly kind: 'accepted' | 'delivered' | 'refused'
  /** Of `refused`. */
  readonly code?: string
  /** Beginnings of quarters, Unix milliseconds, rising. */
  readonly timesMs: readonly number[]
  readonly events: readonly number[]
}

/** What waited of a pixel: for each quarter the most at any minute that was looked at. */
export interface WaitingLine {
  readonly pixel: string
  readonly timesMs: readonly number[]
  readonly events: readonly number[]
}
