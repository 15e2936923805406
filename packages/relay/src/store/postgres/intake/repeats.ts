/** So many events in a row that nobody knew: what comes next is taken for new as well. */
export const TRUSTED_AFTER_EVENTS = 10_000

/**
 * How likely it is that what comes was there before. Where repeats are rare the look before the insert is left out: should one come, the key
 * refuses all that was written with it, and the call looks after all. At the start they are likely, because senders repeat what was
 * not answered.
 */
export class Repeats {
  #newInARow = 0

  get areRare(): boolean {
    return this.#newInARow >= TRUSTED_AFTER_EVENTS
  }

  /** A look found none of so many events. */
  none(events: number): void {
    this.#newInARow += events
  }

  /** One was there already. */
  met(): void {
    this.#newInARow = 0
  }
}
