import type { Verdict } from './verdict.ts'

/** How fast one pixel may be sent to: requests at a time, and a moment before which none goes out. */
export interface Pace {
  /** Requests at a time; a fraction counts on, and is rounded down when asked. */
  readonly inFlight: number
  readonly pausedUntilMs: number
  /** After a pause that the API asked for, one request shows whether it is over before others follow. */
  readonly isProbing: boolean
  /** Transport failures in a row. */
  readonly failures: number
}

/** After so many transport failures in a row only single requests go out, until one comes back. */
const FAILURES_BEFORE_PROBING = 3

export const startPace = (maxInFlight: number): Pace => ({
  inFlight: maxInFlight,
  pausedUntilMs: 0,
  isProbing: false,
  failures: 0,
})

/** How many requests may be on their way at a time; at least one. */
export function requestsAtATime({ inFlight, isProbing }: Pace): number {
  return isProbing ? 1 : Math.max(1, Math.floor(inFlight))
}

/**
 * The pace after a verdict: halved and paused when the API asks for less, one request at a time while it cannot be
 * reached, and raised slowly, by one for a round of answers, while all is well.
 */
export function nextPace(
  pace: Pace,
  verdict: Verdict,
  at: { nowMs: number; delayMs: number; maxInFlight: number },
): Pace {
  if (verdict.kind !== 'retry') {
    // What comes back during the pause had left before it, and says nothing of what follows.
    const isProbing = pace.isProbing && at.nowMs < pace.pausedUntilMs
    return { ...pace, failures: 0, isProbing, inFlight: Math.min(at.maxInFlight, pace.inFlight + 1 / pace.inFlight) }
  }
  if (verdict.slowDown || verdict.retryAfterMs !== undefined) {
    return {
      failures: 0,
      isProbing: true,
      inFlight: Math.max(1, pace.inFlight / 2),
      pausedUntilMs: Math.max(pace.pausedUntilMs, at.nowMs + at.delayMs),
    }
  }
  const failures = pace.failures + 1
  return { ...pace, failures, inFlight: failures >= FAILURES_BEFORE_PROBING ? 1 : pace.inFlight }
}
