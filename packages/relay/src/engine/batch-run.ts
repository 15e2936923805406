import { issue, MAX_AHEAD_MS } from 'waybill'
import {
  type GroupAnswer,
  type Settlement as Outcome,
  type PlanContext,
  windowMarginMs,
  windowState,
} from 'waybill/delivery'
import type { Lease, RequestRecord, Settlement } from '../store/index.ts'
import { exchange } from './exchange.ts'
import { holdShape, reconsider } from './hold.ts'
import type { Ending, Line, Traveller } from './line.ts'

/** What a batch is sent for: to deliver, to have examples of new shapes validated, or to see whether a held shape passes again. */
export type Purpose = 'deliver' | 'validate' | 'probe'

/**
 * One lease on its way. It collects what the plan settles and commits it together with the request it follows from, before the
 * next request goes out: a crash forgets no answer that was acted on.
 */
export class BatchRun {
  readonly line: Line
  readonly travellers: readonly Traveller[]
  readonly validated: Set<Traveller> = new Set()
  readonly #token: number
  /** Not sent while nobody knows what time it is; they go back to the queue as they came. */
  readonly #putOff = new Set<Traveller>()
  readonly #marks = new Map<Traveller, string>()
  /** Those whose ending is not committed yet. */
  #ended: Traveller[] = []
  #request: RequestRecord | undefined
  constructor(line: Line, lease: Lease) {
    this.line = line
    this.#token = lease.token
    this.travellers = lease.events.map((event) => {
      return { ...event, run: this, ending: undefined }
    })
  }

  context(purpose: Purpose): PlanContext<Traveller> {
    const { watch, trust } = this.line
    return {
      watch,
      trust,
      shapeOf: ({ shape }) => shape,
      isSettled: (traveller) => this.validated.has(traveller) || traveller.run.#isOut(traveller),
      settle: (traveller, outcome) => traveller.run.#take(traveller, outcome, purpose),
    }
  }

  /** Nothing is certain of this event yet. */
  isOpen(traveller: Traveller): boolean {
    return !this.#isOut(traveller) && !this.line.watch.isSuspect(traveller)
  }

  /** Sends a group and gives the judgement of its content; `undefined` when the batch must end here. */
  ask(group: readonly Traveller[], purpose: Purpose): Promise<GroupAnswer | undefined> {
    return exchange(this, group, purpose)
  }

  /** The window is looked at when an event leaves. What may not leave is settled here. */
  mayLeave(traveller: Traveller): boolean {
    if (this.#isOut(traveller)) return false
    const { clock } = this.line.plant
    const marginMs = windowMarginMs(this.line.config.timeoutMs, clock.uncertaintyMs)
    const state = windowState(traveller.timestampMs, clock.now(), marginMs)
    if (state === 'open' || state === 'ending') return true
    const { code, about } = TOO_LATE
    const dueMs = traveller.timestampMs - MAX_AHEAD_MS
    if (state === 'ahead') this.#end(traveller, { to: 'queued', code: undefined, message: undefined, dueMs })
    else if (clock.isTrusted()) this.#end(traveller, { to: 'expired', code, message: about, dueMs: 0 })
    else this.#putOff.add(traveller)
    return false
  }

  /** Some were put off because the clock is in doubt. No time is kept for them: it would come from that clock. */
  get isInDoubt(): boolean {
    return this.#putOff.size > 0
  }

  #isOut(traveller: Traveller): boolean {
    return traveller.ending !== undefined || this.#putOff.has(traveller)
  }

  mark(group: readonly Traveller[], code: string): void {
    for (const traveller of group) this.#marks.set(traveller, code)
  }

  /** For good, unless the API only says that it is too early: then it comes again when it is time. */
  refuse(traveller: Traveller, code: string, message: string): void {
    const dueMs = Math.max(traveller.timestampMs - MAX_AHEAD_MS, this.line.plant.clock.now() + LOOK_AGAIN_MS)
    if (code === TOO_EARLY) this.#end(traveller, { to: 'queued', code, message, dueMs })
    else this.#end(traveller, { to: 'refused', code, message, dueMs: 0 })
  }

  /** The request whose answer is being acted on; it is committed with what follows from it. */
  answered(request: RequestRecord): void {
    this.#request = request
  }

