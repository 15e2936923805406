/** How long an answer is as good as a new one: tabs that ask the same get the same. */
const KEPT_MS = 1_000
const MAX_BYTES = 16 * 1024 * 1024

interface Packed {
  readonly body: Uint8Array
  readonly commit: number
}

/** Packed answers for a moment. */
export class AnswerCache {
  readonly #answers: Map<string, Packed & { readonly untilMs: number }> = new Map()
  readonly #making: Map<string, Promise<Packed>> = new Map()
  readonly #monotonicMs: () => number
  #bytes = 0

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs
  }

  get(key: string, make: () => Packed): Packed {
    return this.#find(key) ?? this.#keep(key, make())
  }

  /** Who asks while an answer is made waits for the same. */
  async getMade(key: string, make: () => Promise<Packed>): Promise<Packed> {
    const known = this.#find(key) ?? this.#making.get(key)
    if (known !== undefined) return known
    const making = make()
    this.#making.set(key, making)
    try {
      return this.#keep(key, await making)
    } finally {
      this.#making.delete(key)
    }
  }

  #find(key: string): Packed | undefined {
    this.#forget()
    return this.#answers.get(key)
  }

  #keep(key: string, made: Packed): Packed {
    if (made.body.length > MAX_BYTES) return made
    this.#answers.set(key, { ...made, untilMs: this.#monotonicMs() + KEPT_MS })
    this.#bytes += made.body.length
    return made
  }

  /** The oldest come first. */
  #forget(): void {
    const nowMs = this.#monotonicMs()
    for (const [key, { untilMs, body }] of this.#answers) {
      if (untilMs > nowMs && this.#bytes <= MAX_BYTES) return
      this.#answers.delete(key)
      this.#bytes -= body.length
    }
  }
}
