/**
 * Several relays on one data set. A pixel is delivered by one of them at a time: the one that has claimed it. An open store is one relay:
 * it has one row, which it renews, and its claims last as long as that row. A store that only one process can open has no claims: all of
 * it is that process's own.
 *
 * - A relay whose row is over by the store's clock loses nothing by that. Only by {@link Claims.takeOver} another one gets what it has, and
 *   whoever calls that has itself seen the row unrenewed for its whole length, by a clock of its own.
 * - What is taken over or given up takes its leases along: their events are queued again as `mayBeStored`, and what their holder settles
 *   later changes nothing.
 * - `lease` gives nothing of a pixel that this relay has not claimed.
 */

/** Claimed like pixels, of which none begins with a space: who has them does what is to be done once for all relays. */
export const CHORES = ' chores'
/** Ends what is too old: only for a relay whose clock is confirmed. */
export const EXPIRY = ' expiry'

/** A relay as its row says. */
export interface RelayRow {
  /** Drawn anew each time a store is opened: a relay that starts again is another one. */
  readonly relay: string
  /** For people: which machine and process it is. */
  readonly name: string
  /** It is the row of this store. */
  readonly isOwn: boolean
  /** Rises by 1 with each renewal. */
  readonly renewals: number
  /**
   * Its end has passed by the store's clock, or lies further ahead than a renewal sets it, so that the clock has stepped back since.
   */
  readonly isOver: boolean
  /** How many pixels it has, chores left out. */
  readonly pixels: number
  /** It sends what it has; otherwise it only takes events, and no pixel is left to it. */
  readonly delivers: boolean
}

export interface Renewal {
  readonly name: string
  /** Its claims last so long from now by the store's clock. */
  readonly forMs: number
  /** As in {@link RelayRow}. Default `true`. */
  readonly delivers?: boolean
}

/** Something that this relay has now, with what its owner before it left. */
export interface Claim {
  /** A pixel, {@link CHORES} or {@link EXPIRY}. */
  readonly what: string
  /** What was noted of it last, by whoever. */
  readonly note: { readonly text: string; readonly agoMs: number } | undefined
  /** How long ago somebody gave it up, by the store's clock, 0 or more; `undefined` where nobody did. */
  readonly givenUpAgoMs: number | undefined
  /** Of a pixel: what was kept of it by {@link Claims.keepShapes}, by whoever; what was kept last is last. */
  readonly shapes: readonly string[]
}

/** What changed in what the API is known to take of a pixel. */
export interface ShapeChanges {
  /** It has taken something of these. */
  readonly taken: readonly string[]
  /** Of these it is to be asked anew. */
  readonly gone: readonly string[]
}

/** Who has a pixel, for people. */
export interface Owner {
  readonly what: string
  readonly relay: string
  readonly name: string
}

export interface Claims {
  /**
   * One small write, with which this relay's claims last on. Gives the rows of all relays, its own too. Rejects with `StoreSupersededError`
   * once a newer version has changed the data so that this one may not work on it any more.
   */
  renew(call: Renewal): Promise<readonly RelayRow[]>
  /** Takes those of these that nobody has; gives what it took. Nothing where its own row is over or missing. */
  claim(wanted: readonly string[]): Promise<readonly Claim[]>
  /**
   * Takes up to `limit` claims of another relay whose row is over by the store's clock and has still so many renewals; gives what it took,
   * chores first. Nothing where its own row is over or missing. A row without claims goes. Call until it gives none.
   */
  takeOver(gone: Pick<RelayRow, 'relay' | 'renewals'>, limit: number): Promise<readonly Claim[]>
  /** What this relay has. */
  owned(): Promise<readonly string[]>
  /** Keeps a text of something that this relay has, in place of the one before; `false` where it has it no more. */
  note(what: string, text: string): Promise<boolean>
  /** Keeps, of a pixel that this relay has, which shapes the API takes; `false` where it has it no more. */
  keepShapes(pixel: string, changes: ShapeChanges): Promise<boolean>
  /** What of these this relay has is nobody's from now on; notes stay. */
  giveUp(what: readonly string[]): Promise<void>
  /** Gives all up and takes the row away. `close` does it too. */
  leave(): Promise<void>
  /** Of everything that somebody has. */
  owners(): Promise<readonly Owner[]>
}
