import type { Answer } from '../answer.ts'

export interface KeptAnswersOptions {
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number
}

interface Kept {
  readonly startedMs: number
  readonly answer: Promise<Answer>
  /** How long it took; `undefined` while it is being made. */
  tookMs: number | undefined
  bytes: number
}

/** So much of its time the reading thread works for pages that are only looked at. */
const SHARE = 0.05
/** However long the work takes, figures are no older. */
const LONGEST_MS = 10_000
const MAX_BYTES = 16 * 1024 * 1024

/**
 * Answers for those who say that an old one will do (`Cache-Control: max-age`): ten tabs that look at the same get the same. An answer is
 * kept for as long as makes all that is looked at a small share of the reading thread's time: a fraction of a second for a small
 * store, some seconds for millions of accounts.
 */
export class KeptAnswers {
  readonly #monotonic: () => number
  readonly #kept = new Map<string, Kept>()

  constructor({ monotonic }: KeptAnswersOptions) {
    this.#monotonic = monotonic
  }

  /** The answer to a question that is no older than `maxAgeMs`, made where there is none. */
  of(key: string, maxAgeMs: number, make: () => Promise<Answer>): Promise<Answer> {
    const nowMs = this.#monotonic()
    this.#forget(nowMs)
    const known = this.#kept.get(key)
    if (known !== undefined && nowMs - known.startedMs <= Math.min(maxAgeMs, this.#keepMs(known))) return known.answer
    if (maxAgeMs <= 0) return make()
    const kept: Kept = { startedMs: nowMs, answer: make(), tookMs: undefined, bytes: 0 }
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    void this.#watch(key, kept)
    return kept.answer
  }

  async #watch(key: string, kept: Kept): Promise<void> {
    try {
      const { status, body } = await kept.answer
      kept.tookMs = this.#monotonic() - kept.startedMs
      kept.bytes = typeof body === 'string' ? 2 * body.length : body instanceof Uint8Array ? body.length : MAX_BYTES
      if (status === 200 && kept.bytes < MAX_BYTES) return
    } catch {
      // Whoever asked hears of it; the next one asks anew.
    }
    if (this.#kept.get(key) === kept) this.#kept.delete(key)
  }

  #keepMs({ tookMs: own }: Kept): number {
    if (own === undefined) return LONGEST_MS
    const workMs = [...this.#kept.values()].reduce((sum, { tookMs = 0 }) => sum + tookMs, 0)
    return Math.min(LONGEST_MS, workMs / SHARE)
  }

  /** The oldest come first. */
  #forget(nowMs: number): void {
    let bytes = [...this.#kept.values()].reduce((sum, kept) => sum + kept.bytes, 0)
    for (const [key, kept] of this.#kept) {
      if (nowMs - kept.startedMs <= LONGEST_MS && bytes <= MAX_BYTES) return
      this.#kept.delete(key)
      bytes -= kept.bytes
    }
  }
}
