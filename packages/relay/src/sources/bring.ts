import { createHash } from 'node:crypto'
import type { Contract, Issue } from 'waybill'
import { type Mapped, type Remembered, type Skip, type SkipCode, type SourceEvent, withUser } from 'waybill/sources'
import type { Arrival, IntakeResult } from '../engine/index.ts'
import { type ContextKey, contextKey, type NewEvent, type Store, type UndeliveredState } from '../store/index.ts'

export interface BringerOptions {
  readonly store: Pick<Store, 'accept' | 'show' | 'putContext' | 'getContexts'>
  /** Judges events and keeps them; resolves when they are on disk. */
  readonly accept: (arrival: Arrival) => Promise<readonly IntakeResult[]>
  readonly now: () => number
}

/** Whose call it was. */
export interface Origin {
  readonly pixel: string
  readonly contract: Contract
  /** As accounts show it. */
  readonly source: string
}

/** What became of a call: counts of its messages, and why some are no conversion. */
export interface Brought {
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly remembered: number
  readonly skipped: readonly Skip[]
}

/** Skips of which an account is kept: somebody may ask why this order was not sent. */
const TOLD: ReadonlySet<SkipCode> = new Set(['test_order', 'unpaid', 'cancelled', 'refunded', 'renewal', 'opted_out'])
const UNDELIVERED: ReadonlySet<string> = new Set(['refused', 'expired', 'discarded'] satisfies UndeliveredState[])

/** Brings what a source made of a call into the relay, each conversion once. Everything is on disk when it resolves. */
export class Bringer {
  readonly #options: BringerOptions
  /** Calls that could be one conversion under two names come one after the other. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: BringerOptions) {
    this.#options = options
  }

  async bring(mapped: Mapped, origin: Origin): Promise<Brought> {
    const { remember, skipped, events } = mapped
    await this.#remember(remember, origin)
    await this.#tell(skipped, origin)
    const hasOtherNames = events.some(({ sameAs }) => sameAs.length > 0)
    const results = await (hasOtherNames ? this.#inTurn(() => this.#take(events, origin)) : this.#take(events, origin))
    const count = (status: IntakeResult['status']): number => results.filter((one) => one === status).length
    return {
      accepted: count('accepted'),
      duplicates: count('duplicate') + count('conflict'),
      refused: count('refused'),
      remembered: remember.length,
      skipped,
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => {})
    return mine
  }

  async #take(events: readonly SourceEvent[], origin: Origin): Promise<IntakeResult['status'][]> {
    const isKnown = await Promise.all(events.map((event) => this.#isKnown(event, origin.pixel)))
    const fresh = events.filter((_, at) => !isKnown[at])
    const results = fresh.length === 0 ? [] : await this.#accept(fresh, origin)
    let next = 0
    return isKnown.map((known) => (known ? 'duplicate' : results[next++]!))
  }

  async #accept(events: readonly SourceEvent[], origin: Origin): Promise<IntakeResult['status'][]> {
    const results = await this.#options.accept({
      ...origin,
      events: await this.#withPeople(events, origin.pixel),
      invalidIdentity: 'drop',
      contexts: events.map(({ keys }) => keys.map(orderKey)),
    })
    return results.map(({ status }, at) =>
      status === 'conflict' && events[at]!.repeats === 'first_wins' ? 'duplicate' : status,
    )
  }

  /** The same conversion may be kept under another name, by another call about it. */
  async #isKnown({ sameAs }: SourceEvent, pixel: string): Promise<boolean> {
    for (const { type, id } of sameAs) {
      const accounts = await this.#options.store.show(id, pixel)
      if (accounts.some(({ name, state }) => name === type && !UNDELIVERED.has(state))) return true
    }
    return false
  }

  async #withPeople(events: readonly SourceEvent[], pixel: string): Promise<readonly unknown[]> {
    const keys = [...new Set(events.flatMap(({ people }) => people.map(personKey)))]
    if (keys.length === 0) return events.map(({ event }) => event)
    const kept = await this.#options.store.getContexts(pixel, keys)
    return events.map(({ event, people }) => {
      const found = people.map(personKey).find((key) => kept.has(key))
      return found === undefined ? event : withUser(event, JSON.parse(kept.get(found)!))
    })
  }

  async #remember(remembered: readonly Remembered[], { pixel }: Origin): Promise<void> {
    const { store, now } = this.#options
    const all = remembered.flatMap(({ people, user }) => people.map((person) => ({ person, user })))
    await Promise.all(
      all.map(({ person, user }) => store.putContext(pixel, personKey(person), JSON.stringify(user), now())),
    )
  }

  /** An order that is no conversion has an account that says why; it is discarded from the start. */
  async #tell(skipped: readonly Skip[], origin: Origin): Promise<void> {
    const { store, now } = this.#options
    const told = skipped.flatMap((skip) => (TOLD.has(skip.code) ? accountOf(skip, origin, now()) : []))
    if (told.length > 0) await store.accept(told, now())
  }
}

const orderKey = (key: string): ContextKey => contextKey('order', key)
const personKey = (digest: string): ContextKey => contextKey('person', digest)

function accountOf({ code, message, ref }: Skip, { pixel, source }: Origin, nowMs: number): NewEvent[] {
  if (ref === undefined) return []
  const why: Issue = { code, path: '', message, severity: 'error' }
  return [
    {
      pixel,
      // Apart from the conversion that it may become yet.
      name: `skipped:${source}`,
      id: ref,
      wire: JSON.stringify({ id: ref, source, code }),
      shape: '',
      timestampMs: nowMs,
      contentHash: createHash('sha256').update(`${code}\n${message}`).digest().subarray(0, 16),
      source,
      issues: [why],
      state: 'discarded',
    },
  ]
}
