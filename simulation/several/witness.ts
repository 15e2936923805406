/** Sees what several relays do with their store and their API while they do it, and what of it must not be. */
import { CHORES, EXPIRY, type Store, StoreAwayError } from '@waybill/relay/store'
import type { MemoryData, VirtualTime } from '@waybill/relay/testing'
import type { Problem } from '../problem.ts'
import { SECOND_MS } from '../units.ts'
import { Incidents } from './incidents.ts'
import type { SeveralPlan } from './plan.ts'

/** A claim lasts for 10 s from when its renewal was asked for, and with less than 3 s left nothing begins. */
const BEGINS_FOR_MS = 7 * SECOND_MS
const HOLD_REACHES_MS = 1_500
const NOTED_MS = 1_500
const TAKEN_OVER_MS = 15_500
/** A relay renews its row every 2 s, and hears of a change by that. */
const HEARD_MS = 3 * SECOND_MS
/** Whoever renewed its row within that is there. */
const LIVES_MS = 9 * SECOND_MS

/** One life of one relay. */
export interface Being {
  readonly relay: number
  isDead: boolean
  /** Its name in the store. */
  id: string | undefined
  renewedMs: number
  /** The newest version of the data that it knows. */
  readonly knows: number
}

export interface Request {
  readonly being: Being
  readonly pixel: string
  readonly ids: readonly string[]
  readonly isReal: boolean
  readonly beganMs: number
  endedMs: number | undefined
  isAmbiguous: boolean
  signal: AbortSignal | undefined
}

export class Witness {
  readonly problems: Problem[] = []
  readonly requests: Request[] = []
  readonly incidents: Incidents
  readonly #plan: SeveralPlan
  readonly #time: VirtualTime
  readonly #data: MemoryData
  readonly #random: () => number
  /** By token, whose lease it is and of which pixel. */
  readonly #leases = new Map<number, { readonly being: Being; readonly pixel: string }>()
  readonly #pauses = new Map<string, { readonly untilMs: number; readonly toldMs: number; readonly being: Being }>()
  readonly #heldSinceMs = new Map<string, number>()
  #changedMs = Number.POSITIVE_INFINITY

  constructor(plan: SeveralPlan, time: VirtualTime, { data, random }: { data: MemoryData; random: () => number }) {
    this.#plan = plan
    this.#time = time
    this.#data = data
    this.#random = random
    this.incidents = new Incidents(plan)
  }

