import type { LeasedEvent } from '../lease.ts'

/** 16 MB at one byte a character, which is some 25,000 events. */
const MAX_CHARACTERS = 16 * 1024 * 1024
/** What lies longer is held, or stands far behind in its queue, and makes room. */
const STALE_MS = 10_000
/** How much of the room is made at once. */
const SHARE = 1 / 8

/**
 * Events that were accepted lately and were in no lease yet, as a lease gives them: most are sent within a second, and need not be read
 * from the file again. The file knows all of them; what is not here is read there. While it is full, newcomers stay out: those that
 * have been here longest are mostly sent first.
 */
export class Fresh {
  readonly #events: Map<number, LeasedEvent> = new Map()
  readonly #maxCharacters: number
  #characters = 0

  constructor(maxCharacters: number = MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters
  }

  keep(event: LeasedEvent): void {
    const { row, wire, acceptedMs } = event
    if (!this.#makeRoom(wire.length, acceptedMs - STALE_MS)) return
    this.#events.set(row, event)
    this.#characters += wire.length
  }

  /** The event, which is no longer kept here: whoever leases it can change it. */
  take(row: number): LeasedEvent | undefined {
    const event = this.#events.get(row)
    if (event === undefined) return undefined
    this.#events.delete(row)
    this.#characters -= event.wire.length
    return event
  }

  #makeRoom(characters: number, staleMs: number): boolean {
    if (this.#characters + characters <= this.#maxCharacters) return true
    // A share at a time: where a Map was emptied from its beginning, each look at its first entry goes past all that were there.
    const wanted = Math.min(this.#maxCharacters - characters, this.#maxCharacters * (1 - SHARE))
    for (const [row, { acceptedMs }] of this.#events) {
      if (acceptedMs > staleMs || this.#characters <= wanted) break
      this.take(row)
    }
    return this.#characters + characters <= this.#maxCharacters
  }
}
