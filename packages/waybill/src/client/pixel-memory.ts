import { Learned } from '../delivery/learned.ts'
import type { Reason } from '../delivery/verdict.ts'

const MAX_SHAPES = 1_000

/** What a client has learned of its pixel and keeps between sends. */
export interface PixelMemory {
  readonly learned: Learned
  /** Shapes that the API refused as a whole, with its reason; a few events of them are tried before the others. At most 1,000. */
  readonly suspended: ReadonlyMap<string, Reason>
  suspend(shape: string, reason: Reason): void
  /** Something of the shape passed. */
  release(shape: string): void
  /** How far the API's clock is ahead of ours, by the last `Date` that was within a minute of it. */
  clockAheadMs: number
}

export function createPixelMemory(maxBodyBytes: number, monotonic: () => number): PixelMemory {
  const learned = new Learned(maxBodyBytes, monotonic)
  const suspended = new Map<string, Reason>()
  return {
    learned,
    suspended,
    suspend(shape, reason) {
      learned.forget(shape)
      suspended.set(shape, reason)
      if (suspended.size > MAX_SHAPES) suspended.delete(suspended.keys().next().value!)
    },
    release(shape) {
      suspended.delete(shape)
      learned.endStreak(shape)
    },
    clockAheadMs: 0,
  }
}
