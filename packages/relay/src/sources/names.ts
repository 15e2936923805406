import type { SourceEvent } from 'waybill/sources'
import { type Account, type ContextKey, contextKey, type Store, type UndeliveredState } from '../store/index.ts'

type NamesStore = Pick<Store, 'show' | 'getContexts' | 'putContext' | 'discard'>
type Name = SourceEvent['sameAs'][number]

const UNDELIVERED: ReadonlySet<string> = new Set(['refused', 'expired', 'discarded'] satisfies UndeliveredState[])

/** The names under which one conversion may be kept: several calls tell of it, and may call it differently. */
export class Names {
  readonly #store: NamesStore
  readonly #now: () => number

  constructor(store: NamesStore, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** True where the conversion is kept under another of its names. What only waits there for this call gives way to it. */
  async isKnown({ sameAs, replaces, isWaiting }: SourceEvent, pixel: string): Promise<boolean> {
    for (const name of [...sameAs, ...replaces.filter((one) => !sameAs.some(({ type }) => type === one.type))]) {
      for (const account of await this.#accountsOf(name, pixel)) {
        if (isWaitingStill(account, this.#now()) && !isWaiting) await this.#giveWay(account)
        else if (sameAs.includes(name) && !UNDELIVERED.has(account.state)) return true
      }
    }
    return false
  }

  /** Those of the events that an earlier one was also called. */
  async known(events: readonly SourceEvent[], pixel: string): Promise<ReadonlySet<SourceEvent>> {
    const keys = events.map(({ event }) => nameKey(event))
    const kept = events.length === 0 ? new Map() : await this.#store.getContexts(pixel, keys)
    return new Set(events.filter((_, at) => kept.has(keys[at]!)))
  }

  /** True where the event itself is kept, and was not ended undelivered. */
  async has(name: Name, pixel: string): Promise<boolean> {
    return (await this.#accountsOf(name, pixel)).some(({ state }) => !UNDELIVERED.has(state))
  }

  /** True where the event was ever kept, whatever became of it. */
  async had(name: Name, pixel: string): Promise<boolean> {
    return (await this.#accountsOf(name, pixel)).length > 0
  }

  /** What comes later under one of its other ids is known by this. */
  async keep({ event, sameAs }: SourceEvent, pixel: string): Promise<void> {
    const others = sameAs.filter(({ id }) => id !== event.id)
    await Promise.all(others.map((name) => this.#store.putContext(pixel, nameKey(name), '1', this.#now())))
  }

  async #accountsOf({ type, id }: Name, pixel: string): Promise<readonly Account[]> {
    return (await this.#store.show(id, pixel)).filter(({ name }) => name === type)
  }

  async #giveWay({ row }: Account): Promise<void> {
    await this.#store.discard({ rows: [row] }, { by: 'waybill', nowMs: this.#now(), reason: GAVE_WAY })
  }
}

const GAVE_WAY = 'another call tells more of the same conversion'

function isWaitingStill({ state, dueMs, origin }: Account, nowMs: number): boolean {
  return (state === 'queued' || state === 'held') && dueMs > nowMs && origin?.givesWay === true
}

function nameKey({ type, id }: { readonly type: string; readonly id: string }): ContextKey {
  return contextKey('name', `${type}:${id}`)
}
