/** What must hold after every life (`README.md` of this folder lists it with the faults). The oracle knows what the API would take. */
import type { EventSummary } from '@waybill/relay/store'
import type { WireEvent } from 'waybill'
import { shapeKey } from 'waybill/delivery'
import { LARGE_BYTES } from './faults.ts'
import { Health } from './health.ts'
import type { Problem } from './problem.ts'
import { QUIET_PULSE_MS } from './pulse.ts'
import type { PlannedEvent } from './traffic.ts'
import { AHEAD_MS, HOUR_MS, MINUTE_MS, SECOND_MS, START_MS, WINDOW_MS } from './units.ts'
import type { Life } from './world.ts'

/** What the API would make of an event when all is well. `stuck`: it is neither taken nor refused, ever. */
type Truth = 'good' | 'bad' | 'stuck' | 'too large'

const ENDS: ReadonlySet<string> = new Set(['delivered', 'refused', 'expired'])
/** Where so many of a shape are bad, all of it may be held until one of it passes. */
const STREAK = 8
/** A window that differs for as long is taken for the API's own. */
const WINDOW_BELIEVED_MS = 15 * MINUTE_MS

/** Everything that does not hold; empty when all is well. Of a life that is not over: what is certain by now, whatever comes. */
export async function judge(life: Life): Promise<Problem[]> {
  return new Judgement(life).problems()
}

class Judgement {
  readonly #life: Life
  readonly #health: Health
  readonly #found: Problem[]
  readonly #badOfShape = new Map<string, number>()
  readonly #passesOfShape = new Map<string, number[]>()
  #refusedGood = new Map<string, string[]>()

