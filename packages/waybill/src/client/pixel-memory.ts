import type { Reason } from '../delivery/verdict.ts'

const MAX_SHAPES = 1_000

/** What a client has learned of its pixel and keeps between sends. */
export interface PixelMemory {
  /** Shapes of which the API accepted something; at most 1,000, the oldest forgotten. */
  isKnown(shape: string): boolean
  remember(shape: string): void
  /** Shapes that the API refused as a whole, with its reason; one event of them is tried before the others. */
  readonly suspended: Map<string, Reason>
  /** Whether the API names the right events. */
  readonly trust: { names: boolean }
  /** Falls when the API finds a body too large. */
  maxBodyBytes: number
}

export function createPixelMemory(maxBodyBytes: number): PixelMemory {
  const known = new Set<string>()
  return {
    isKnown: (shape) => known.has(shape),
    remember(shape) {
      known.delete(shape)
      known.add(shape)
      if (known.size > MAX_SHAPES) known.delete(known.values().next().value!)
    },
    suspended: new Map(),
    trust: { names: true },
    maxBodyBytes,
  }
}
