import { issue } from 'waybill'
import {
  type Age,
  ageOf,
  type Carried,
  exchange,
  MINUTE_MS,
  type Settlement as Outcome,
  type PlanContext,
  type Purpose,
  type RelaySaid,
  SHORT_WINDOW,
  type Waiting,
  type WindowState,
  windowMarginMs,
  windowState,
} from 'waybill/delivery'
import type { ContextKey, Lease, LeasedEvent, RequestRecord, Settlement, Suspicion } from '../store/index.ts'
import { addedBy, type Context, withContext } from './context.ts'
import { AHEAD_MARGIN_MS, dueMsOf } from './due.ts'
import { holdPixel, holdShape } from './hold.ts'
import type { PixelDelivery } from './pixel-delivery.ts'
import { RequestFamily } from './request-family.ts'
import { type RequestExtras, RequestPort } from './request-port.ts'
import { type End, endOf, groupByEnd } from './settlement.ts'

/** How long a lease lasts when it is given: by default no request needs more, so that a lease is not prolonged for each. */
export const LEASE_MS = 65_000
/** Longer than a request may take, so that a lease never ends under one. */
const LEASE_SLACK_MS = 30_000

/** An event of a lease, with what became of it once that is certain. */
export interface BatchEvent extends LeasedEvent, Carried {
  mayBeStored: boolean
  end: End | undefined
}

/**
 * One lease on its way. It collects what the plan settles and commits it together with the request it follows from, before the
 * next request goes out: a crash forgets no answer that was acted on.
 */
export class LeasedBatch extends RequestPort<BatchEvent> {
  readonly events: readonly BatchEvent[]
  readonly #token: number
  /**
   * Not sent while nobody knows what time it is, and until when at least, by the monotonic clock. No time is kept for them, since it would
   * come from a clock in doubt.
   */
  readonly #putOff = new Map<BatchEvent, number>()
  readonly #miscounted = new Set<BatchEvent>()
  /** Those whose end is not committed yet. */
  #ended: BatchEvent[] = []
  /** Fields that contexts added to events, by row, as they were sent last. */
  readonly #added = new Map<number, readonly string[]>()
  readonly #family: RequestFamily
  #leasedUntilMs: number
  /** Somebody else has the events by now. */
  #isLost = false
  #isSent = false
  /** As it was when the turn was given. */
  #time: TimeNow

  constructor(pixel: PixelDelivery, lease: Lease, leasedAtMs: number) {
    super(pixel)
    this.#token = lease.token
    this.#family = new RequestFamily(lease.token)
    this.#leasedUntilMs = leasedAtMs + LEASE_MS
    this.#time = timeOf(pixel)
    const { miscounted } = pixel
    this.events = lease.events.map((event) => ({ ...event, wasMiscounted: miscounted.has(event.row), end: undefined }))
  }

  /** Nothing is certain of this event yet. */
  isOpen(event: BatchEvent): boolean {
    return event.end === undefined && !this.#putOff.has(event)
  }

  /** The events as they are sent now: those with a context have it joined, as it is at this moment. */
  override wires(events: readonly BatchEvent[]): readonly string[] | Promise<readonly string[]> {
    const keys = events.flatMap(({ contexts = [] }) => contexts)
    return keys.length === 0 ? events.map(({ wire }) => wire) : this.#joined(events, keys)
  }