  constructor(life: Life) {
    this.#life = life
    this.#health = new Health(life.plan, life.api, life.crashes)
    this.#found = [...life.problems, ...life.api.problems]
    for (const event of life.plan.events.values()) {
      const key = shapeOf(event)
      if (this.#truth(event) !== 'good') this.#badOfShape.set(key, (this.#badOfShape.get(key) ?? 0) + 1)
      const storedMs = life.api.stored.get(event.id)?.firstMs
      if (storedMs !== undefined) this.#passesOfShape.set(key, [...(this.#passesOfShape.get(key) ?? []), storedMs])
    }
  }

  async problems(): Promise<Problem[]> {
    const { api, plan, acknowledged, store } = this.#life
    const { unaccounted } = await store.counts()
    if (unaccounted !== 0) this.#tell('lost', `${unaccounted} events are unaccounted for`)
    // A life that was cut short says nothing of how it would have ended.
    if (this.#found.some(({ alarm }) => alarm === 'hammered')) return this.#found
    const accounts = await accountsOf(this.#life)
    for (const [id, atMs] of acknowledged) {
      const [account, ...others] = accounts.get(id) ?? []
      if (account === undefined || others.length > 0)
        this.#tell('lost', `${id} has ${account === undefined ? 'no account' : 'two accounts'}`)
      else this.#judgeEvent(plan.events.get(id)!, account, atMs)
    }
    for (const [pixel, ids] of this.#refusedGood) this.#judgeRefusals(pixel, ids)
    for (const id of api.stored.keys())
      if (!plan.events.has(id)) this.#tell('canary', `the API stored ${id}, which nobody sent`)
    return this.#found
  }

  /** Times that it was stored more often than ambiguity explains. */
  #surplus(id: string): number {
    const { api, crashes } = this.#life
    return (api.stored.get(id)?.times ?? 0) - 1 - (api.ambiguous.get(id) ?? 0) - crashes.length
  }

  #judgeEvent(event: PlannedEvent, account: EventSummary, acknowledgedMs: number): void {
    const { id } = event
    const { api } = this.#life
    const { state, code } = account
    const truth = this.#truth(event)
    const stored = api.stored.get(id)
    if (this.#life.isOver && !ENDS.has(state))
      this.#tell('lost', `${id} ended as ${state} (${code}) although its window has closed`)
    if (state === 'delivered' && stored === undefined && !this.#mayBeMiscounted(event))
      this.#tell('notStored', `${id} is called delivered and the API never stored it`)
    if (state === 'refused' && stored !== undefined && !api.flaps.has(event.pixel))
      this.#tell('notStored', `${id} is called refused (${code}) and the API stored it`)
    const surplus = this.#surplus(id)
    if (surplus > 0) this.#tell('storedTwice', `${id} was stored ${surplus} times more than ambiguity explains`)
    if (state === 'refused' && (truth === 'good' || truth === 'stuck')) this.#noteRefusal(event, code)
    else if (truth === 'good') this.#judgeGood(event, account, acknowledgedMs)
    else if (truth === 'bad') this.#judgeBad(event, account, acknowledgedMs)
  }

  /** A good event is delivered soon after health, however long that took to come. */
  #judgeGood(event: PlannedEvent, { state, code }: EventSummary, acknowledgedMs: number): void {
    const fromMs = Math.max(acknowledgedMs, event.timeMs - AHEAD_MS)
    const doneMs = this.#life.api.stored.get(event.id)?.firstMs ?? Number.POSITIVE_INFINITY
    const due = this.#dueMs(event, fromMs, acknowledgedMs)
    if (due === undefined || this.#isToCome(due.atMs)) return
    // A clock that is set right brings back what ended by it.
    if (state === 'expired' && !this.#life.isOver) return
    // What it was answered when it was asked again, within its window, told that it was there.
    if (doneMs <= due.atMs && state === 'expired') this.#tell('expired', `${event.id} (${code}) was delivered`)
    if (doneMs <= due.atMs) return
    if (state === 'expired') this.#tell('expired', `${event.id} (${code}) could have been delivered by ${due.atMs} ms`)
    else if (state === 'delivered' && doneMs === Number.POSITIVE_INFINITY) return
    else
      this.#tell('late', `${event.id} was delivered at ${doneMs} ms, ${doneMs - due.atMs} ms after it could have been`)
  }

  /** When at the latest it had to be delivered; `undefined` where its window held no health. */
  #dueMs(event: PlannedEvent, fromMs: number, acknowledgedMs: number): { atMs: number } | undefined {
    const closesAtMs = this.#closesAtMs(event)
    const mayBeHeld = (this.#badOfShape.get(shapeOf(event)) ?? 0) >= STREAK
    for (const stretch of this.#health.of(event)) {
      if (this.#isOutsideJudgement(event, stretch)) continue
      const allowedMs = mayBeHeld ? HOUR_MS : stretch.allowedMs
      const sinceMs = Math.max(fromMs, stretch.fromMs)
      // What waits for its own time is found by the engine's looking around, by a clock that may be a little behind.
      const ownTimeMs = fromMs > acknowledgedMs ? QUIET_PULSE_MS + this.#behindMs : 0
      const arrivedInHealth = this.#health.slackMs + MINUTE_MS + ownTimeMs
      const atMs = Math.max(stretch.fromMs + allowedMs, fromMs + (mayBeHeld ? HOUR_MS : arrivedInHealth))
      if (sinceMs <= stretch.toMs && atMs <= Math.min(stretch.toMs, closesAtMs)) return { atMs }
    }
    return undefined
  }

  /**
   * How far the clock that an event's own time is awaited by may be behind: one that differs by less than a minute counts as right, and
   * behind a relay that knows no time there is no other.
   */
  get #behindMs(): number {
    const { clock, account } = this.#life.plan
    const mostMs = account.doubtsDateByMs === undefined ? MINUTE_MS : Number.POSITIVE_INFINITY
    return Math.max(0, ...clock.map(({ byMs }) => -byMs).filter((byMs) => byMs < mostMs))
  }

  /** What is left of a window once the time of a request and the inexactness of `Date` are taken off. */
  #closesAtMs({ timeMs }: PlannedEvent): number {
    return timeMs + WINDOW_MS - this.#life.plan.timeoutMs - 10 * SECOND_MS
  }

  /** A window that the API lastingly cuts short is taken for its own. */
  #isOutsideJudgement(event: PlannedEvent, { toMs }: { toMs: number }): boolean {
    return this.#life.plan.judges.some(
      (odd) =>
        (odd.windowMs !== undefined || odd.clockByMs !== undefined) &&
        Math.min(odd.toMs, this.#closesAtMs(event)) - odd.fromMs >= WINDOW_BELIEVED_MS &&
        toMs > odd.fromMs,
    )
  }

  /** A bad event is told within an hour of health, or waits while nothing of its shape passes. */
  #judgeBad(event: PlannedEvent, account: EventSummary, acknowledgedMs: number): void {
    const { id } = event
    const endedMs = account.state === 'refused' ? this.#endedAtMs(account) : Number.POSITIVE_INFINITY
    const fromMs = Math.max(acknowledgedMs, event.timeMs - AHEAD_MS)
    const stretch = this.#health
      .of(event)
      .filter((one) => !this.#isOutsideJudgement(event, one))
      .find((one) => Math.min(one.toMs, this.#closesAtMs(event)) - Math.max(one.fromMs, fromMs) > HOUR_MS)
    if (stretch === undefined) return
    const sinceMs = Math.max(stretch.fromMs, fromMs)
    const freeMs = this.#freeMs(event, sinceMs)
    const dueMs = freeMs + HOUR_MS + this.#health.slackMs
    if (endedMs > dueMs && !this.#isToCome(dueMs) && dueMs < Math.min(stretch.toMs, this.#closesAtMs(event)))
      this.#tell('badWaits', `${id} is bad and ${account.state} (${account.code})`)
  }

  /** The clock that dates an end may have been wrong then: the earliest moment that it can mean. */
  #endedAtMs({ endedMs = 0 }: EventSummary): number {
    const { clock, dates, judges } = this.#life.plan
    const offsets = [
      0,
      ...[...clock, ...dates].map(({ byMs }) => byMs),
      ...judges.map(({ clockByMs = 0 }) => clockByMs),
    ]
    const moments = offsets.map((byMs) => endedMs - START_MS - byMs)
    return Math.min(...moments.filter((atMs) => atMs >= 0))
  }

  /** From when on its shape cannot be held: where many of it are bad, once one of it has passed after that held it. */
  #freeMs(event: PlannedEvent, sinceMs: number): number {
    const key = shapeOf(event)
    // Nor can what the API refuses show whether an account that counted none counts again.
    const mayBeHeld = (this.#badOfShape.get(key) ?? 0) >= STREAK || this.#isCountedZero
    if (!mayBeHeld) return sinceMs
    const fromMs = Math.max(sinceMs, this.#firstHeldMs(event, sinceMs) ?? sinceMs)
    return Math.min(...(this.#passesOfShape.get(key) ?? []).filter((atMs) => atMs >= fromMs), Number.POSITIVE_INFINITY)
  }

  #firstHeldMs({ pixel, wire }: PlannedEvent, sinceMs: number): number | undefined {
    const shape = shapeKey(wire as WireEvent)
    return this.#life.shapeHolds.find((one) => one.atMs >= sinceMs && one.pixel === pixel && one.shape === shape)?.atMs
  }

  #noteRefusal({ id, pixel }: PlannedEvent, code: string | undefined): void {
    // A relay's refusals come from a check and are final, also of one that reads the other generation just then.
    if (code !== undefined && this.#life.api.refusedByRelay.get(id) === code) return
    const about = `${id} was refused (${code}) and is good`
    if ((this.#life.api.flapsOf.get(id) ?? 0) < 2) this.#tell('goodRefused', about)
    else this.#refusedGood.set(pixel, [...(this.#refusedGood.get(pixel) ?? []), about])
  }

  /** An API that flaps may cost one event a flap: two refusals of it with a pass between are two flaps. */
  #judgeRefusals(pixel: string, said: readonly string[]): void {
    const allowed = Math.max(0, (this.#life.api.flaps.get(pixel) ?? 0) - 1)
    if (said.length > allowed) for (const about of said) this.#tell('goodRefused', about)
  }

  #truth({ id, bytes }: PlannedEvent): Truth {
    const { bad, account, phases } = this.#life.plan
    if (bad.has(id)) return 'bad'
    const isLarge = bytes > LARGE_BYTES
    if (bytes + ENVELOPE_BYTES > account.maxBodyBytes) return isLarge ? 'too large' : 'stuck'
    const own = phases.filter(({ ids }) => ids?.has(id))
    if (own.some(({ answer }) => answer === '413') && isLarge) return 'too large'
    return own.some(({ toMs }) => toMs >= this.#life.plan.endMs) ? 'stuck' : 'good'
  }

  /** Nobody can know whether repeats are counted: of what may have been stored, a count of zero says nothing. */
  #mayBeMiscounted({ id }: PlannedEvent): boolean {
    const { api, crashes } = this.#life
    return this.#isCountedZero && ((api.ambiguous.get(id) ?? 0) > 2 || crashes.length > 0)
  }

  get #isCountedZero(): boolean {
    return this.#life.plan.phases.some(({ answer }) => answer === 'zero' || answer === 'zeroStored')
  }

  #isToCome(atMs: number): boolean {
    return !this.#life.isOver && atMs > this.#life.nowMs
  }

  #tell(alarm: Problem['alarm'], about: string): void {
    this.#found.push({ alarm, about })
  }
}

const ENVELOPE_BYTES = 100
const PAGE = 1_000

const shapeOf = ({ pixel, shape }: PlannedEvent): string => `${pixel} ${shape}`

/** Every account by its id, in pages: asked for one by one, they would cost more than the life. */
async function accountsOf({ store }: Life): Promise<ReadonlyMap<string, readonly EventSummary[]>> {
  const found = new Map<string, EventSummary[]>()
  let cursor: string | undefined
  do {
    const page = await store.search({ limit: PAGE, ...(cursor !== undefined && { cursor }) })
    for (const account of page.items)
      if (account.id !== undefined) found.set(account.id, [...(found.get(account.id) ?? []), account])
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}
