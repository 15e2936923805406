import type { LeasedEvent } from '../../lease.ts'
import { minuteOf } from '../../minute.ts'
import type { HeldEvent } from './lease-book.ts'
import { isBefore, type Place, START } from './places.ts'

/** 16 MB at one byte a character, which is some 25,000 events. */
const MOST_CHARACTERS = 16 * 1024 * 1024
/** What lies longer is held, or somebody else's to send. */
const STALE_MS = 10_000
/** Pixels that were leased lately. */
const MOST_PIXELS = 1_000

/** An event as a lease gives it, and what its settlement needs. */
export interface FreshEvent {
  readonly event: LeasedEvent
  readonly held: HeldEvent
}

interface Kept extends FreshEvent {
  readonly keptMs: number
}

/** Those of one pixel. */
interface Queue {
  readonly events: Map<number, Kept>
  /** Rows that were taken out and are being claimed: the database's queue may still show them. */
  readonly claiming: Set<number>
  /** Rows, some of which are gone; in the order in which they are leased as long as `isInOrder`. */
  rows: number[]
  /** Before it in `rows` all are gone. */
  head: number
  /** Of the row that came last. */
  last: Place
  isInOrder: boolean
  /** Of all that are here, and perhaps of some that are gone. */
  firstMinute: number
}

/** What to take. */
export interface FreshQuery {
  readonly shapes: ReadonlyMap<number, unknown>
  readonly limit: number
  readonly maxBytes?: number | undefined
}

/**
 * Events that this relay accepted lately and has not leased yet, of pixels that it leases from: most are sent within a second, and neither
 * they nor their place in the queue need be read for it. The database is what counts: what is not in its queue any more, or not as it was
 * accepted, is not leased from here. While it is full, newcomers stay out.
 */
export class Fresh {
  readonly #queues: Map<number, Queue> = new Map()
  readonly #monotonicMs: () => number
  readonly #mostCharacters: number
  #characters = 0

  constructor(monotonicMs: () => number, mostCharacters: number = MOST_CHARACTERS) {
    this.#monotonicMs = monotonicMs
    this.#mostCharacters = mostCharacters
  }

  /** Of this pixel from here on: it is leased from. */
  follow(pixel: number): void {
    if (this.#queues.has(pixel)) return
    if (this.#queues.size >= MOST_PIXELS) this.#forget(this.#queues.keys().next().value!)
    this.#queues.set(pixel, { events: new Map(), claiming: new Set(), ...noRows() })
  }

  keep(fresh: FreshEvent): void {
    const { event, held } = fresh
    const queue = this.#queues.get(held.pixel)
    if (queue === undefined || this.#characters + event.wire.length > this.#mostCharacters) return
    const place = placeOf(fresh)
    if (!isBefore(queue.last, place)) queue.isInOrder = false
    queue.last = place
    queue.events.set(event.row, { ...fresh, keptMs: this.#monotonicMs() })
    queue.rows.push(event.row)
    queue.firstMinute = Math.min(queue.firstMinute, minuteOf(event.timestampMs))
    this.#characters += event.wire.length
  }

  has(pixel: number, row: number): boolean {
    return this.#queues.get(pixel)?.events.has(row) === true
  }

  /** No event of the pixel that is here has an earlier one; infinite where none is here. */
  firstMinute(pixel: number): number {
    const queue = this.#queues.get(pixel)
    return queue === undefined ? Number.POSITIVE_INFINITY : queue.firstMinute
  }

  /** Takes out what comes first, as much as is asked for. It is being claimed until `claimed` says otherwise. */
  take(pixel: number, { shapes, limit, maxBytes = Number.POSITIVE_INFINITY }: FreshQuery): FreshEvent[] {
    const queue = this.#queues.get(pixel)
    if (queue === undefined) return []
    this.#tidy(queue)
    const taken: FreshEvent[] = []
    let bytes = 0
    for (let at = queue.head; at < queue.rows.length; at++) {
      const kept = queue.events.get(queue.rows[at]!)
      if (kept === undefined || !this.#isRecent(kept) || !shapes.has(kept.held.shape)) continue
      if (taken.length === limit || bytes >= maxBytes) break
      bytes += kept.event.bytes
      taken.push(kept)
    }
    for (const { event } of taken) {
      this.#drop(queue, event.row)
      queue.claiming.add(event.row)
    }
    return taken
  }

  /** Rows of which nobody knows yet whether the database's queue still has them. */
  claiming(pixel: number): ReadonlySet<number> {
    return this.#queues.get(pixel)?.claiming ?? NONE
  }

  /** The claim of what was taken has ended, in whatever way. */
  claimed(pixel: number, taken: readonly FreshEvent[]): void {
    const claiming = this.#queues.get(pixel)?.claiming
    for (const { event } of taken) claiming?.delete(event.row)
  }

  /** Somebody leased them. */
  drop(pixel: number, rows: Iterable<number>): void {
    const queue = this.#queues.get(pixel)
    if (queue !== undefined) for (const row of rows) this.#drop(queue, row)
  }

  /** Goes past what is gone or stale; the rest in its order. */
  #tidy(queue: Queue): void {
    for (; queue.head < queue.rows.length; queue.head++) {
      const row = queue.rows[queue.head]!
      const kept = queue.events.get(row)
      if (kept !== undefined && this.#isRecent(kept)) break
      this.#drop(queue, row)
    }
    if (queue.head === queue.rows.length) Object.assign(queue, noRows())
    else if (!queue.isInOrder) this.#sort(queue)
    else if (queue.head > queue.rows.length / 2) {
      queue.rows.splice(0, queue.head)
      queue.head = 0
    }
  }

  #isRecent({ keptMs }: Kept): boolean {
    return keptMs > this.#monotonicMs() - STALE_MS
  }

  #sort(queue: Queue): void {
    const places = queue.rows.flatMap((row) => {
      const kept = queue.events.get(row)
      return kept === undefined ? [] : [placeOf(kept)]
    })
    places.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    Object.assign(queue, { rows: places.map(({ row }) => row), head: 0, last: places.at(-1) ?? START, isInOrder: true })
  }

  #drop({ events }: Queue, row: number): void {
    const kept = events.get(row)
    if (kept === undefined) return
    events.delete(row)
    this.#characters -= kept.event.wire.length
  }

  #forget(pixel: number): void {
    const queue = this.#queues.get(pixel)!
    for (const row of queue.rows) this.#drop(queue, row)
    this.#queues.delete(pixel)
  }
}

const NONE: ReadonlySet<number> = new Set()

/** In the order of its queue. */
export function placeOf({ event }: FreshEvent): Place {
  return { minute: minuteOf(event.timestampMs), row: event.row }
}

function noRows(): Omit<Queue, 'events' | 'claiming'> {
  return { rows: [], head: 0, last: START, isInOrder: true, firstMinute: Number.POSITIVE_INFINITY }
}
