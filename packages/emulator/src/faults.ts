/**
 * What can happen to a request, in the order in which the kinds divide the random number.
 * `429 500 503 timeout reset` store nothing; `lost html200 short slow` store what is valid and then misbehave.
 */
export const FAULT_KINDS = ['429', '500', '503', 'timeout', 'reset', 'lost', 'html200', 'short', 'slow'] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** Share of requests, 0 to 1, that meets each kind. */
export type FaultShares = Readonly<Partial<Record<FaultKind, number | undefined>>>

/** The kinds that strike before the batch is judged. */
export const EARLY_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>(['429', '500', '503', 'timeout', 'reset'])

/** Takes one random number in [0, 1) and says which fault it means, if any. */
export function drawFault(shares: FaultShares, random: () => number): FaultKind | null {
  let rest = random()
  for (const kind of FAULT_KINDS) {
    rest -= shares[kind] ?? 0
    if (rest < 0) return kind
  }
  return null
}

/** Random numbers in [0, 1) that a seed (an integer) repeats exactly: the generator mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}
