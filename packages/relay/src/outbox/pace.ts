/** While there is work. */
export const LEAST_WAIT_MS = 100
export const MOST_WAIT_MS = 2_000
/** Nobody waits longer than this part of the time in which nothing came. */
const PART_OF_IDLE = 1 / 30

/** How long to wait before the next look, when nothing has come for so long. */
export function waitMsAfter(idleMs: number): number {
  return Math.round(Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, idleMs * PART_OF_IDLE)))
}

/** How long to wait after so many failures in a row: of the database, or of the store. */
export function waitMsAfterFailures(failures: number): number {
  return Math.min(5_000, LEAST_WAIT_MS * 2 ** Math.min(failures, 10))
}
