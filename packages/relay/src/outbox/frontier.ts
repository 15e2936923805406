/** A transaction that was open for longer is found by the next look from the beginning. */
const SETTLED_MS = 10_000
const LOOK_AGAIN_MS = 5_000

/**
 * Where a claim begins to look. Rows come in the order of their places, nearly: what a transaction wrote first may be seen last. Beginning
 * where nothing is left spares the walk over rows that are gone and still there for somebody's old snapshot. Times by the monotonic clock.
 */
export class Frontier {
  #place = 0n
  #lookedMs = Number.NEGATIVE_INFINITY
  #taken: { readonly place: bigint; readonly ms: number }[] = []

  /** The place to begin at; 0 now and then. */
  from(nowMs: number): bigint {
    if (nowMs - this.#lookedMs >= LOOK_AGAIN_MS) {
      this.#lookedMs = nowMs
      return 0n
    }
    const settled = this.#taken.filter(({ ms }) => nowMs - ms >= SETTLED_MS)
    this.#taken = this.#taken.slice(settled.length)
    for (const { place } of settled) if (place > this.#place) this.#place = place
    return this.#place
  }

  /** Rows up to this place were taken. */
  took(place: bigint, nowMs: number): void {
    const last = this.#taken.at(-1)
    if (last === undefined || nowMs - last.ms >= SETTLED_MS / 10) this.#taken.push({ place, ms: nowMs })
  }
}
