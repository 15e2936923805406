/** Why a body is ended before it was read to its end: others need the room, or it does not come. */
export type Ending = 'crowded' | 'slow'

/** Who brings a body. */
export interface Bringing {
  /** Ended first where not. */
  readonly hasToken: boolean
  /** Told when the body is ended; what it took is free by then. */
  readonly end: (why: Ending) => void
}

export interface RoomOptions {
  readonly limitBytes: () => number
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number
}

/** A body that brings less than so much in so long is ended. */
export const MIN_BYTES = 1_024
export const PATIENCE_MS = 5_000
/** How often {@link Room.look} is to be called. */
export const LOOK_EVERY_MS = 1_000

/** What a body brought lately is counted over. */
const LATELY_MS = 1_000
/** Nobody is judged by less time than this. */
const MIN_AGE_MS = 100

/**
 * The memory that bodies may take together, counted as they come: what was announced costs nothing. Where it is full, bodies that are
 * not whole yet are ended until there is room, those without a token first, then the one that brought least lately, so that others
 * finish. A single body always fits.
 */
export class Room {
  readonly #options: RoomOptions
  readonly #coming: Set<Share> = new Set()
  readonly #owner: Owner = {
    take: (share, bytes) => this.#take(share, bytes),
    finish: (share) => void this.#coming.delete(share),
    leave: (share) => this.#leave(share),
  }
  #used = 0
  #lookedAtMs: number

  constructor(options: RoomOptions) {
    this.#options = options
    this.#lookedAtMs = options.monotonic()
  }

  /** Bytes that are taken. */
  get usedBytes(): number {
    return this.#used
  }

  /** A body begins. Its share is to be left when the answer has gone. */
  enter(bringing: Bringing): Share {
    const share = new Share(bringing, this.#options.monotonic(), this.#owner)
    this.#coming.add(share)
    return share
  }

  /** Ends the bodies that do not come. */
  look(): void {
    const nowMs = this.#options.monotonic()
    const stalledMs = nowMs - this.#lookedAtMs - LOOK_EVERY_MS
    this.#lookedAtMs = nowMs
    for (const share of this.#coming) {
      // While this process was busy, what came was not read.
      if (stalledMs > LOOK_EVERY_MS) share.forgive(stalledMs)
      if (share.isSlow(nowMs)) this.#end(share, 'slow')
    }
  }

  #take(share: Share, bytes: number): void {
    // Who brings nothing takes nobody's room.
    if (bytes === 0) return
    this.#used += bytes
    share.add(bytes, this.#options.monotonic())
    while (this.#used > this.#options.limitBytes() && this.#used > share.bytes) {
      const victim = this.#least() ?? share
      this.#end(victim, 'crowded')
      if (victim === share) return
    }
  }

  #least(): Share | undefined {
    const nowMs = this.#options.monotonic()
    let least: Share | undefined
    for (const share of this.#coming)
      if (share.bytes > 0 && (least === undefined || isBefore(share, least, nowMs))) least = share
    return least
  }

  #end(share: Share, why: Ending): void {
    share.leave()
    share.bringing.end(why)
  }

  #leave(share: Share): void {
    this.#coming.delete(share)
    this.#used -= share.bytes
  }
}

/** Which of two is ended first. */
function isBefore(one: Share, other: Share, nowMs: number): boolean {
  if (one.bringing.hasToken !== other.bringing.hasToken) return other.bringing.hasToken
  return one.lately(nowMs) < other.lately(nowMs)
}

interface Owner {
  readonly take: (share: Share, bytes: number) => void
  readonly finish: (share: Share) => void
  readonly leave: (share: Share) => void
}

/** What one body takes. */
export class Share {
  readonly bringing: Bringing
  readonly #owner: Owner
  readonly #enteredMs: number
  #isIn = true
  bytes = 0
  /** Since when, and how much came, for the patience that is left. */
  #countedFromMs: number
  #counted = 0
  /** What came in the second that runs, and in the one before. */
  #secondMs: number
  #inSecond = 0
  #inSecondBefore = 0

  constructor(bringing: Bringing, nowMs: number, owner: Owner) {
    this.bringing = bringing
    this.#owner = owner
    this.#enteredMs = nowMs
    this.#countedFromMs = nowMs
    this.#secondMs = nowMs
  }

  /** Takes room for bytes that came; `false` when the body was ended for it. */
  take(bytes: number): boolean {
    if (this.#isIn) this.#owner.take(this, bytes)
    return this.#isIn
  }

  /** Nothing more comes; the body is never ended now for others that come. */
  finish(): void {
    this.#owner.finish(this)
  }

  /** Gives everything back, once. */
  leave(): void {
    if (!this.#isIn) return
    this.#isIn = false
    this.#owner.leave(this)
  }

  add(bytes: number, nowMs: number): void {
    this.bytes += bytes
    this.#counted += bytes
    this.#turn(nowMs)
    this.#inSecond += bytes
  }

  /** Bytes a second, over the last second or what there was of it. */
  lately(nowMs: number): number {
    this.#turn(nowMs)
    const ofBefore = 1 - (nowMs - this.#secondMs) / LATELY_MS
    const ageMs = Math.min(LATELY_MS, Math.max(MIN_AGE_MS, nowMs - this.#enteredMs))
    return ((this.#inSecond + this.#inSecondBefore * ofBefore) * LATELY_MS) / ageMs
  }

  isSlow(nowMs: number): boolean {
    if (nowMs - this.#countedFromMs < PATIENCE_MS) return false
    if (this.#counted < MIN_BYTES) return true
    this.#countedFromMs = nowMs
    this.#counted = 0
    return false
  }

  forgive(ms: number): void {
    this.#countedFromMs += ms
  }

  #turn(nowMs: number): void {
    const seconds = Math.floor((nowMs - this.#secondMs) / LATELY_MS)
    if (seconds === 0) return
    this.#inSecondBefore = seconds === 1 ? this.#inSecond : 0
    this.#inSecond = 0
    this.#secondMs += seconds * LATELY_MS
  }
}