  /** Keeps the lease for as long as the next request may take; false when it was lost, and then nothing more may be sent. */
  keepLease(forMs: number): Promise<boolean> {
    return this.line.plant.store.extend(this.#token, forMs)
  }

  /** Commits what is certain. */
  async commit(): Promise<void> {
    const request = this.#request
    const ended = this.#ended
    this.#request = undefined
    this.#ended = []
    const { store, clock } = this.line.plant
    // A shape's hold comes first, or its events would be leased again in between.
    await Promise.all(this.line.holdsUnderWay.values())
    if (ended.length > 0) {
      const changed = await store.settle({
        token: this.#token,
        settlements: grouped(ended),
        nowMs: clock.now(),
        ...(request && { request }),
      })
      // Of a lease that was lost meanwhile whoever has the events now will tell.
      if (changed > 0) this.#tell(ended)
    } else if (request !== undefined) await store.recordRequest(request)
  }

  /** Ends the batch: suspects that no streak condemned are refused, and what was not decided returns to the queue. */
  async finish(): Promise<void> {
    const { watch, plant } = this.line
    const own = watch.flush(({ run }) => run === this)
    for (const { item, reason } of own) this.refuse(item, reason.code, reason.message)
    await this.commit()
    for (const { item, reason } of own) await reconsider(this.line, item.shape, reason)
    const rest = this.travellers.filter(({ ending }) => ending === undefined).map(({ row }) => row)
    if (rest.length > 0) await plant.store.release(this.#token, rest)
  }

  #take(traveller: Traveller, outcome: Outcome, purpose: Purpose): void {
    if (outcome.kind === 'delivered') {
      this.line.remember(traveller.shape)
      if (purpose === 'validate') this.validated.add(traveller)
      else {
        const code = outcome.contradicted ? 'contradicted_rejection' : this.#marks.get(traveller)
        this.#end(traveller, code === undefined ? DELIVERED : { ...DELIVERED, code })
      }
      return
    }
    const { code, message } = outcome.reason
    if (outcome.kind === 'unexplained' || (purpose === 'probe' && outcome.kind === 'refused')) {
      holdShape(this.line, traveller.shape, outcome.reason)
      this.#end(traveller, { to: 'queued', code: 'unexplained_rejection', message: `${code}: ${message}`, dueMs: 0 })
    } else if (outcome.kind === 'refused') this.refuse(traveller, code, message)
    else this.#end(traveller, { to: outcome.kind, code, message, dueMs: 0 })
  }

  #end(traveller: Traveller, ending: Ending): void {
    if (traveller.ending !== undefined) return
    traveller.ending = ending
    this.#ended.push(traveller)
  }

  #tell(ended: readonly Traveller[]): void {
    const { events, clock } = this.line.plant
    const pixel = this.line.config.pixelId
    for (const { row, id, name, acceptedMs, ending } of ended) {
      const { to, code = '', message = '' } = ending!
      const about = { pixel, row, id, name }
      if (to === 'delivered')
        events.emit('event:delivered', { ...about, lagMs: clock.now() - acceptedMs, mark: code || undefined })
      else if (to === 'refused') events.emit('event:refused', { ...about, code, message })
      else if (to === 'expired') events.emit('event:expired', { ...about, code })
    }
  }
}

/** The usual end, one for all: nothing of it is about the event. */
const DELIVERED: Ending = { to: 'delivered', code: undefined, message: undefined, dueMs: 0 }
const TOO_EARLY = 'event_timestamp_in_future'
const LOOK_AGAIN_MS = 60_000
const TOO_LATE = { code: 'event_timestamp_too_old', about: issue('event_timestamp_too_old', '').message }

interface Group {
  readonly ending: Ending
  readonly rows: number[]
}

/** One settlement for each different ending. Mostly all events of a batch end alike, so the ending before is looked at first. */
function grouped(ended: readonly Traveller[]): Settlement[] {
  const groups = new Map<string, Group>()
  let group: Group | undefined
  for (const { row, ending } of ended) {
    if (group === undefined || !isSame(group.ending, ending!)) group = groupOf(ending!, groups)
    group.rows.push(row)
  }
  return [...groups.values()].map(({ ending, rows }) => settlementOf(ending, rows))
}

function groupOf(ending: Ending, groups: Map<string, Group>): Group {
  const key = JSON.stringify(ending)
  const group = groups.get(key) ?? { ending, rows: [] }
  groups.set(key, group)
  return group
}

function isSame(a: Ending, b: Ending): boolean {
  return a.to === b.to && a.code === b.code && a.message === b.message && a.dueMs === b.dueMs
}

function settlementOf({ to, code = '', message = '', dueMs }: Ending, rows: readonly number[]): Settlement {
  const why = { code, message }
  if (to === 'queued') return { to, rows, dueMs, ...(code !== '' && why) }
  return to === 'delivered' ? { to, rows, ...(code !== '' && { code }) } : { to, rows, ...why }
}
