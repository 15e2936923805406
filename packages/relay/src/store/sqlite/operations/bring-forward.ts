import type { BringForwardCall } from '../../store.ts'
import type { Core } from '../core.ts'

/** Inside a transaction: whatever waits for a time that no right clock can have set is due at another. */
export function bringForward({ tally, queue }: Core, { apart, afterMs, dueMs }: BringForwardCall): number {
  let moved = 0
  for (const pixel of tally.pixels()) {
    if (!apart) moved += queue.bringForward(pixel, afterMs, dueMs)
    else for (const shape of tally.shapes(pixel)) moved += queue.bringApartForward(pixel, shape, afterMs, dueMs)
  }
  return moved
}
