import { APART, DELIVERED } from '../state.ts'
import type { Row } from './reading.ts'

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

function newNumbers(): PixelNumbers {
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

/** What waits and what ended of each pixel, of rows with `pixel`, `shape`, `kind` and `events`. */
export function numbersOf(rows: readonly Row[]): Map<number, PixelNumbers> {
  const found = new Map<number, PixelNumbers>()
  for (const row of rows as readonly Record<string, number>[]) {
    const { pixel = 0, shape = 0, kind = 0, events = 0 } = row
    const numbers = found.get(pixel) ?? newNumbers()
    found.set(pixel, numbers)
    if (kind >= DELIVERED) {
      numbers.kinds.set(kind, events)
      continue
    }
    const counted = shapeOf(numbers, shape)
    counted.waiting += events
    if (kind === APART) counted.apart += events
  }
  return found
}
