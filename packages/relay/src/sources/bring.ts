import { type ContractSetting, type Issue, issue } from 'waybill'
import {
  type FollowUp,
  type Mapped,
  type Remembered,
  remembered,
  type Skip,
  type SourceEvent,
  withRemembered,
} from 'waybill/sources'
import type { Arrival, IntakeResult } from '../engine/index.ts'
import { type ContextKey, contextKey, type Store } from '../store/index.ts'
import { Names } from './names.ts'
import { conflictAccounts, skippedAccounts, type Told } from './told.ts'

export interface BringerOptions {
  readonly store: Pick<Store, 'accept' | 'show' | 'putContext' | 'getContexts' | 'discard'>
  /** Judges events and keeps them; resolves when they are on disk. */
  readonly accept: (arrival: Arrival) => Promise<readonly IntakeResult[]>
  readonly now: () => number
  /** Told of every call when all of it is on disk. */
  readonly onBrought?: (origin: Origin, brought: Brought) => void
}

/** Whose call it was. */
export interface Origin {
  readonly pixel: string
  readonly contract: ContractSetting
  /** As accounts show it. */
  readonly source: string
  /** As metrics and status show it. Default: as accounts do. */
  readonly kind?: string
  /** How long an event that names nobody waits for a call that does. */
  readonly waitForBuyerMs: number
}

/** What became of a call: counts of its messages, and why some are no conversion. */
export interface Brought {
  readonly accepted: number
  readonly duplicates: number
  readonly refused: number
  readonly remembered: number
  readonly skipped: readonly Skip[]
  readonly conflicts: readonly Told[]
}

/** Brings what a source made of a call into the relay, each conversion once. Everything is on disk when it resolves. */
export class SourceIntake {
  readonly #options: BringerOptions
  readonly #names: Names
  /** Calls that could be one conversion under two names come one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  /** The last write about a person, by pixel and key. */
  readonly #writing: Map<string, Promise<void>> = new Map()

  constructor(options: BringerOptions) {
    this.#options = options
    this.#names = new Names(options.store, options.now)
  }

  async bring(mapped: Mapped, origin: Origin): Promise<Brought> {
    await this.#remember(mapped, origin)
    const brought = await (hasHistory(mapped)
      ? this.#inTurn(() => this.#keepWithFollowUps(mapped, origin))
      : this.#keep(mapped, origin))
    this.#options.onBrought?.(origin, brought)
    return brought
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => {})
    return mine
  }

