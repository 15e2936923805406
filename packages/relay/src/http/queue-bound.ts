import type { Counts } from '../store/index.ts'
import type { MaybePromise } from './maybe-promise.ts'

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
  /** One count is enough for all who ask meanwhile. */
  #counting: Promise<void> | undefined

  constructor(options: QueueBoundOptions) {
    this.#options = options
    this.#monotonic = options.monotonic ?? (() => performance.now())
  }

  isFull(): MaybePromise<boolean> {
    const isFresh = this.#monotonic() - this.#countedAtMs <= FRESH_MS
    if (isFresh) return this.#isAtBound()
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined
    })
    return this.#counting.then(() => this.#isAtBound())
  }

  add(events: number): void {
    this.#waiting += events
  }

  async #count(): Promise<void> {
    const { queued, sending, held } = await this.#options.counts()
    this.#waiting = queued + sending + held
    this.#countedAtMs = this.#monotonic()
  }

  #isAtBound(): boolean {
    return this.#waiting >= this.#options.maxQueuedEvents()
  }
}
