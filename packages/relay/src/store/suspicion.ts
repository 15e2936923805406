import type { SuspicionKind } from 'waybill/delivery'

/**
 * Why an event is kept apart: something spoke against it once, and not yet twice. It waits, its neighbours travel without it, and it
 * is leased only by who asks for events apart.
 */
export type { Suspicion, SuspicionKind } from 'waybill/delivery'

export const SUSPICION_KINDS: readonly SuspicionKind[] = ['refused', 'fails', 'too_large', 'too_old']
