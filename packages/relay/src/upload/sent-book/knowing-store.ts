import { type Acceptance, KEPT_SOMEWHERE, type Lease, type NewEvent, type Store } from '../../store/index.ts'
import { keyOf, marksOfNamed } from './mark.ts'
import { deliveredInPacks, type SentBook } from './sent-book.ts'

/** The store of an account, to which what went out in whole packs is as known as what it keeps itself. */
export function knowingStore(store: Store, book: SentBook): Store {
  return {
    ...store,
    accept: (events, nowMs) => (book.isEmpty ? store.accept(events, nowMs) : accept(store, book, events, nowMs)),
    async lease(query) {
      const lease = await store.lease(query)
      return lease === undefined || book.isEmpty ? lease : withStored(lease, book)
    },
    async close() {
      book.close()
      await store.close()
    },
  }
}

/** What went out in a pack whose answer nobody has may be at the API. */
function withStored({ events, ...lease }: Lease, book: SentBook): Lease {
  const all = events.map((event) => ({
    ...event,
    mayBeStored: event.mayBeStored || book.mayBeStored(keyOf(event.name, event.id)),
  }))
  return { ...lease, events: all }
}

/** How many events were delivered under an account, one by one or in packs. */
export async function deliveredUnder(store: Store, account: string): Promise<number> {
  const status = (await store.pixels()).find(({ pixel }) => pixel === account)
  return (status?.counts.delivered ?? 0) + (await deliveredInPacks(store, account))
}

async function accept(
  store: Store,
  book: SentBook,
  events: readonly NewEvent[],
  nowMs: number,
): Promise<readonly Acceptance[]> {
  const marks = marksOfNamed(events)
  const found = events.map((_, place) => book.find(marks, place))
  const places = [...events.keys()].filter((place) => found[place] === 'nothing')
  const accepted = await store.accept(
    places.map((place) => events[place]!),
    nowMs,
  )
  const own = new Map(places.map((place, at) => [place, accepted[at]!]))
  return found.map((each, place): Acceptance => {
    if (each === 'nothing') return own.get(place)!
    // What went out in a pack has no account of its own.
    return { ...KEPT_SOMEWHERE, status: each === 'same' ? 'duplicate' : 'conflict' }
  })
}
