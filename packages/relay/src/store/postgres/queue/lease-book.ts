import type { Facts } from '../changes.ts'

/** An event of a lease, as far as its settlement needs it. */
export interface HeldEvent extends Facts {
  readonly row: number
  /** Something of it is to be dropped once it is delivered, or to be kept otherwise: it has more than its account and its body. */
  readonly hasMore: boolean
}

/** Leases that this store gave out, so that settling them need read nothing. The database decides who holds what. */
export class LeaseBook {
  readonly #leases: Map<number, Map<number, HeldEvent>> = new Map()

  add(token: number, events: readonly HeldEvent[]): void {
    this.#leases.set(token, new Map(events.map((event) => [event.row, event])))
  }

  get(token: number): ReadonlyMap<number, HeldEvent> | undefined {
    return this.#leases.get(token)
  }

  /** They are in the lease no longer. */
  remove(token: number, rows: Iterable<number>): void {
    const events = this.#leases.get(token)
    if (events === undefined) return
    for (const row of rows) events.delete(row)
    if (events.size === 0) this.#leases.delete(token)
  }

  drop(token: number): void {
    this.#leases.delete(token)
  }
}
