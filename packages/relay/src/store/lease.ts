import type { ContextKey } from './context-key.ts'
import type { Suspicion } from './suspicion.ts'

/** Which events to lease. Times are Unix milliseconds, but for the length of the lease. */
export interface LeaseQuery {
  readonly pixel: string
  /** At most this many events, 1 or more. */
  readonly limit: number
  /** No event more once their wire texts have so many bytes together: the first is leased whatever its size. Default: any number. */
  readonly maxBytes?: number
  /** What is due by then is leased. */
  readonly nowMs: number
  /** How long the lease lasts, on the store's monotonic clock. */
  readonly leaseMs: number
  /** Only events whose own time lies before: for batches of what expires soon. */
  readonly timestampBeforeMs?: number
  /** Only these shapes. */
  readonly shapes?: readonly string[]
  /** All but these shapes. */
  readonly exceptShapes?: readonly string[]
  /** At most this many of each shape: 1 gives one representative per shape. */
  readonly perShape?: number
  /**
   * With `perShape`, of a shape of which more can be leased: so many of its share are its newest and those from its middle on, half of
   * each, so that a run at its beginning does not stand for all of it. Default 0.
   */
  readonly spread?: number
  /**
   * Nothing is leased unless `limit` or `maxBytes` is reached, or one of the events was accepted by this time: for requests that may wait
   * until they are full. Default: whatever there is.
   */
  readonly unlessFullAcceptedByMs?: number
  /** Leases what is held too, so that one event can show whether the cause is gone. */
  readonly probe?: Probe
  /**
   * Only events with a suspicion, those first that were due first, then the older ones. Due is what is due by `nowMs`, whatever an
   * earlier call said. Default: only events without one.
   */
  readonly apart?: boolean
}

/** Which of the waiting events a probe takes; of events apart, the first as always. */
export interface Probe {
  /** By their own time, to the minute, then by arrival. `between`: from the middle between the oldest and the newest on. Default `oldest`. */
  readonly order?: 'oldest' | 'newest' | 'between'
  /**
   * Only events that never ended and of which no request is recorded but to validate; with claims, that may not be stored; without, that
   * were accepted since the store was opened.
   */
  readonly neverSent?: true
}

export interface LeasedEvent {
  readonly row: number
  readonly name: string
  readonly id: string
  readonly wire: string
  /** Of `wire`, in UTF-8. */
  readonly bytes: number
  readonly shape: string
  readonly timestampMs: number
  readonly acceptedMs: number
  /** Keys of the context that it is sent with. */
  readonly contexts?: readonly ContextKey[]
  /** Recorded requests that carried it since it was last queued afresh, those with `validate_only` left out. */
  readonly attempts: number
  readonly suspicion?: Suspicion
  /**
   * The API may have it already: a recorded request that did not only validate was ambiguous or answered 200, at any time of its life,
   * since replays and edits keep the id; or a request may have died unrecorded: with claims, because a lease of it ended otherwise than by
   * its holder; without, because it was accepted before the store was opened.
   */
  readonly mayBeStored: boolean
}

/**
 * Events that are the holder's alone while the lease lasts, in the order of their own time. From one lease to the next that order
 * holds to the minute.
 */
export interface Lease {
  /** Rises with every lease for the life of the file; what a lease that ran out still tries to settle changes nothing. */
  readonly token: number
  readonly events: readonly LeasedEvent[]
}

/**
 * What can be leased now, and when to look again. Both err on the early side: a lease can still come back empty. With claims, `pixels` and
 * `apart` are of what this relay has.
 */
export interface Ready {
  /** Pixels with something due that is neither leased nor held, apart or not. */
  readonly pixels: readonly string[]
  /** Those of them with events apart that are. This does not err. */
  readonly apart: readonly string[]
  /** When something of the other pixels becomes due, Unix milliseconds; `undefined` when nothing of them waits for a time. */
  readonly nextDueMs: number | undefined
  /** With claims only. */
  readonly several?: ReadySeveral | undefined
}

/** What a relay among several needs to know beside. */
export interface ReadySeveral {
  /** Pixels of its own of which something waits under a hold, of the pixel or a shape. */
  readonly held: readonly string[]
  /** Pixels that nobody has with something due or held. */
  readonly unclaimed: readonly string[]
  /** Rises whenever a pixel or a shape is held or resumed, by whoever. */
  readonly holdsVersion: number
}
