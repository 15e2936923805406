import type { Issue } from 'waybill'
import type { EventState, UndeliveredState } from './event.ts'
import type { EventOrigin } from './origin.ts'
import type { Attempt } from './request.ts'
import type { Suspicion } from './suspicion.ts'

/** An event as lists show it. */
export interface EventSummary {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id: string | undefined
  readonly state: EventState
  /** Of the end, of the hold, or of the last answer that sent it back to the queue. */
  readonly code: string | undefined
  readonly message: string | undefined
  readonly shape: string
  readonly source: string
  readonly timestampMs: number
  /** It was not to be leased before; long past for most. */
  readonly dueMs: number
  readonly acceptedMs: number
  readonly endedMs: number | undefined
  /** Recorded requests that carried it since it was last queued afresh, those with `validate_only` left out. */
  readonly attempts: number
  /** Why it is apart, where it is. */
  readonly suspicion?: Suspicion
}

/** An entry in the life of an account, beside its attempts. */
export interface Passage {
  readonly atMs: number
  /**
   * `refused`, `expired`, `discarded`: an end that was not the last. `replayed`, `edited`, `arrived`: what made it live again. `taken_back`:
   * it had been fixed and waited, and ended again as it was before.
   * `confirmed`, `released`: how a person ended a suspicion.
   */
  readonly what: UndeliveredState | 'replayed' | 'edited' | 'arrived' | 'taken_back' | 'confirmed' | 'released'
  readonly code: string | undefined
  readonly message: string | undefined
  readonly by: string | undefined
}

/** Everything known of an event. */
export interface Account extends EventSummary {
  readonly issues: readonly Issue[]
  /** `undefined` once the body was dropped. */
  readonly wire: string | undefined
  readonly origin: EventOrigin | undefined
  /** In the order they were recorded. */
  readonly requests: readonly Attempt[]
  readonly history: readonly Passage[]
}

/** What to look for; every part that is given must hold. */
export interface Search {
  readonly pixel?: string
  readonly state?: EventState
  readonly code?: string
  readonly idPrefix?: string
  /** Only events with a suspicion. */
  readonly suspect?: true
  /** Accepted at this time or later, Unix milliseconds. */
  readonly sinceMs?: number
  /** From the page before, with the other parts unchanged. */
  readonly cursor?: string
  /** 1 or more. */
  readonly limit: number
}

/** One page. A page can hold fewer than the limit, even none, and still have a cursor: each call looks at a bounded part. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** `undefined`: this was the last. */
  readonly cursor: string | undefined
}

/** Refused events with one pixel and code. */
export interface RefusedGroup {
  readonly pixel: string
  readonly code: string
  readonly events: number
  readonly firstMs: number
  readonly lastMs: number
  /** The latest, at most three. */
  readonly samples: readonly EventSummary[]
}
