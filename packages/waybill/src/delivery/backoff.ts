const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 5 * 60 * 1_000
/** Whoever comes back within two hours is noticed within a minute. */
const LONGEST_DELAY_AT_FIRST_MS = 60 * 1_000
const LONG_OUTAGE_MS = 2 * 60 * 60 * 1_000
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1_000
const LEAST_RETRY_AFTER_MS = 1_000

/**
 * How long to wait before the next attempt, in milliseconds: exponential with full jitter, 1 s to 60 s, and to 5 min once an outage has
 * lasted two hours. `failures` counts from 1; `random` gives 0 ≤ x < 1.
 */
export function backoffMs(failures: number, random: () => number, outageMs: number = 0): number {
  const longest = outageMs < LONG_OUTAGE_MS ? LONGEST_DELAY_AT_FIRST_MS : LONGEST_DELAY_MS
  const ceiling = Math.min(longest, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 20))
  return Math.floor(random() * ceiling)
}

/** How long an event on which the API fails waits by itself: 1 s to 5 min, with jitter. */
export function aloneDelayMs(times: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(times, 20))
  return Math.max(FIRST_DELAY_MS, Math.floor((0.5 + random() / 2) * ceiling))
}

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date judged against the server's own `Date` where it sent one.
 * `undefined` for what is absent, negative, past or unreadable; then our own backoff applies.
 */
export function readRetryAfterMs(
  header: string | null | undefined,
  nowMs: number,
  dateHeader?: string | null,
): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  const until = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN
  const serverNow = Date.parse(dateHeader ?? '')
  const wait = until - (Number.isNaN(serverNow) ? nowMs : serverNow)
  return wait >= 0 ? wait : undefined
}

/**
 * The server's timing wins over ours and is not jittered: at least a second, at most an hour, and never cut to fit what is left. Our own
 * backoff does not outlast half of the time that is left, so that there is always another attempt.
 */
export function retryDelayMs(
  failures: number,
  options: {
    retryAfterMs?: number | undefined
    timeLeftMs: number
    random: () => number
    /** What waiting seldom fixes is tried at the longest backoff from the first failure on. */
    isSlow?: boolean
    /** How long nothing has come back. */
    outageMs?: number
  },
): number {
  const { retryAfterMs, timeLeftMs, random, isSlow = false, outageMs = 0 } = options
  if (retryAfterMs !== undefined) return Math.min(LONGEST_RETRY_AFTER_MS, Math.max(LEAST_RETRY_AFTER_MS, retryAfterMs))
  const counted = isSlow ? Number.POSITIVE_INFINITY : failures
  const wantedMs = backoffMs(counted, random, isSlow ? LONG_OUTAGE_MS : outageMs)
  return Math.max(0, Math.min(wantedMs, Math.floor(timeLeftMs / 2)))
}
