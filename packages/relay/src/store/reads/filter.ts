import type { ContextKey } from '../context-key.ts'
import type { EventState } from '../event.ts'

/** What to count or to list; every part that is given must hold. */
export interface NumberFilter {
  /** Any of these; left out: all. An empty list means nothing. */
  readonly pixels?: readonly string[]
  /** Of the event, as in `order_created` or `custom:signup`. */
  readonly name?: string
  /** Who brought it. */
  readonly source?: string
  readonly code?: string
  readonly shape?: string
}

/**
 * Events to list. The time is that of the end where `state` is an end, and of the acceptance otherwise; both limits are moved to the
 * whole minute (of the last 48 h), quarter of an hour (35 days) or day that they lie in, so that list and total mean the same.
 */
export interface EventFilter extends NumberFilter {
  readonly state?: EventState
  /** What the id begins with; such a list is in the order of ids, and counts itself. */
  readonly idPrefix?: string
  /** Of the context that it is sent with: `contextKey('order', '4711')`. Such a list counts itself. */
  readonly orderKey?: ContextKey
  /** A digest (SHA-256, hex) that stands in the content, as far as that is kept; such a list counts itself. */
  readonly identity?: string
  /** Only events with a suspicion; such a list counts itself. */
  readonly suspect?: true
  /** Unix milliseconds, included. */
  readonly fromMs?: number
  /** Unix milliseconds, not included. */
  readonly untilMs?: number
}

/** A span of time, the end not included. Unix milliseconds. */
export interface Range {
  readonly fromMs: number
  readonly untilMs: number
}
