import type { Issue } from 'waybill'
import type { ContextKey } from './context-key.ts'
import type { EventOrigin } from './origin.ts'

/** The state an event is seen in; what each means stands at the top of `store.ts`. */
export type EventState = 'queued' | 'sending' | 'held' | EndState
/** States that an event leaves only by a replay, an edit, or a new arrival with other content. */
export type EndState = 'delivered' | UndeliveredState
/** Ended without a delivery: these can be replayed. */
export type UndeliveredState = 'refused' | 'expired' | 'discarded'

export const EVENT_STATES: readonly EventState[] = [
  'queued',
  'sending',
  'held',
  'delivered',
  'refused',
  'expired',
  'discarded',
]

/** An event as intake hands it over: judged, hashed and serialised. */
export interface NewEvent {
  readonly pixel: string
  /** The event name, or `custom:` and the custom event name: with pixel and id the key of deduplication. */
  readonly name: string
  /** `undefined` only for an event refused at intake whose id could not be read: each such event is kept. */
  readonly id: string | undefined
  /** The wire JSON, which is stored and later joined into request bodies without being parsed. */
  readonly wire: string
  readonly shape: string
  readonly timestampMs: number
  /** A digest of the content, 8 to 32 bytes: equal digests mean equal content. Default: the store's own, of `wire`. */
  readonly contentHash?: Uint8Array | undefined
  /** Who brought it. */
  readonly source: string
  /** Warnings; for an event that ends at intake also its errors. */
  readonly issues: readonly Issue[]
  /**
   * `refused`: kept to be seen, fixed and replayed, never sent. `discarded`: kept to be seen, as no conversion. The first error
   * among its issues is the reason. Default `queued`.
   */
  readonly state?: 'queued' | 'refused' | 'discarded'
  /**
   * Other names of the same conversion: several calls tell of it and may call it differently. It is a duplicate of what is kept under one of
   * them, or of what was told to have its name, unless that ended undelivered; what only waits there until it gives way does so. From its
   * acceptance on the names with other ids lead to it. Two calls at a time that each have the other's name never both pass. `undefined`: nobody
   * looks for other names; an empty list: it is looked for under its own.
   */
  readonly sameAs?: readonly EventName[] | undefined
  /** Keys of the context that it is sent with: the first under which one is kept counts. */
  readonly contexts?: readonly ContextKey[]
  /** Not to be leased before, Unix milliseconds: when an event of the future enters the window. Default 0. */
  readonly dueMs?: number
  readonly origin?: EventOrigin
  /** In minor units of `currency`, which is counted with the event; neither or both. */
  readonly amount?: number | undefined
  /** Three capital letters. */
  readonly currency?: string | undefined
}

/** What an event is called, within its pixel. */
export interface EventName {
  /** As `NewEvent.name`. */
  readonly name: string
  readonly id: string
}

/** The earlier arrival that a duplicate or a conflict met. */
export interface FirstArrival {
  readonly state: EventState
  readonly code: string | undefined
  readonly message: string | undefined
  readonly issues: readonly Issue[]
  /** Its wire JSON, so that a difference can be named; `undefined` once the body is gone. Read for conflicts only. */
  readonly wire: string | undefined
  readonly origin: EventOrigin | undefined
}

/** What became of one arrival. `row` is the account it belongs to: its own, or that of the first. */
export type Acceptance =
  | { readonly status: 'accepted'; readonly row: number }
  | { readonly status: 'duplicate' | 'conflict'; readonly row: number; readonly first: FirstArrival }
