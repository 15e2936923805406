import type { LeasedEvent } from '../../lease.ts'
import { minuteOf } from '../../minute.ts'
import type { Facts } from '../roll-up/roll-up.ts'
import { isBefore, type Place, START } from './frontier.ts'
import type { ReadEvent } from './parts.ts'

/** 16 MB at one byte a character, which is some 25,000 events. */
const MAX_CHARACTERS = 16 * 1024 * 1024
/** What lies longer is held, or stands far behind in its queue, and makes room. */
const STALE_MS = 10_000
/** How much of the room is made at once. */
const SHARE = 1 / 8
/** Rows that are gone are cleared away when there are so many, and they are most. */
const MANY_GONE = 4_096

/** The events of one pixel and shape that are kept. */
interface Queue {
  readonly pixel: number
  readonly shape: number
  /** In the order in which they came, for as long as that is the order in which they are leased; then none. */
  readonly rows: number[]
  /** Before it stand only rows that are gone. */
  head: number
  size: number
  last: Place
  isInOrder: boolean
}

interface Kept extends ReadEvent {
  readonly queue: Queue
}

/**
 * Events that were accepted lately and were in no lease yet, as a lease gives them: most are sent within a second, and need not be read
 * from the file again. All of them wait, held or not: whoever leases or ends one takes it away. The file knows all of them; what is
 * not here is read there. While it is full, newcomers stay out: those that have been here longest are mostly sent first.
 */
export class Fresh {
  readonly #events: Map<number, Kept> = new Map()
  readonly #queues: Map<number, Map<number, Queue>> = new Map()
  readonly #maxCharacters: number
  #characters = 0

  constructor(maxCharacters: number = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters
  }

  keep(pixel: number, shape: number, event: LeasedEvent, facts: Facts): void {
    const { row, wire, acceptedMs } = event
    if (!this.#makeRoom(wire.length, acceptedMs - STALE_MS)) return
    const queue = this.#queueOf(pixel, shape)
    const place = { minute: minuteOf(event.timestampMs), row }
    enter(queue, place)
    this.#events.set(row, { event, facts, queue })
    this.#characters += wire.length
  }

  /** The event, which stays here. */
  look(row: number): ReadEvent | undefined {
    return this.#events.get(row)
  }

  /** The event, which is no longer kept here: whoever leases it can change it. */
  take(row: number): LeasedEvent | undefined {
    const kept = this.#events.get(row)
    if (kept === undefined) return undefined
    const { event, queue } = kept
    this.#events.delete(row)
    this.#characters -= event.wire.length
    queue.size--
    if (queue.size === 0) this.#drop(queue)
    else this.#tidy(queue)
    return event
  }

  /**
   * The first places of a queue behind one, where all `ready` events of it that are in no lease lie here, in their order; otherwise
   * `undefined`, and the file has to be asked.
   */
  first(pixel: number, shape: number, ready: number, after: Place, limit: number): Place[] | undefined {
    const queue = this.#queues.get(pixel)?.get(shape)
    if (queue?.size !== ready || !queue.isInOrder) return undefined
    const places: Place[] = []
    let last = after
    for (let at = queue.head; at < queue.rows.length && places.length < limit; at++) {
      const row = queue.rows[at]!
      const kept = this.#events.get(row)
      if (kept?.queue !== queue) continue
      const place = { minute: minuteOf(kept.event.timestampMs), row }
      // A number that was given again can stand twice: once where it was undone, and once where it is.
      if (!isBefore(last, place)) continue
      places.push(place)
      last = place
    }
    return places
  }

  /** Goes past rows that are gone, and clears them away. */
  #tidy(queue: Queue): void {
    const { rows } = queue
    while (queue.head < rows.length && this.#events.get(rows[queue.head]!)?.queue !== queue) queue.head++
    if (queue.head < MANY_GONE || queue.head < rows.length / 2) return
    rows.splice(0, queue.head)
    queue.head = 0
  }

  #queueOf(pixel: number, shape: number): Queue {
    const shapes = this.#queues.get(pixel) ?? new Map<number, Queue>()
    this.#queues.set(pixel, shapes)
    const queue = shapes.get(shape) ?? { pixel, shape, rows: [], head: 0, size: 0, last: START, isInOrder: true }
    shapes.set(shape, queue)
    return queue
  }

  /** Shapes are invented without end: of an empty queue nothing stays. */
  #drop({ pixel, shape }: Queue): void {
    const shapes = this.#queues.get(pixel)
    shapes?.delete(shape)
    if (shapes?.size === 0) this.#queues.delete(pixel)
  }

  #makeRoom(characters: number, staleMs: number): boolean {
    if (this.#characters + characters <= this.#maxCharacters) return true
    // A share at a time: where a Map was emptied from its beginning, each look at its first entry goes past all that were there.
    const wanted = Math.min(this.#maxCharacters - characters, this.#maxCharacters * (1 - SHARE))
    for (const [row, { event }] of this.#events) {
      if (event.acceptedMs > staleMs || this.#characters <= wanted) break
      this.take(row)
    }
    return this.#characters + characters <= this.#maxCharacters
  }
}

function enter(queue: Queue, place: Place): void {
  queue.size++
  if (!isBefore(queue.last, place)) queue.isInOrder = false
  queue.last = place
  if (queue.isInOrder) queue.rows.push(place.row)
  else queue.rows.length = 0
}
