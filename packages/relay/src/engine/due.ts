import { MAX_AHEAD_MS } from 'waybill'
import { TOLERANCE_MS } from 'waybill/delivery'

/** A clock that is confirmed may be so far off, and nobody hurries at the beginning of a window. */
export const AHEAD_MARGIN_MS: number = TOLERANCE_MS

/** When an event that lies ahead has surely entered the API's window. */
export function dueMsOf(timestampMs: number): number {
  return timestampMs - MAX_AHEAD_MS + AHEAD_MARGIN_MS
}
