import { type Answer, laterAnswer } from '../answer.ts'

/** How many failed tries there may be in a minute before nobody is heard. */
export interface TriesOptions {
  readonly perAddress: number
  readonly inAll: number
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number
}

const WINDOW_MS = 60_000

/** Failed tries of the last minute, by address. What a stranger can make it remember is bounded by `inAll`. */
export class Tries {
  readonly #options: TriesOptions
  #failures: { readonly address: string; readonly atMs: number }[] = []

  constructor(options: TriesOptions) {
    this.#options = options
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    this.#forget()
    const { perAddress, inAll, monotonic } = this.#options
    const own = this.#failures.filter((one) => one.address === address)
    const waits = [own.at(-perAddress), this.#failures.at(-inAll)].map((oldest) =>
      oldest === undefined ? 0 : oldest.atMs + WINDOW_MS - monotonic(),
    )
    return Math.max(0, ...waits)
  }

  failed(address: string): void {
    this.#failures.push({ address, atMs: this.#options.monotonic() })
  }

  #forget(): void {
    const sinceMs = this.#options.monotonic() - WINDOW_MS
    if ((this.#failures[0]?.atMs ?? Number.POSITIVE_INFINITY) > sinceMs) return
    this.#failures = this.#failures.filter(({ atMs }) => atMs > sinceMs)
  }
}

const TOO_MANY = 'Too many tries failed. Whoever is logged in stays so.'

export function tooManyTries(waitMs: number): Answer {
  return laterAnswer(429, Math.ceil(waitMs / 1_000), TOO_MANY, 'too_many_tries')
}