  #ownerOf(what: string): string | undefined {
    return this.#data.claims.get(what)?.relay
  }

  tell(alarm: Problem['alarm'], about: string): void {
    this.problems.push({ alarm, about: `${about} at ${this.#time.elapsedMs} ms` })
  }

  /** A request leaves. */
  begins(request: Request): void {
    const { being, pixel } = request
    const now = this.#time.elapsedMs
    const who = `relay ${being.relay}`
    if (this.#ownerOf(pixel) !== being.id) this.tell('strayed', `${who} asks for ${pixel}, which it has not`)
    else if (now - being.renewedMs > BEGINS_FOR_MS)
      this.tell('strayed', `${who} asks for ${pixel} ${now - being.renewedMs} ms after its renewal`)
    const changedAgoMs = now - this.#changedMs
    if (
      this.#isLeftNoRoom(being) &&
      changedAgoMs > HEARD_MS &&
      !this.incidents.befell(being.relay, this.#changedMs, now)
    )
      this.tell('superseded', `${who} asks for ${pixel} ${changedAgoMs} ms after a change that leaves it no room`)
    for (const other of this.requests) {
      const isBeside = other.endedMs === undefined && other.pixel === pixel && other.being !== being
      const isExcused =
        other.being.isDead || this.#hasGivenUp(other) || this.incidents.befell(other.being.relay, other.beganMs, now)
      if (isBeside && !isExcused) this.tell('overlapped', `${who} asks for ${pixel} beside relay ${other.being.relay}`)
    }
    const pause = this.#pauses.get(pixel)
    if (pause !== undefined && now < pause.untilMs && !this.#wasLost(pause))
      this.tell('paused', `${who} asks for ${pixel} ${pause.untilMs - now} ms before its pause ends`)
    const heldMs = this.#heldSinceMs.get(pixel)
    if (heldMs !== undefined && now - heldMs > HOLD_REACHES_MS && !this.incidents.befell(being.relay, heldMs, now))
      this.tell('heldSent', `${who} asks for ${pixel}, held for ${now - heldMs} ms`)
    this.requests.push(request)
  }

  /** Who heard of the pause may have died before it was written down; or since, and the clock by which its note is dated stepped. */
  #wasLost({ being, toldMs }: { readonly being: Being; readonly toldMs: number }): boolean {
    const now = this.#time.elapsedMs
    if (this.incidents.befell(being.relay, toldMs - SECOND_MS, toldMs + NOTED_MS)) return true
    return (
      this.#plan.storeClock.some(({ atMs }) => atMs > toldMs && atMs < now) &&
      this.incidents.died(being.relay, toldMs, now)
    )
  }

  /** A relay that is left no room stops, and no longer waits for the answer. */
  #hasGivenUp({ being, signal }: Request): boolean {
    return this.#isLeftNoRoom(being) && signal?.aborted === true
  }

  #isLeftNoRoom({ knows }: Being): boolean {
    return knows < this.#data.worksBeside
  }

  /** The data are changed from now on; `beings` are the relays that are there. */
  changed(beings: readonly Being[], isForced: boolean): void {
    const now = this.#time.elapsedMs
    this.#changedMs = now
    if (isForced || !this.incidents.isClockSteady(0, now)) return
    for (const being of beings)
      if (this.#isLeftNoRoom(being) && being.id !== undefined && now - being.renewedMs < LIVES_MS)
        this.tell('superseded', `a change was begun beside relay ${being.relay}, which it leaves no room`)
  }

  paused(pixel: string, forMs: number, being: Being): void {
    const now = this.#time.elapsedMs
    this.#pauses.set(pixel, { untilMs: now + forMs, toldMs: now, being })
  }

  /** The relay stands still or is dead from now on: what it has goes to another one in time. */
  missed(being: Being): void {
    const fromMs = this.#time.elapsedMs
    const theirs = [...this.#data.claims].filter(([, { relay }]) => relay !== undefined && relay === being.id)
    this.#time.at(fromMs + TAKEN_OVER_MS, () => {
      const others = Array.from({ length: this.#plan.relays }, (_, relay) => relay).filter((one) => one !== being.relay)
      const toMs = this.#time.elapsedMs
      const isSeen = others.some((one) => !this.incidents.befell(one, fromMs - 12 * SECOND_MS, toMs))
      // Whoever began after a change has to see for itself.
      const haveBegun = this.#changedMs > fromMs - 12 * SECOND_MS && this.#changedMs < toMs
      if (!isSeen || haveBegun || !this.incidents.isClockSteady(fromMs, toMs)) return
      for (const [what] of theirs)
        if (this.#ownerOf(what) === being.id) this.tell('notTaken', `${what} is still relay ${being.relay}'s`)
    })
  }

  /** The store as one life of a relay reaches it: calls take time, and some get no answer. */
  seen(store: Store, being: Being): Store {
    const { claims } = store
    return this.#calls({ ...store, claims: claims && this.#calls(claims, being) }, being)
  }

  #calls<Calls extends object>(calls: Calls, being: Being): Calls {
    return new Proxy(calls, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => this.#call(String(name), args, () => Reflect.apply(member, target, args), being)
      },
    })
  }

  async #call(name: string, args: unknown[], work: () => unknown, being: Being): Promise<unknown> {
    const askedMs = this.#time.elapsedMs
    this.#time.touch()
    this.#looksAt(name, being)
    await this.#takesTime(name)
    if (being.isDead) return NEVER
    if (this.#isAway(being)) throw new StoreAwayError('The store is away.')
    const result = await work()
    this.#note(name, { args, result, askedMs, being })
    this.#time.touch()
    await this.#takesTime(name)
    if (being.isDead) return NEVER
    if (this.#isAway(being)) throw new StoreAwayError('The answer is lost.')
    return result
  }

  #isAway({ relay }: Being): boolean {
    return this.incidents.isAway(relay, this.#time.elapsedMs)
  }

  /** Looking around is done often, and says nothing of the order of things. */
  async #takesTime(name: string): Promise<void> {
    if (name === 'ready' || name === 'reclaim' || name === 'runningTasks') return
    const ms = Math.round(this.#random() * this.#plan.storeMs)
    await new Promise<void>((resolve) => {
      this.#time.at(this.#time.elapsedMs + ms, () => {
        this.#time.touch()
        resolve()
      })
    })
  }

  /** What is to be done once for all is done by whoever has claimed it. */
  #looksAt(name: string, being: Being): void {
    const what = name === 'expire' ? EXPIRY : CHORE_CALLS.has(name) ? CHORES : undefined
    const now = this.#time.elapsedMs
    const isExcused = this.incidents.befell(being.relay, now - 60 * SECOND_MS, now)
    if (what !== undefined && this.#ownerOf(what) !== being.id && !isExcused)
      this.tell('doer', `relay ${being.relay} calls ${name}, which is not its own`)
  }

  #note(
    name: string,
    { args, result, askedMs, being }: { args: unknown[]; result: unknown; askedMs: number; being: Being },
  ): void {
    if (name === 'renew') {
      being.renewedMs = askedMs
      being.id = (result as readonly { isOwn: boolean; relay: string }[]).find(({ isOwn }) => isOwn)?.relay
    }
    if (name === 'holdPixel' && (args[1] as { by: string }).by === OPERATOR)
      this.#heldSinceMs.set(String(args[0]), this.#time.elapsedMs)
    if (name === 'resumePixel') this.#heldSinceMs.delete(String(args[0]))
    if (name === 'lease' && result !== undefined) {
      const { pixel } = args[0] as { pixel: string }
      this.#leases.set((result as { token: number }).token, { being, pixel })
    }
    if (name !== 'settle' || result === 0) return
    const lease = this.#leases.get((args[0] as { token: number }).token)
    if (lease?.being !== being || this.#ownerOf(lease.pixel) !== being.id)
      this.tell(
        'stale',
        `relay ${being.relay} settles ${String(result)} events of a lease that is not its own any more`,
      )
  }
}

/** Who holds and resumes in a life. */
export const OPERATOR = 'ann'
const CHORE_CALLS: ReadonlySet<string> = new Set(['prune', 'keepNumbers', 'pruneContexts', 'expiring', 'stepTask'])
const NEVER = new Promise<never>(() => {})
