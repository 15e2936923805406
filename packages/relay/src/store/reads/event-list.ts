import type { Account, EventSummary } from '../account.ts'
import type { Attempt } from '../request.ts'
import type { Money } from './count.ts'
import type { EventFilter, Range } from './filter.ts'

export interface EventListQuestion extends EventFilter {
  /** From the page before, with the filter unchanged. */
  readonly cursor?: string
  /** 1 to 1,000. */
  readonly limit: number
}

/** An event in a list, with its money. */
export interface ListedEvent extends EventSummary {
  readonly amount: number | undefined
  readonly currency: string | undefined
}

/** How many a list has in all. With a time and no state: what was accepted then, as it was then. */
export interface ListTotal {
  readonly events: number
  readonly money: Money
  /** `false`: it counted itself up to 10,000, and there are more. */
  readonly isExact: boolean
}

/**
 * The newest first: by the time of the end where `state` is an end, else by arrival; with `idPrefix` in the order of ids. A page is full, or
 * it is the last, or (`isCut`) it ends early because the time of the question was over, and then it has at least one event.
 */
export interface EventList {
  readonly events: readonly ListedEvent[]
  /** `undefined`: this was the last. */
  readonly cursor: string | undefined
  readonly isCut: boolean
  readonly total: ListTotal
  /** The range that was listed and counted, where one was asked for. */
  readonly range: Partial<Range> | undefined
  /**
   * Of the total: ended so long ago that their accounts are gone; the numbers stay. With a time and no state at least so many: what was
   * accepted before the oldest account that is still there. None where a list counts itself, of which its total has none either.
   */
  readonly forgotten: number
}

/** A request in the life of an event, and which one it is a part of. */
export interface KnownAttempt extends Attempt {
  readonly seq: number
  /** The request whose group this one's events were taken from, by `seq`. */
  readonly parent: number | undefined
}

/** Everything known of one event. Each request of `requests` names its parent, so that they make a tree. */
export interface KnownAccount extends Account {
  readonly requests: readonly KnownAttempt[]
  readonly amount: number | undefined
  readonly currency: string | undefined
  /** It was fixed and waits: what it was before can be put back, by this task where one fixed it. */
  readonly takeBack: { readonly task: number | undefined } | undefined
}

/** One of them. */
export interface EventQuestion {
  readonly id?: string
  readonly row?: number
  readonly pixels?: readonly string[]
}