  async #keep({ events, skipped, remember }: Mapped, origin: Origin): Promise<Brought> {
    const results = await this.#take(events, origin)
    const conflicts = results.flatMap((result, at) => conflictOf(result, events[at]!))
    const { store, now } = this.#options
    const accounts = [...skippedAccounts(skipped, origin, now()), ...conflictAccounts(conflicts, origin, now())]
    if (accounts.length > 0) await store.accept(accounts, now())
    const count = (status: IntakeResult['status']): number => results.filter((one) => one.status === status).length
    return {
      accepted: count('accepted'),
      duplicates: count('duplicate') + count('conflict') - conflicts.length,
      refused: count('refused'),
      remembered: remember.length,
      skipped,
      conflicts,
    }
  }

  async #take(events: readonly SourceEvent[], origin: Origin): Promise<readonly Result[]> {
    for (const event of events) await this.#names.giveWayTo(event, origin.pixel)
    return events.length === 0 ? [] : this.#accept(events, origin)
  }

  async #accept(events: readonly SourceEvent[], origin: Origin): Promise<readonly Result[]> {
    const { pixel, contract, source, kind = source, waitForBuyerMs } = origin
    return this.#options.accept({
      pixel,
      contract,
      source,
      events: await this.#withPeople(events, pixel),
      invalidIdentity: 'drop',
      contexts: events.map(({ keys }) => keys.map((key) => contextKey('order', key))),
      provenances: events.map(({ shop, isWaiting, notes, sameAs }) => ({
        shop,
        system: kind,
        sameAs: sameAs.map(({ type, id }) => ({ name: type, id })),
        waitMs: isWaiting && waitForBuyerMs > 0 ? waitForBuyerMs : undefined,
        warnings: notes.map(({ code, path }): Issue => issue(code, path)),
      })),
    })
  }

  /** The messages as they are for whoever knows what came before: money after a trial is the start of a subscription. */
  async #keepWithFollowUps(mapped: Mapped, origin: Origin): Promise<Brought> {
    const { pixel } = origin
    const due: FollowUp[] = []
    for (const followUp of mapped.followUps) {
      const isNew = !(await this.#names.has(followUp.event.event, pixel))
      if (isNew && (await this.#wasTrial(followUp.after, pixel))) due.push(followUp)
    }
    const brought = await this.#keep(withFollowUps(mapped, due), origin)
    for (const { after, event } of due)
      if (await this.#names.has(event.event, pixel)) await this.#noteTrial(pixel, after.id, PAID)
    return brought
  }

  /** A trial that was paid for stays so, also when the account of that is not kept any more: the next invoice renews it. */
  async #wasTrial(after: FollowUp['after'], pixel: string): Promise<boolean> {
    const key = contextKey('trial', after.id)
    const noted = (await this.#options.store.getContexts(pixel, [key])).get(key)
    return noted === undefined ? this.#names.had(after, pixel) : noted !== PAID
  }

  async #noteTrial(pixel: string, id: string, what: typeof ENDED | typeof PAID): Promise<void> {
    const { store, now } = this.#options
    const key = contextKey('trial', id)
    const isPaid = what === ENDED && (await store.getContexts(pixel, [key])).get(key) === PAID
    if (!isPaid) await store.putContext(pixel, key, what, now())
  }

  async #withPeople(events: readonly SourceEvent[], pixel: string): Promise<readonly unknown[]> {
    const keys = [...new Set(events.flatMap(({ people }) => people.map(personKey)))]
    if (keys.length === 0) return events.map(({ event }) => event)
    const kept = await this.#options.store.getContexts(pixel, keys)
    return events.map(({ event, people }) => {
      const known = people.flatMap((id) => kept.get(personKey(id)) ?? []).map(personIn)
      const [best] = known
      // A wish that was told under either of a person's ids is a wish of the person.
      const optOut = known.map((one) => one.optOut).find((wish) => wish !== undefined)
      return best === undefined ? event : withRemembered(event, { user: best.user, optOut })
    })
  }

  async #remember({ remember, endedTrials }: Mapped, { pixel }: Origin): Promise<void> {
    const trials = endedTrials.map((id) => this.#noteTrial(pixel, id, ENDED))
    const people = remember.flatMap((one) => one.people.map((id) => this.#rememberPerson(pixel, personKey(id), one)))
    await Promise.all([...trials, ...people])
  }

  /** What is known already stays where a newer call does not say it; calls about one person come one after the other. */
  async #rememberPerson(pixel: string, key: ContextKey, said: Remembered): Promise<void> {
    const { store, now } = this.#options
    const name = `${pixel} ${key}`
    const write = async (): Promise<void> => {
      const kept = (await store.getContexts(pixel, [key])).get(key)
      const person = remembered(kept === undefined ? undefined : personIn(kept), said)
      await store.putContext(pixel, key, JSON.stringify({ ...person.user, optOut: person.optOut }), now())
    }
    const mine = (this.#writing.get(name) ?? Promise.resolve()).catch(() => {}).then(write)
    this.#writing.set(name, mine)
    try {
      await mine
    } finally {
      if (this.#writing.get(name) === mine) this.#writing.delete(name)
    }
  }
}

type Result = Pick<IntakeResult, 'status'> & Partial<Pick<IntakeResult, 'difference' | 'issues'>>

/** What is noted of a trial that ended, and of one whose first money was counted. */
const ENDED = '1'
const PAID = 'paid'

function withFollowUps(mapped: Mapped, due: readonly FollowUp[]): Mapped {
  const isOther = ({ index }: { readonly index: number }): boolean => !due.some((one) => one.index === index)
  const events = due.map(({ event, index }) => ({ ...event, index }))
  return { ...mapped, skipped: mapped.skipped.filter(isOther), events: [...mapped.events.filter(isOther), ...events] }
}

function hasHistory({ events, followUps }: Mapped): boolean {
  return followUps.length > 0 || events.some(({ replaces }) => replaces.length > 0)
}

/** Another order under a known id is told; the same one, seen later or from another side, is a repeat. */
function conflictOf({ status, difference, issues = [] }: Result, { event, repeats }: SourceEvent): Told[] {
  if (status !== 'conflict' || (difference === undefined && repeats === 'first_wins')) return []
  const code = difference === undefined ? 'conflicting_repeat' : `other_${difference}`
  return [{ code, message: issues[0]?.message ?? '', ref: event.id }]
}

/** A person as it is kept: its user and, beside that, its wish. */
function personIn(kept: string): Pick<Remembered, 'user' | 'optOut'> {
  const { optOut, ...user } = JSON.parse(kept) as Remembered['user'] & Pick<Remembered, 'optOut'>
  return { user, ...(optOut !== undefined && { optOut }) }
}

function personKey(digest: string): ContextKey {
  return contextKey('person', digest)
}
