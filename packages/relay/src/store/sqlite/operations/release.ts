import type { Core } from '../core.ts'
import type { LeasedRow } from '../lease-book.ts'
import { APART } from '../state.ts'

/** Returns leased rows to the queue; only memory knew of the lease, so there is nothing to write. */
export function release(core: Core, token: number, rows?: readonly number[]): number {
  const { leases } = core
  let released = 0
  for (const row of rows ?? leases.rows(token).map((leased) => leased.row)) {
    const leased = leases.take(token, row)
    if (leased === undefined) continue
    leaseChanged(core, leased)
    released++
  }
  return released
}

/** A row was given back, or is apart and was leased: what is known of the order of leases goes by it. */
export function leaseChanged({ frontier, apart }: Core, leased: LeasedRow): void {
  if (leased.state === APART) apart.changed(leased.pixel, leased.shape)
  else frontier.lower(leased.pixel, leased.shape, leased)
}

export function reclaim(core: Core): number {
  let reclaimed = 0
  for (const token of core.leases.overdue()) reclaimed += release(core, token)
  return reclaimed
}
