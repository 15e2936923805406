/** How many of a pixel are where. */
export interface PixelNumbers {
  readonly shapes: Map<number, ShapeNumbers>
  /** By kind, as in `state.ts`: ends, and what was accepted. */
  readonly kinds: Map<number, number>
  /** Leased, of all shapes. */
  sending: number
}

/** What has not ended of a shape. */
export interface ShapeNumbers {
  /** Not leased, those apart included. */
  waiting: number
  apart: number
  /** Leased; a store need not tell it of shapes that are not on hold. */
  leased: number
}

export type NumbersByPixel = ReadonlyMap<number, PixelNumbers>

export function newNumbers(): PixelNumbers {
  return { shapes: new Map(), kinds: new Map(), sending: 0 }
}

/** The numbers of a shape, which are made where there are none. */
export function shapeOf({ shapes }: PixelNumbers, shape: number): ShapeNumbers {
  const known = shapes.get(shape)
  if (known !== undefined) return known
  const numbers = { waiting: 0, apart: 0, leased: 0 }
  shapes.set(shape, numbers)
  return numbers
}
