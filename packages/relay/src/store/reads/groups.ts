import type { Issue } from 'waybill'
import type { EventState } from '../event.ts'
import type { Count, Dimension, FlowKind } from './count.ts'
import type { ListedEvent } from './event-list.ts'
import type { NumberFilter, Range } from './filter.ts'

/**
 * A total, or totals by what events have in common. `flow`: what happened in the range. `ends`: accounts that are in this end now, by the
 * time of that end: the number of the list that the same filter opens. Without a range: all times.
 */
export interface GroupsQuestion extends NumberFilter, Partial<Range> {
  readonly count:
    | { readonly flow: FlowKind }
    | { readonly ends: Extract<EventState, 'delivered' | 'refused' | 'expired' | 'discarded'> }
  /** None: one total. */
  readonly by: readonly Exclude<Dimension, 'currency'>[]
  /** The largest; 1 to 1,000, default 100. `total` counts all. */
  readonly limit?: number
}

export interface Groups {
  readonly groups: readonly Group[]
  readonly total: Count
  /** How many groups there are in all. */
  readonly count: number
  readonly range: Partial<Range> | undefined
}

export interface Group extends Count {
  readonly key: Readonly<Partial<Record<Exclude<Dimension, 'currency'>, string>>>
  /** First and last time that such a one was counted at all, in or out of the range. Unix milliseconds. */
  readonly firstMs: number
  readonly lastMs: number
}

/** What is refused (or expired, or discarded) now: by pixel, code and source, the largest first. */
export interface FaultGroupsQuestion extends NumberFilter, Partial<Range> {
  /** Default `refused`. */
  readonly state?: 'refused' | 'expired' | 'discarded'
  /** 1 to 200, default 50. */
  readonly limit?: number
}

export interface FaultGroups {
  readonly groups: readonly FaultGroup[]
  readonly total: Count
  readonly count: number
}

export interface FaultGroup extends Count {
  readonly pixel: string
  readonly code: string
  /** The largest first. */
  readonly sources: readonly { readonly source: string; readonly events: number }[]
  readonly firstMs: number
  readonly lastMs: number
  /** The latest, at most three. */
  readonly samples: readonly FaultSample[]
}

export interface FaultSample extends ListedEvent {
  readonly issues: readonly Issue[]
}
