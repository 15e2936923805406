import { MINUTE_MS } from '../../duration.ts'

/** Why a call is not believed. */
export const SIGNATURE_FAULTS = {
  missing_signature: 'The call has no signature.',
  malformed_signature: 'The signature is not written as this sender writes it.',
  wrong_signature: 'The signature was not made with a known secret over this very body.',
  stale_signature: 'The signature is right, and its time is too far from ours: a replay, or a clock is off.',
} as const

export type SignatureFault = keyof typeof SIGNATURE_FAULTS

/** The answer of every verification. Holds nothing of the call. */
export type Verification =
  | { readonly ok: true }
  | { readonly ok: false; readonly fault: SignatureFault; readonly message: string }

export const VERIFIED: Verification = { ok: true }

export function refused(fault: SignatureFault): Verification {
  return { ok: false, fault, message: SIGNATURE_FAULTS[fault] }
}

/** How old a signed time may be; what Stripe and HubSpot ask for. */
export const SIGNATURE_TOLERANCE_MS: number = 5 * MINUTE_MS

export interface Clock {
  /** Our time, Unix milliseconds. */
  readonly nowMs: number
  /** How far the signed time may lie from ours. Default 5 minutes. */
  readonly toleranceMs?: number | undefined
}
