import type { BatchEvent } from './leased-batch.ts'

/** Of so many it is remembered; one that is forgotten is asked once more than needed. */
const MAX_KEPT = 10_000

/** Events that wait although an answer of 200 counted too few of their request: whoever leases them next has one answer already. */
export class Miscounted {
  readonly #rows = new Set<number>()

  has(row: number): boolean {
    return this.#rows.has(row)
  }

  /** Takes note of the events of a lease that ends: who has an end is forgotten. */
  keep(events: readonly Pick<BatchEvent, 'row' | 'wasMiscounted' | 'end'>[]): void {
    for (const { row, wasMiscounted, end } of events) {
      this.#rows.delete(row)
      if (wasMiscounted === true && (end === undefined || end.to === 'queued')) this.#rows.add(row)
      if (this.#rows.size > MAX_KEPT) this.#rows.delete(this.#rows.values().next().value!)
    }
  }
}
