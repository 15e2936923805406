const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 5 * 60 * 1_000
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1_000

/**
 * How long to wait before the next attempt, in milliseconds: exponential with full jitter, 1 s to 5 min.
 * `failures` counts from 1; `random` gives 0 ≤ x < 1.
 */
export function backoffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 20))
  return Math.floor(random() * ceiling)
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
 * The server's timing wins over ours and is not jittered, but it may not outlast an hour. Neither may outlast half of the time
 * that is left, so that there is always another attempt.
 */
export function retryDelayMs(
  failures: number,
  options: {
    retryAfterMs?: number | undefined
    timeLeftMs: number
    random: () => number
    /** What waiting seldom mends is tried at the longest backoff from the first failure on. */
    isSlow?: boolean
  },
): number {
  const { retryAfterMs, timeLeftMs, random, isSlow = false } = options
  const counted = isSlow ? Number.POSITIVE_INFINITY : failures
  const wantedMs =
    retryAfterMs === undefined ? backoffMs(counted, random) : Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)
  return Math.max(0, Math.min(wantedMs, Math.floor(timeLeftMs / 2)))
}
