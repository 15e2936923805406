/** A conversion as the shop's database keeps it. */
export interface OutboxRow {
  readonly place: bigint
  /** `undefined` where what was given was no Pixel ID. */
  readonly pixel: string | undefined
  /** The event as JSON; `undefined` where it could not be read. */
  readonly event: string | undefined
  /** Fields that were left out, because their values were raw. */
  readonly leftOut: readonly string[]
  /** Of a text that could not be read. */
  readonly bytes: number | undefined
  readonly sha256: string | undefined
  /** The role that somebody had logged in as. */
  readonly broughtBy: string
  /** Unix milliseconds, by the database's clock. */
  readonly enqueuedMs: number
}

/** What waits in an outbox. */
export interface OutboxStanding {
  readonly version: number
  /** Counted up to a bound. */
  readonly waiting: number
  readonly isMore: boolean
  /** The oldest, and how long ago it was enqueued; `undefined` where nothing waits. */
  readonly oldest: { readonly place: bigint; readonly ageMs: number } | undefined
}
