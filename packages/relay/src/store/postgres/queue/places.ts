import { minuteOf } from '../../minute.ts'

/** A place in the order of a queue. What lies at it or behind it may be there, what lies before it is not. */
export interface Place {
  readonly minute: number
  readonly row: number
}

/** Before everything. */
export const START: Place = { minute: Number.MIN_SAFE_INTEGER, row: 0 }
/** So long at least the places are believed. */
const BELIEVED_MS = 1_000
/** Looking from the start may be slow, where somebody holds an old snapshot: it takes a twentieth of the time at most. */
const SHARE = 20

/** Where the queues of one pixel begin, by shape. */
export interface PixelPlaces {
  readonly shapes: ReadonlyMap<number, Place>
  /** They were looked up just now: what they do not have is not there. */
  readonly isFresh: boolean
  /** Something may become due, which the places do not have. */
  readonly hasLater: boolean
  /** Whatever lies before the rest is known to this relay, as far as it was looked since: see `own`. */
  readonly isOwn: boolean
  /** For `advance`. */
  readonly version: number
}

interface Entry {
  readonly shapes: Map<number, Place>
  hasLater: boolean
  untilMs: number
  version: number
  isOwn: boolean
  /** Rises with all that came otherwise than by an arrival here. */
  others: number
}

/**
 * Where claims begin, so that they do not read over what others left: rows that were deleted stay in an index for as long as anybody holds
 * a snapshot that sees them. Forgotten again and again, because other relays bring events too.
 */
export class Places {
  readonly #pixels: Map<number, Entry> = new Map()
  readonly #monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Undefined: to be looked up. */
  of(pixel: number): PixelPlaces | undefined {
    const entry = this.#pixels.get(pixel)
    if (entry === undefined || entry.untilMs <= this.#monotonicMs()) return undefined
    const { shapes, hasLater, version, isOwn } = entry
    return { shapes, hasLater, isFresh: false, version, isOwn }
  }

  /** The shapes that have something ready, each read from its start on, and whether anything waits for its time. */
  set(pixel: number, shapes: readonly number[], hasLater: boolean): PixelPlaces {
    const before = this.#pixels.get(pixel)
    const version = (before?.version ?? 0) + 1
    const entry = {
      // Of nothing, nothing comes first that did not arrive here.
      isOwn: shapes.length === 0,
      others: (before?.others ?? 0) + 1,
      shapes: new Map(shapes.map((shape) => [shape, START])),
      hasLater,
      untilMs: this.#monotonicMs() + BELIEVED_MS,
      version,
    }
    this.#pixels.set(pixel, entry)
    return { shapes: entry.shapes, hasLater, isFresh: true, version, isOwn: entry.isOwn }
  }

  /** A look from the start took so long. */
  took(pixel: number, tookMs: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined) entry.untilMs = Math.max(entry.untilMs, this.#monotonicMs() + SHARE * tookMs)
  }

  /** Something arrived here. */
  note(pixel: number, shape: number, timestampMs: number, row: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined) noteIn(entry, shape, { minute: minuteOf(timestampMs), row })
  }

  /** Something came back, became due, or was left. */
  noteAt(pixel: number, shape: number, place: Place): void {
    const entry = this.#pixels.get(pixel)
    if (entry === undefined) return
    disown(entry)
    noteIn(entry, shape, place)
  }

  /** For `own`, before the queues are read. */
  othersOf(pixel: number): number {
    return this.#pixels.get(pixel)?.others ?? 0
  }

  /**
   * The queues were read from their start, and nothing came first that did not arrive here lately: until the places are forgotten, or something
   * comes otherwise, what arrives here may be leased without reading them.
   */
  own(pixel: number, others: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined && entry.others === others) entry.isOwn = true
  }

  /** Something comes first that did not arrive here lately. */
  disown(pixel: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined) disown(entry)
  }

  /** Something waits for its time. */
  noteLater(pixel: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined) entry.hasLater = true
  }

  /** All before was taken, unless something was noted since. */
  advance(pixel: number, version: number, places: ReadonlyMap<number, Place>): void {
    const entry = this.#pixels.get(pixel)
    if (entry === undefined || entry.version !== version) return
    for (const [shape, place] of places) entry.shapes.set(shape, place)
  }

  /** Somebody put events where nobody noted it. Versions go on. */
  forgetAll(): void {
    for (const entry of this.#pixels.values()) {
      disown(entry)
      entry.version++
      entry.untilMs = 0
    }
  }
}

function noteIn(entry: Entry, shape: number, place: Place): void {
  entry.version++
  const before = entry.shapes.get(shape)
  if (before === undefined || isBefore(place, before)) entry.shapes.set(shape, place)
}

function disown(entry: Entry): void {
  entry.isOwn = false
  entry.others++
}

export function isBefore(a: Place, b: Place): boolean {
  return a.minute < b.minute || (a.minute === b.minute && a.row < b.row)
}
