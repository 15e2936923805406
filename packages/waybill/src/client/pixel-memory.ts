import type { Reason } from '../delivery/verdict.ts'

const MAX_SHAPES = 1_000

/** What a client has learned of its pixel and keeps between sends. */
export interface PixelMemory {
  /** Shapes of which the API accepted something; at most 1,000, the oldest forgotten. */
  isKnown(shape: string): boolean
  remember(shape: string): void
  /** Shapes that the API refused as a whole, with its reason; a few events of them are tried before the others. As many at most. */
  readonly suspended: ReadonlyMap<string, Reason>
  suspend(shape: string, reason: Reason): void
  /** Whether the API names the right events. */
  readonly trust: { names: boolean }
  /** Falls when the API finds a body too large. */
  maxBodyBytes: number
  /** How far the API's clock is ahead of ours, by the last `Date` that was within a minute of it. */
  clockAheadMs: number
}

export function createPixelMemory(maxBodyBytes: number): PixelMemory {
  const known = new Set<string>()
  const suspended = new Map<string, Reason>()
  return {
    isKnown: (shape) => known.has(shape),
    remember(shape) {
      suspended.delete(shape)
      known.delete(shape)
      known.add(shape)
      if (known.size > MAX_SHAPES) known.delete(known.values().next().value!)
    },
    suspended,
    suspend(shape, reason) {
      known.delete(shape)
      suspended.set(shape, reason)
      if (suspended.size > MAX_SHAPES) suspended.delete(suspended.keys().next().value!)
    },
    trust: { names: true },
    maxBodyBytes,
    clockAheadMs: 0,
  }
}
