import type { ContextKey } from './context-key.ts'

/** Which events to lease. All times are Unix milliseconds. */
export interface LeaseQuery {
  readonly pixel: string
  /** At most this many events, 1 or more. */
  readonly limit: number
  /** No event more once their wire texts have so many bytes together: the first is leased whatever its size. Default: any number. */
  readonly maxBytes?: number
  readonly nowMs: number
  readonly leaseMs: number
  /** Only events whose own time lies before: for batches of what expires soon. */
  readonly timestampBeforeMs?: number
  /** Only these shapes. */
  readonly shapes?: readonly string[]
  /** All but these shapes. */
  readonly exceptShapes?: readonly string[]
  /** At most this many of each shape: 1 gives one representative per shape. */
  readonly perShape?: number
  /** Leases what is held too, so that one event can show whether the cause is gone. */
  readonly probe?: boolean
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
}

/**
 * Events that are the holder's alone until `untilMs`, in the order of their own time. From one lease to the next that order holds to
 * the minute.
 */
export interface Lease {
  /** Rises with every lease for the life of the file; what a lease that ran out still tries to settle changes nothing. */
  readonly token: number
  readonly untilMs: number
  readonly events: readonly LeasedEvent[]
}

/** What can be leased now, and when to look again. Both err on the early side: a lease can still come back empty. */
export interface Ready {
  /** Pixels with something due that is neither leased nor held. */
  readonly pixels: readonly string[]
  /** When something of the other pixels becomes due, Unix milliseconds; `undefined` when nothing of them waits for a time. */
  readonly nextDueMs: number | undefined
}
