import type { Statements } from '../sql/index.ts'
import type { LeaseBook } from './lease-book.ts'

/** Per pixel and shape, when the first event apart that is in no lease is due. Read from the rows, and kept until something changes. */
export class ApartTimes {
  readonly #next: Map<number, Map<number, number>> = new Map()
  readonly #read: (pixel: number, shape: number) => number

  constructor({ suspicion }: Statements, leases: LeaseBook) {
    this.#read = (pixel, shape) => {
      const places = suspicion.first(pixel, shape, 1 + leases.sendingApart(pixel, shape))
      return places.find(({ row }) => !leases.has(row))?.due_ms ?? Number.POSITIVE_INFINITY
    }
  }

  next(pixel: number, shape: number): number {
    const shapes = this.#next.get(pixel) ?? new Map<number, number>()
    this.#next.set(pixel, shapes)
    const known = shapes.get(shape)
    if (known !== undefined) return known
    const dueMs = this.#read(pixel, shape)
    shapes.set(shape, dueMs)
    return dueMs
  }

  /** An event apart of this shape came, left, was leased or given back. */
  changed(pixel: number, shape: number): void {
    this.#next.get(pixel)?.delete(shape)
  }
}
