import type { Verdict } from './verdict.ts'

/** How fast one pixel may be sent to: requests at a time, and a moment before which none goes out. */
export interface Pace {
  /** Requests at a time; a fraction counts on, and is rounded down when asked. */
  readonly inFlight: number
  /** Unix milliseconds until which nothing leaves. */
  readonly pausedUntilMs: number
  /** Of these pauses, the end of those that the API asked for. */
  readonly askedUntilMs: number
  /** When the last pause began: what left before says nothing of how the API is since. */
  readonly pausedAtMs: number
  /** After a pause, one request shows whether it is over before others follow. */
  readonly isProbing: boolean
  /** Of the pixel, in a row; while it is probed, of its probes alone. */
  readonly failures: number
  /** When the first of these failures was; how long nothing has come back follows from it. */
  readonly failingSinceMs: number
}

/** What a pace needs to know beside the verdict. */
export interface PaceMoment {
  /** The moment, Unix milliseconds. */
  readonly nowMs: number
  /** When the request left. */
  readonly leftMs: number
  /** The pause after so many failures of the pixel in a row. */
  readonly delayMs: (failures: number, outageMs: number) => number
  /** Requests at a time at most. */
  readonly maxInFlight: number
}

/** After so many failures in a row only single requests go out, until one comes back. */
const FAILURES_BEFORE_PROBING = 3

export const startPace = (maxInFlight: number): Pace => ({
  inFlight: maxInFlight,
  pausedUntilMs: 0,
  askedUntilMs: 0,
  pausedAtMs: 0,
  isProbing: false,
  failures: 0,
  failingSinceMs: 0,
})

/** How many requests may be on their way at a time; at least one. */
export function requestsAtATime({ inFlight, isProbing }: Pace): number {
  return isProbing ? 1 : Math.max(1, Math.floor(inFlight))
}

/** Whether the API asked to be left alone for a while, with or without saying for how long. */
export function asksForPause(verdict: Verdict): boolean {
  return verdict.kind === 'retry' && (verdict.slowDown || verdict.retryAfterMs !== undefined)
}

/**
 * The pace after a verdict: halved and paused when the API asks for less, paused while it cannot be reached, and raised slowly, by
 * one for a round of answers, while all is well. A pause is followed by one probe, and each that fails by a pause that is counted
 * for the pixel, whichever batch the probe was of.
 */
export function nextPace(pace: Pace, verdict: Verdict, at: PaceMoment): Pace {
  const isLate = pace.isProbing && at.leftMs < pace.pausedAtMs
  if (verdict.kind !== 'retry') {
    const inFlight = Math.min(at.maxInFlight, pace.inFlight + 1 / pace.inFlight)
    if (isLate) return { ...pace, inFlight }
    // What came back although it was sent within a pause of our own, such as a canary, ends that pause.
    return { ...pace, inFlight, failures: 0, isProbing: false, pausedUntilMs: pace.askedUntilMs }
  }
  const failures = isLate ? pace.failures : pace.failures + 1
  const failingSinceMs = pace.failures === 0 ? at.nowMs : pace.failingSinceMs
  const isAsked = asksForPause(verdict)
  const isDown = pace.isProbing || failures >= FAILURES_BEFORE_PROBING || verdict.code === 'tls'
  const isUnreachable = isDown && !isLate
  if (!isAsked && !isUnreachable) return { ...pace, failures, failingSinceMs }
  const pausedUntilMs = Math.max(pace.pausedUntilMs, at.nowMs + at.delayMs(failures, at.nowMs - failingSinceMs))
  return {
    failures,
    failingSinceMs,
    isProbing: true,
    askedUntilMs: isAsked ? Math.max(pace.askedUntilMs, pausedUntilMs) : pace.askedUntilMs,
    inFlight: isAsked ? Math.max(1, pace.inFlight / 2) : 1,
    pausedAtMs: isLate ? pace.pausedAtMs : at.nowMs,
    pausedUntilMs,
  }
}
