import type { SourceEvent } from 'waybill/sources'
import { type Account, GAVE_WAY, type Store, type UndeliveredState } from '../store/index.ts'

type NamesStore = Pick<Store, 'show' | 'discard'>
type Name = SourceEvent['sameAs'][number]

const UNDELIVERED: ReadonlySet<string> = new Set(['refused', 'expired', 'discarded'] satisfies UndeliveredState[])

/** What is kept under names that calls give. One conversion under several names is told by the store, as it takes it. */
export class Names {
  readonly #store: NamesStore
  readonly #now: () => number

  constructor(store: NamesStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** What only waits for a better call gives way to this one, which is not the same conversion. */
  async giveWayTo({ sameAs, replaces, isWaiting }: SourceEvent, pixel: string): Promise<void> {
    if (isWaiting) return
    for (const name of replaces.filter((one) => !sameAs.some(({ type }) => type === one.type)))
      for (const account of await this.#accountsOf(name, pixel))
        if (isWaitingStill(account, this.#now())) await this.#giveWay(account)
  }

  /** True where the event itself is kept, and was not ended undelivered. */
  async has(name: Name, pixel: string): Promise<boolean> {
    return (await this.#accountsOf(name, pixel)).some(({ state }) => !UNDELIVERED.has(state))
  }

  /** True where the event was ever kept, whatever became of it. */
  async had(name: Name, pixel: string): Promise<boolean> {
    return (await this.#accountsOf(name, pixel)).length > 0
  }

  async #accountsOf({ type, id }: Name, pixel: string): Promise<readonly Account[]> {
    return (await this.#store.show(id, pixel)).filter(({ name }) => name === type)
  }

  async #giveWay({ row }: Account): Promise<void> {
    await this.#store.discard({ rows: [row] }, { by: 'waybill', nowMs: this.#now(), reason: GAVE_WAY })
  }
}

function isWaitingStill({ state, dueMs, origin }: Account, nowMs: number): boolean {
  return (state === 'queued' || state === 'held') && dueMs > nowMs && origin?.givesWay === true
}
