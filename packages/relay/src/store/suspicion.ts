/**
 * Why an event is kept apart: something spoke against it once, and not yet twice. It waits, its neighbours travel without it, and it
 * is leased only by who asks for events apart.
 */
export interface Suspicion {
  readonly kind: SuspicionKind
  /** How often it was spoken against. */
  readonly times: number
  /** The first of these times, Unix milliseconds. */
  readonly firstMs: number
  /** The reason of its end, should it end by this. */
  readonly code: string
  readonly message: string
}

/** `refused`: the API refused it; `fails`: the API fails on it; `too_large`, `too_old`: the API says so of it, and nothing else does. */
export type SuspicionKind = 'refused' | 'fails' | 'too_large' | 'too_old'

export const SUSPICION_KINDS: readonly SuspicionKind[] = ['refused', 'fails', 'too_large', 'too_old']
