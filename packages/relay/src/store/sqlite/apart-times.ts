import type { Database } from './database.ts'
import type { LeaseBook } from './lease-book.ts'
import type { ApartPlace } from './statements/suspicions.ts'

/** Per pixel and shape, when the first event apart that is in no lease is due. Read from the rows, and kept until something changes. */
export class ApartTimes {
  readonly #next: Map<number, Map<number, number>> = new Map()
  readonly #read: (pixel: number, shape: number) => number

  constructor(database: Database, leases: LeaseBook) {
    const statement = database.prepare(`
      SELECT row, due_ms, timestamp_ms FROM suspicion
      WHERE pixel = ? AND shape = ? ORDER BY due_ms, timestamp_ms, row LIMIT ?`)
    this.#read = (pixel, shape) => {
      const places = statement.all(pixel, shape, 1 + leases.sendingApart(pixel, shape)) as ApartPlace[]
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
