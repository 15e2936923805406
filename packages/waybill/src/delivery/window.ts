import { MAX_AGE_MS, MAX_AHEAD_MS } from '../contract/limits.ts'
import { MINUTE_MS, SECOND_MS } from '../duration.ts'
import type { Age } from './batch.ts'

/** Events this near to their end travel in batches of their own, so that an API that finds one too old refuses no others. */
export const NEAR_END_MS: number = 10 * MINUTE_MS
const LEAST_MARGIN_MS: number = 5 * SECOND_MS

/**
 * How long before the window's end an event is given up. A request that is sent so late has its timeout cut to what is left.
 * `clockAheadMs`: how far the API's clock is ahead of ours; one that is behind closes no window earlier.
 */
export function windowMarginMs(clockAheadMs: number = 0): number {
  return LEAST_MARGIN_MS + Math.max(0, clockAheadMs)
}

/** An answer takes its time, and clocks differ a little. */
const EDGE_MS = MINUTE_MS

/** Whether the API may rightly call an event too old, by a clock that is confirmed. */
export function ageOf(timestampMs: number, nowMs: number): Age {
  return windowState(timestampMs, nowMs, windowMarginMs(EDGE_MS)) === 'closed' ? 'old' : 'young'
}

/** `open`: may be sent now. `ending`: may be, with others like it. `closed`: too old, or so nearly that it would be. `ahead`: not yet. */
export type WindowState = 'open' | 'ending' | 'closed' | 'ahead'

/**
 * Where in its time window an event stands at `nowMs`; to be asked at the moment of sending. `marginMs`: at its end; `aheadMarginMs`: at its
 * beginning, for who can wait.
 */
export function windowState(
  timestampMs: number,
  nowMs: number,
  marginMs: number,
  aheadMarginMs: number = 0,
): WindowState {
  const leftMs = timestampMs + MAX_AGE_MS - nowMs
  if (leftMs < marginMs) return 'closed'
  if (leftMs < NEAR_END_MS) return 'ending'
  return timestampMs - nowMs > MAX_AHEAD_MS - aheadMarginMs ? 'ahead' : 'open'
}
