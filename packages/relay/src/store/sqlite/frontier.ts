/** A place in the queue of one pixel and shape. */
export interface Place {
  readonly timestampMs: number
  readonly row: number
}

/** Before every event. */
export const START: Place = { timestampMs: Number.MIN_SAFE_INTEGER, row: 0 }

/**
 * How far each queue is leased out: everything up to its place is in a lease. Leasing starts behind it, so that it does not
 * walk over what is under way. Too low a place costs time; too high a one would hide events, so whatever enters a queue
 * lowers it.
 */
export class Frontier {
  readonly #places: Map<number, Map<number, Place>> = new Map()

  after(pixel: number, shape: number): Place {
    return this.#places.get(pixel)?.get(shape) ?? START
  }

  raise(pixel: number, shape: number, place: Place): void {
    const shapes = this.#places.get(pixel) ?? new Map<number, Place>()
    this.#places.set(pixel, shapes.set(shape, place))
  }

  /** An event at this place can be leased again, or for the first time. */
  lower(pixel: number, shape: number, { timestampMs, row }: Place): void {
    if (!isBefore(this.after(pixel, shape), { timestampMs, row })) {
      this.raise(pixel, shape, { timestampMs, row: row - 1 })
    }
  }
}

export function isBefore(a: Place, b: Place): boolean {
  return a.timestampMs === b.timestampMs ? a.row < b.row : a.timestampMs < b.timestampMs
}
