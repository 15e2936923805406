import type { RequestRecord } from './request.ts'
import type { Suspicion } from './suspicion.ts'

/** An end, or the way back into the queue, for some events of a lease. A suspicion that is not given again is over. */
export type Settlement =
  | {
      readonly to: 'delivered'
      readonly rows: readonly number[]
      /** Only where the delivery is marked, as with `count_mismatch`. */
      readonly code?: string
      readonly message?: string
    }
  | {
      readonly to: 'refused' | 'expired'
      readonly rows: readonly number[]
      readonly code: string
      readonly message: string
    }
  | {
      readonly to: 'queued'
      readonly rows: readonly number[]
      /** Not to be leased before, Unix milliseconds; at or before `nowMs` for at once. */
      readonly dueMs: number
      /** Default: those of the suspicion. */
      readonly code?: string
      readonly message?: string
      /** From here on it is apart. */
      readonly suspicion?: Suspicion
    }

/** Settlements of one lease, committed together with the request whose answer they follow from. */
export interface SettleCall {
  readonly token: number
  readonly settlements: readonly Settlement[]
  readonly request?: RequestRecord
  readonly nowMs: number
}
