/** Bodies that are being read at a time, so that many large requests at once cannot fill the memory. */
export class ByteBudget {
  readonly #limit: () => number
  #used = 0

  constructor(limit: () => number) {
    this.#limit = limit
  }

  /** Takes a share, or gives `undefined` when there is none; the function gives it back, once. A single request always fits. */
  take(bytes: number): (() => void) | undefined {
    if (this.#used > 0 && this.#used + bytes > this.#limit()) return undefined
    this.#used += bytes
    let isHeld = true
    return () => {
      if (isHeld) this.#used -= bytes
      isHeld = false
    }
  }
}
