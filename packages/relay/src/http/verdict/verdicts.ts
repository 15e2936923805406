import type { Verdict } from '../../page/index.ts'
import type { MarkView } from '../admin/read/mark-view.ts'

export interface VerdictsOptions {
  readonly monotonic: () => number
}

interface Kept {
  readonly atMs: number
  readonly verdict: Promise<Verdict<MarkView>>
}

/** A verdict goes by quarters of an hour: within a minute it is the same. */
const KEEP_MS = 60_000
const MOST_KEPT = 200

/** Verdicts of the last minute: whoever asks the same meanwhile, asks once. */
export class Verdicts {
  readonly #options: VerdictsOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: VerdictsOptions) {
    this.#options = options
  }

  of(key: string, make: () => Promise<Verdict<MarkView>>): Promise<Verdict<MarkView>> {
    const nowMs = this.#options.monotonic()
    const known = this.#kept.get(key)
    if (known !== undefined && nowMs - known.atMs < KEEP_MS) return known.verdict
    const verdict = make()
    this.#kept.delete(key)
    this.#kept.set(key, { atMs: nowMs, verdict })
    // One that failed is asked for again.
    verdict.catch(() => this.#kept.delete(key))
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return verdict
  }
}
