/** A place in the queue of one pixel and shape. */
export interface Place {
  /** Of its own time, as `minuteOf` gives it. */
  readonly minute: number
  readonly row: number
}

/** Before every event. */
export const START: Place = { minute: Number.MIN_SAFE_INTEGER, row: 0 }

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
  lower(pixel: number, shape: number, { minute, row }: Place): void {
    if (!isBefore(this.after(pixel, shape), { minute, row })) {
      this.raise(pixel, shape, { minute, row: row - 1 })
    }
  }
}

export function isBefore(a: Place, b: Place): boolean {
  return a.minute === b.minute ? a.row < b.row : a.minute < b.minute
}
