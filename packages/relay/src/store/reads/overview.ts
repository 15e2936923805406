import type { Counts, PixelStatus } from '../counts.ts'
import type { Hold } from '../hold.ts'
import type { Count, Money } from './count.ts'
import type { Range } from './filter.ts'

export interface NowQuestion {
  readonly pixels?: readonly string[]
}

/** Where everything is now. */
export interface Now {
  readonly counts: Counts
  /** Of what has not ended, together. */
  readonly waitingMoney: Money
  readonly holds: readonly (Hold & {
    readonly pixel: string
    readonly shape: string | undefined
    readonly events: number
  })[]
  /** Anything was ever accepted. */
  readonly hasEvents: boolean
  /** 1 once the numbers of the accounts that an older version kept are counted too; until then the share that is. */
  readonly counted: number
}

/** What has not ended, for whoever watches. */
export interface BacklogQuestion {
  readonly pixels?: readonly string[]
  /** Counts events whose own time lies from here to before each of `beforeMs`, Unix milliseconds. */
  readonly fromMs: number
  readonly beforeMs: readonly number[]
  /** Counts at most so many of a pixel. */
  readonly limit: number
}

export interface Backlog {
  readonly pixels: readonly PixelBacklog[]
}

export interface PixelBacklog {
  readonly pixel: string
  readonly counts: Counts
  /** The own time of the oldest event that has not ended, leased or not, to the minute. */
  readonly oldestTimestampMs: number | undefined
  /** Events that have not ended, leased ones included, for each of `beforeMs`. */
  readonly within: readonly number[]
}

export interface PixelsQuestion extends Range {
  readonly pixels?: readonly string[]
}

/** The state of each pixel that ever had an event. */
export interface PixelsOverview {
  readonly pixels: readonly PixelOverview[]
}

export interface PixelOverview extends PixelStatus {
  /** In the range. */
  readonly accepted: Count
  readonly delivered: Count
  /** Ended in the range, and still so. */
  readonly refused: Count
  readonly expired: Count
  /** At any time. */
  readonly lastAcceptedMs: number | undefined
  readonly lastDeliveredMs: number | undefined
  readonly lastRefusedMs: number | undefined
}

/** From an event's own time to its acceptance, and to its delivery. */
export interface LatencyQuestion extends Range {
  readonly pixels?: readonly string[]
}

export interface Latency {
  readonly accepted: Histogram
  readonly delivered: Histogram
}

export interface Histogram {
  readonly events: number
  /** Milliseconds that half, 95 and 99 of 100 stay below, to an eighth of an octave; `undefined` where nothing was counted. */
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
  /** Upper limit in milliseconds and number, rising; 8 buckets an octave. */
  readonly buckets: readonly (readonly [belowMs: number, events: number])[]
}

/** What there was to match with. */
export interface SignalQuestion extends Range {
  readonly pixels?: readonly string[]
  /** Default `delivered`. */
  readonly kind?: 'accepted' | 'delivered'
}

export interface Signal {
  readonly events: number
  /** By name and shape: a shape lists the known keys that were there. The largest first, at most 1,000; the rest is `other`. */
  readonly shapes: readonly { readonly name: string; readonly shape: string; readonly events: number }[]
  /** Field → delivered events that a context added it to, at the attempt that delivered them. */
  readonly added: Readonly<Record<string, number>>
}

/** How far back the numbers go, and what is known: for choices in a form. */
export interface Known {
  readonly pixels: readonly string[]
  readonly names: readonly string[]
  readonly sources: readonly string[]
  readonly codes: readonly string[]
  readonly firstMs: number | undefined
  /** Accounts that ended before are forgotten. */
  readonly forgottenBeforeMs: number | undefined
}
