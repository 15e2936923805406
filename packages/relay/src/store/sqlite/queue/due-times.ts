import type { Statements } from '../sql/index.ts'

/** Per pixel, a time before which nothing that waits becomes due. It can be too early, never too late. */
export class DueTimes {
  readonly #next: Map<number, number> = new Map()
  readonly #select: (pixel: number) => number | undefined

  constructor({ queue }: Statements, pixels: readonly number[]) {
    this.#select = queue.nextDue
    for (const pixel of pixels) this.read(pixel)
  }

  next(pixel: number): number {
    return this.#next.get(pixel) ?? Number.POSITIVE_INFINITY
  }

  lower(pixel: number, dueMs: number): void {
    if (dueMs < this.next(pixel)) this.#next.set(pixel, dueMs)
  }

  /** Reads it from the rows, after some became due. */
  read(pixel: number): void {
    const dueMs = this.#select(pixel)
    if (dueMs === undefined) this.#next.delete(pixel)
    else this.#next.set(pixel, dueMs)
  }

  soonestAfter(nowMs: number): number | undefined {
    let soonest = Number.POSITIVE_INFINITY
    for (const dueMs of this.#next.values()) if (dueMs > nowMs && dueMs < soonest) soonest = dueMs
    return soonest === Number.POSITIVE_INFINITY ? undefined : soonest
  }
}
