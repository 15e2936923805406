import type { Counts } from '../store/index.ts'

/** How long a count of what waits is believed; what comes in meanwhile is added to it. */
const FRESH_MS = 100

export interface QueueBoundOptions {
  readonly counts: () => Promise<Counts>
  readonly maxQueuedEvents: () => number
  /** Milliseconds that only go forward. */
  readonly monotonic?: () => number
}

/** Says when so much waits that nothing more may be taken. */
export class QueueBound {
  readonly #options: QueueBoundOptions
  readonly #monotonic: () => number
  #waiting = 0
  #countedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: QueueBoundOptions) {
    this.#options = options
    this.#monotonic = options.monotonic ?? (() => performance.now())
  }

  async isFull(): Promise<boolean> {
    if (this.#monotonic() - this.#countedAtMs > FRESH_MS) {
      const { queued, sending, held } = await this.#options.counts()
      this.#waiting = queued + sending + held
      this.#countedAtMs = this.#monotonic()
    }
    return this.#waiting >= this.#options.maxQueuedEvents()
  }

  add(events: number): void {
    this.#waiting += events
  }
}