  async #joined(events: readonly BatchEvent[], keys: readonly ContextKey[]): Promise<readonly string[]> {
    const { pixelId } = this.pixel.config
    const kept = await this.pixel.parts.store.getContexts(pixelId, keys)
    return events.map(({ row, wire, contexts = [] }) => {
      const key = contexts.find((one) => kept.has(one))
      if (key === undefined) return wire
      const context = JSON.parse(kept.get(key)!) as Context
      this.#added.set(row, addedBy(wire, context))
      return withContext(wire, context)
    })
  }

  /**
   * The window is looked at when an event leaves: while the clock is in doubt, any claim may put it inside, and to a relay in doubt it may
   * go in any case. What may not leave ends here.
   */
  override mayLeave(event: BatchEvent): boolean {
    if (!this.isOpen(event)) return false
    if (mayBeOpen(event, this.#time)) return true
    const isAhead = this.#time.claims.some((nowMs) => event.timestampMs > nowMs)
    if (!this.#time.isConfirmed) this.#putOff.set(event, 0)
    else if (isAhead) this.#end(event, endOf.later(dueMsOf(event.timestampMs)))
    else this.#end(event, endOf.tooLate(issue('event_timestamp_too_old', '').message))
    return false
  }

  /** Keeps the lease for as long as the next request may take; false when it was lost, and then nothing more may be sent. */
  override async mayBegin(forMs: number): Promise<boolean> {
    this.#time = timeOf(this.pixel)
    return this.maySend() && this.#keepLease(forMs + LEASE_SLACK_MS)
  }

  async #keepLease(forMs: number): Promise<boolean> {
    const { runtime, store } = this.pixel.parts
    const untilMs = runtime.monotonic() + forMs
    if (this.#isLost || untilMs <= this.#leasedUntilMs) return !this.#isLost
    this.#leasedUntilMs = untilMs
    if (!(await store.extend(this.#token, forMs))) this.#isLost = true
    return !this.#isLost
  }

  override async pause(waiting: Waiting<BatchEvent>): Promise<boolean> {
    return (await this.#keepLease(waiting.delayMs + LEASE_SLACK_MS)) && super.pause(waiting)
  }

  protected override rowsOf(events: readonly BatchEvent[]): readonly number[] {
    return events.map(({ row }) => row)
  }

  protected override about(record: RequestRecord): RequestExtras {
    const place = this.#family.place(record)
    if (record.verdict !== 'delivered' || record.validateOnly || this.#added.size === 0) return { place }
    return { place, added: countAll(record.rows.flatMap((row) => this.#added.get(row) ?? [])) }
  }

  override settleRelayed(event: BatchEvent, { status, issues }: RelaySaid): void {
    const said = issues.find(({ severity }) => severity !== 'warning')
    // A repeat of what the relay has is as good as taken; one with an error repeats what ended undelivered there.
    if (said === undefined && status !== 'refused') return
    this.#refuse(event, this.tidyText(said?.code ?? 'refused'), this.tidyText(said?.message ?? ''))
  }

  override markMiscounted(events: readonly BatchEvent[]): void {
    for (const event of events) this.#miscounted.add(event)
  }

  override context(_purpose: Purpose): PlanContext<BatchEvent> {
    const { pixel } = this
    return {
      learned: pixel.learned,
      shapeOf: ({ shape }) => shape,
      keyOf: ({ row }) => row,
      bytesOf: ({ bytes }) => bytes,
      timestampOf: ({ timestampMs }) => timestampMs,
      cut: (events) => this.cut(events, 'deliver'),
      isSettled: (event) => !this.isOpen(event),
      settle: (event, outcome) => this.#settle(event, outcome),
      suspicionOf: (event) => this.#suspicionOf(event),
      ageOf: ({ timestampMs }) => this.#age(timestampMs),
      now: () => this.now(),
      canaries: true,
      finality: 'confirmed',
      notJudging: ({ code, message }, eventsPass) => {
        if (!eventsPass) this.#holdPixel('not_judging', this.tidyText(`${code}: ${message}`))
      },
      wayIsBroken: () => this.#holdPixel('everything_too_large', ''),
      shapeIsRefused: (shape, reason) => holdShape(pixel, shape, this.#tidyReason(reason)),
    }
  }

  /** What was said before the clock was confirmed is dated by no clock: it counts from there on. */
  #suspicionOf({ suspicion }: BatchEvent): Suspicion | undefined {
    if (suspicion === undefined) return undefined
    const { confirmedSinceMs } = this.pixel.parts.clock
    return { ...suspicion, firstMs: Math.max(suspicion.firstMs, confirmedSinceMs) }
  }

  #age(timestampMs: number): Age {
    const { clock } = this.pixel.parts
    return clock.isConfirmed() ? ageOf(timestampMs, clock.now()) : 'unknown'
  }

  #holdPixel(code: 'not_judging' | 'everything_too_large', message: string): void {
    const { holdsUnderWay } = this.pixel
    if (holdsUnderWay.has(code)) return
    const work = holdPixel(this.pixel, { kind: 'hold', code, message }).finally(() => holdsUnderWay.delete(code))
    holdsUnderWay.set(code, work)
  }

  /** Commits what is certain. */
  override async commit(): Promise<void> {
    const request = this.takeRequest()
    const ended = this.#ended
    this.#ended = []
    const { store, clock } = this.pixel.parts
    // A hold comes first, or what it holds would be leased again in between.
    if (this.pixel.holdsUnderWay.size > 0) await Promise.all(this.pixel.holdsUnderWay.values())
    if (ended.length > 0) {
      const settlements: Settlement[] = groupByEnd(ended)
      const call = { token: this.#token, settlements, nowMs: clock.now() }
      const changed = await store.settle({ ...call, ...(request && { request }) })
      // Of a lease that was lost meanwhile whoever has the events now will tell.
      if (changed > 0) for (const event of ended) this.#tell(event)
    } else if (request !== undefined) await store.recordRequest(request)
  }

  /**
   * Sends its one event for real, once: what may pass by itself is left to the next probe. `sent`: nobody knows what came of it. `not sent`:
   * its time did not let it leave.
   */
  async sendForReal(): Promise<'delivered' | 'sent' | 'refused' | 'not sent'> {
    const [event] = this.events
    const answer = await exchange(onlyOnce(this), [event!], 'deliver', false)
    if (answer?.kind === 'refused') return 'refused'
    if (answer?.kind !== 'delivered') return 'sent'
    if (!this.#isSent) return 'not sent'
    if (this.isOpen(event!)) this.#deliver(event!, false)
    return 'delivered'
  }

  override leaving(): void {
    this.#isSent = true
  }

  /** Ends the batch: what was not decided returns to the queue as it came; what nobody knows the time for, once that is known. */
  async finish(): Promise<void> {
    await this.commit()
    const { store } = this.pixel.parts
    this.pixel.miscounted.keep(this.events)
    const rest = this.events.filter((event) => this.isOpen(event)).map(({ row }) => row)
    if (rest.length > 0) await store.release(this.#token, rest)
    if (this.#putOff.size > 0) this.#waitForClock()
  }

  /** Keeps what may not leave by any claim, so that it does not stand in the way of what may, until a claim lets it or the clock is confirmed. */
  #waitForClock(): void {
    const { parts } = this.pixel
    parts.background(async () => {
      for (;;) {
        const over = this.#noLongerPutOff().map(({ row }) => row)
        if (over.length > 0) await parts.store.release(this.#token, over)
        if (this.#putOff.size === 0) return
        await parts.runtime.sleep(LOOK_AGAIN_MS, parts.pauseSignal)
        if (!(await parts.store.extend(this.#token, LEASE_MS))) return
      }
    })
  }

  /** Takes out who need not wait any more. */
  #noLongerPutOff(): readonly BatchEvent[] {
    const { parts } = this.pixel
    const time = timeOf(this.pixel)
    const isAny = parts.isStopping() || time.isConfirmed
    const over = [...this.#putOff].filter(
      ([event, untilMs]) => isAny || (untilMs <= parts.runtime.monotonic() && mayBeOpen(event, time)),
    )
    for (const [event] of over) this.#putOff.delete(event)
    return over.map(([event]) => event)
  }

  #settle(event: BatchEvent, outcome: Outcome): void {
    if (outcome.kind === 'delivered') return this.#deliver(event, outcome.contradicted)
    if (this.#mayBeForTime(event, outcome)) {
      this.#putOff.set(event, this.pixel.parts.runtime.monotonic() + TOO_EARLY_AGAIN_MS)
      return
    }
    const { code, message } = this.#tidyReason(outcome.reason)
    switch (outcome.kind) {
      case 'refused':
        return this.#refuse(event, code, message)
      case 'expired':
        if (code === SHORT_WINDOW) this.pixel.parts.events.emit('window:short', { pixel: this.pixel.id, message })
        return this.#end(event, { to: 'expired', code, message })
      case 'unexplained':
        return this.#end(event, endOf.unexplained(code, message))
      case 'open':
        return this.#end(event, endOf.open(this, this.pixel.holdsUnderWay.size > 0, { code, message }))
      case 'suspect': {
        const leftMs = this.timeLeftMs([event])
        return this.#end(event, endOf.suspect(event, { ...outcome, leftMs }, { code, message }, this))
      }
    }
  }

  #tidyReason<Said extends { readonly code: string; readonly message: string }>(reason: Said): Said {
    return { ...reason, code: this.tidyText(reason.code), message: this.tidyText(reason.message) }
  }

  #deliver(event: BatchEvent, contradicted: boolean): void {
    if (contradicted) this.#end(event, endOf.delivered('contradicted_rejection'))
    else this.#end(event, this.#miscounted.has(event) ? endOf.delivered('count_mismatch') : endOf.delivered())
  }

  /** For good, unless the API only says that it is too early: then it comes again when it is time. */
  #refuse(event: BatchEvent, code: string, message: string): void {
    const dueMs = Math.max(dueMsOf(event.timestampMs), this.now() + TOO_EARLY_AGAIN_MS)
    if (code === TOO_EARLY) this.#end(event, { to: 'queued', code, message, dueMs })
    else this.#end(event, { to: 'refused', code, message })
  }

  /**
   * Nobody knows what time it is, and it may have been refused for its time, whatever the API calls that: by some claim it lies outside its
   * window. So it is refused for nothing now, and waits for no time, which a wrong clock would have set. An API that judges, and
   * whose window was asked for five minutes and has not told the time, looks at no time, and refuses for something else.
   */
  #mayBeForTime(event: BatchEvent, { kind, reason }: Exclude<Outcome, { kind: 'delivered' }>): boolean {
    const time = timeOf(this.pixel)
    if (time.isConfirmed) return false
    const states = time.claims.map((nowMs) => stateAt(event, nowMs, time))
    const { parts, config } = this.pixel
    const mayStillTell = parts.clock.untoldForMs(config.endpoint) < TIME_IS_TOLD_MS
    if (kind === 'refused') return reason.code === TOO_EARLY || (mayStillTell && !states.every(isInside))
    return kind === 'suspect' && (reason.code === TOO_EARLY || states.includes('ahead'))
  }

  #end(event: BatchEvent, end: End): void {
    if (event.end !== undefined) return
    event.end = end
    this.#ended.push(event)
  }

  #tell({ row, id, name, acceptedMs, end }: BatchEvent): void {
    const { events, clock } = this.pixel.parts
    const pixel = this.pixel.id
    const { to, code = '', message = '' } = end!
    if (to === 'delivered') {
      const lagMs = clock.now() - acceptedMs
      events.emit('event:delivered', { pixel, row, id, name, lagMs, mark: code || undefined })
      return
    }
    const about = { pixel, row, id, name }
    if (to === 'refused') events.emit('event:refused', { ...about, code, message })
    else if (to === 'expired') events.emit('event:expired', { ...about, code })
    else if (end?.to === 'queued' && end.suspicion !== undefined) {
      const { kind, times } = end.suspicion
      events.emit('event:suspected', { ...about, kind, times, code, message })
    }
  }
}

/** The same batch for a probe, which waits for nothing and holds nobody. */
export function onlyOnce(batch: LeasedBatch): LeasedBatch {
  return new Proxy(batch, {
    get(target, name) {
      if (name === 'pause') return async () => false
      if (name === 'hold') return async () => {}
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

interface TimeNow {
  readonly isConfirmed: boolean
  /** Nobody knows, neither this relay nor the one that it delivers to: which time it is, that one is left to find out. */
  readonly isForOthers: boolean
  readonly claims: readonly number[]
  readonly marginMs: number
}

function timeOf({ parts: { clock }, endpointInDoubt }: PixelDelivery): TimeNow {
  const isConfirmed = clock.isConfirmed()
  return {
    isConfirmed,
    isForOthers: !isConfirmed && endpointInDoubt,
    claims: clock.claims(),
    marginMs: windowMarginMs(clock.uncertaintyMs),
  }
}

function mayBeOpen(event: BatchEvent, time: TimeNow): boolean {
  return time.isForOthers || time.claims.some((nowMs) => isInside(stateAt(event, nowMs, time)))
}

const stateAt = ({ timestampMs }: BatchEvent, nowMs: number, { marginMs }: TimeNow): WindowState =>
  windowState(timestampMs, nowMs, marginMs, AHEAD_MARGIN_MS)

const isInside = (state: WindowState): boolean => state === 'open' || state === 'ending'

const TOO_EARLY = 'event_timestamp_in_future'
const LOOK_AGAIN_MS = 5_000
/** An API that looks at the time tells it within a minute or two. */
const TIME_IS_TOLD_MS = 5 * MINUTE_MS
/** What is too early for the API, and not by our clock. */
const TOO_EARLY_AGAIN_MS = 30_000

function countAll(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1
  return counts
}
