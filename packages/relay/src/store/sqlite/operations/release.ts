import type { Core } from '../core.ts'

/** Returns leased rows to the queue; only memory knew of the lease, so there is nothing to write. */
export function release({ leases, frontier }: Core, token: number, rows?: readonly number[]): number {
  let released = 0
  for (const row of rows ?? leases.rows(token).map((leased) => leased.row)) {
    const leased = leases.take(token, row)
    if (leased === undefined) continue
    frontier.lower(leased.pixel, leased.shape, leased)
    released++
  }
  return released
}

export function reclaim(core: Core, nowMs: number): number {
  let reclaimed = 0
  for (const token of core.leases.overdue(nowMs)) reclaimed += release(core, token)
  return reclaimed
}
