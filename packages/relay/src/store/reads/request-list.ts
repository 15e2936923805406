import type { KnownAttempt } from './event-list.ts'
import type { Range } from './filter.ts'

export interface RequestListQuestion extends Partial<Range> {
  readonly pixels?: readonly string[]
  readonly verdict?: string
  /** HTTP status; 0: no answer came. */
  readonly status?: number
  readonly cursor?: string
  /** 1 to 1,000. */
  readonly limit: number
}

export interface ListedRequest extends KnownAttempt {
  readonly pixel: string
}

/** The newest first. */
export interface RequestList {
  readonly requests: readonly ListedRequest[]
  readonly cursor: string | undefined
  readonly isCut: boolean
}

/** The requests that one belongs to: its ancestors, and all that descend from the first of them. Who sank the batch. */
export interface RequestTree {
  readonly requests: readonly ListedRequest[]
}
