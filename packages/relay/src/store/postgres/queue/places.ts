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
  /** For `advance`. */
  readonly version: number
}

interface Entry {
  readonly shapes: Map<number, Place>
  hasLater: boolean
  untilMs: number
  version: number
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
    const { shapes, hasLater, version } = entry
    return { shapes, hasLater, isFresh: false, version }
  }

  /** The shapes that have something ready, each read from its start on, and whether anything waits for its time. */
  set(pixel: number, shapes: readonly number[], hasLater: boolean): PixelPlaces {
    const version = (this.#pixels.get(pixel)?.version ?? 0) + 1
    const entry = {
      shapes: new Map(shapes.map((shape) => [shape, START])),
      hasLater,
      untilMs: this.#monotonicMs() + BELIEVED_MS,
      version,
    }
    this.#pixels.set(pixel, entry)
    return { shapes: entry.shapes, hasLater, isFresh: true, version }
  }

  /** A look from the start took so long. */
  took(pixel: number, tookMs: number): void {
    const entry = this.#pixels.get(pixel)
    if (entry !== undefined) entry.untilMs = Math.max(entry.untilMs, this.#monotonicMs() + SHARE * tookMs)
  }

  /** Something came, or came back. */
  note(pixel: number, shape: number, timestampMs: number, row: number): void {
    this.noteAt(pixel, shape, { minute: minuteOf(timestampMs), row })
  }

  noteAt(pixel: number, shape: number, place: Place): void {
    const entry = this.#pixels.get(pixel)
    if (entry === undefined) return
    entry.version++
    const before = entry.shapes.get(shape)
    if (before === undefined || isBefore(place, before)) entry.shapes.set(shape, place)
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
      entry.version++
      entry.untilMs = 0
    }
  }
}

export function isBefore(a: Place, b: Place): boolean {
  return a.minute < b.minute || (a.minute === b.minute && a.row < b.row)
}
