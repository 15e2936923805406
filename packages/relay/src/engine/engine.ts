import { hostname } from 'node:os'
import { type Contract, LEAST_TIME_LEFT_MS } from 'waybill'
import { createPost, eventsUrl, USER_AGENT } from 'waybill/client'
import type { WholeEnd } from 'waybill/delivery'
import { CHORES, isPassing, type Ready, type Store, StoreSupersededError } from '../store/index.ts'
import { type Arrival, type IntakeResult, type Judged, judgeEvents, judgeOnly, keepEvents } from './accept.ts'
import { Clock } from './clock.ts'
import { askSuspects, deliverOnce } from './deliver.ts'
import { acceptedOf, LifecycleEvents } from './events.ts'
import { resumePixel } from './hold.ts'
import { HoldWatch } from './hold-watch.ts'
import { Operator, rulesOf } from './operator.ts'
import { ClaimKeeper } from './ownership/claim-keeper.ts'
import { NOTHING, SOLE } from './ownership/ownership.ts'
import { Presence } from './ownership/presence.ts'
import type { EngineParts } from './parts.ts'
import { patientStore } from './patient-store.ts'
import type { PixelConfig } from './pixel.ts'
import { PixelDelivery } from './pixel-delivery.ts'
import { probeHolds } from './probe.ts'
import { ENVELOPE_BYTES } from './request-port.ts'
import { type Runtime, systemRuntime } from './runtime.ts'
import { Tasks } from './tasks.ts'
import { askTimeWhileInDoubt } from './time-asker.ts'
import { createUpkeep } from './upkeep.ts'
import { deliverWhole, type WholeDelivery } from './whole.ts'

/**
 * What a relay among several does. `intake`: takes events and delivers none; `delivery`: delivers, and does the chores; `all`: both.
 * Whoever puts it together opens only the doors that go with it.
 */
export type Role = 'all' | 'intake' | 'delivery'

export interface EngineOptions {
  readonly store: Store
  /** Default `all`, which is the only one where one process has all of the data. */
  readonly role?: Role
  /** Which relay it is among several, for people. Default: the machine and the process. */
  readonly relayName?: string
  readonly pixels: readonly PixelConfig[]
  readonly retentionDays?: number
  /** Days that contexts are kept. Default 30. */
  readonly contextDays?: number
  readonly runtime?: Runtime
  /** How often the engine looks around when nothing wakes it: for leases that ran out, for what expires. Default 5,000. */
  readonly pulseMs?: number
  /** Default: the runtime's own. */
  readonly fetch?: typeof fetch
}

/** Takes events, keeps them, and delivers them for as long as the API takes them. States: made → started → stopping → stopped. */
export class Engine {
  readonly events: LifecycleEvents = new LifecycleEvents()
  readonly clock: Clock
  readonly operator: Operator
  /** Things done to many events. */
  readonly tasks: Tasks
  readonly #store: Store
  readonly #runtime: Runtime
  readonly #parts: EngineParts
  readonly #pixels = new Map<string, PixelDelivery>()
  readonly #work = new Set<Promise<void>>()
  readonly #abort = new AbortController()
  readonly #pauses = new AbortController()
  readonly #retentionDays: number
  readonly #contextDays: number
  readonly #pulseMs: number
  readonly #role: Role
  /** Among several relays that deliver. */
  readonly #keeper: ClaimKeeper | undefined
  /** Among several relays, where it does not deliver. */
  readonly #presence: Presence | undefined
  readonly #holdWatch: HoldWatch
  #keeping: Promise<unknown> = Promise.resolve()
  #wake: AbortController = new AbortController()
  #stopping = false

  constructor({
    store,
    pixels,
    retentionDays = 30,
    contextDays = 30,
    runtime = systemRuntime,
    pulseMs = 5_000,
    fetch: send = fetch,
    role = 'all',
    relayName: name = `${hostname()}:${process.pid}`,
  }: EngineOptions) {
    if (store.claims === undefined && role !== 'all') throw new TypeError('One process alone takes and delivers.')
    this.#store = store
    this.#role = role
    this.#runtime = runtime
    this.#retentionDays = retentionDays
    this.#contextDays = contextDays
    this.#pulseMs = pulseMs
    this.clock = new Clock(runtime, this.events)
    const { claims } = store
    const { clock, events } = this
    if (claims !== undefined && role !== 'intake')
      this.#keeper = new ClaimKeeper({
        ...{ claims, runtime, clock, events, name, pixels: this.#pixels },
        wake: () => this.wake(),
      })
    if (claims !== undefined && role === 'intake') this.#presence = new Presence({ claims, runtime, name })
    this.#parts = {
      ownership: this.#keeper ?? (claims === undefined ? SOLE : NOTHING),
      store: patientStore(store, runtime, this.#pauses.signal),
      runtime,
      endpointsInDoubt: new Set(),
      clock: this.clock,
      events: this.events,
      signal: this.#abort.signal,
      pauseSignal: this.#pauses.signal,
      isStopping: () => this.#stopping,
      background: (task) => this.#run(task),
      createPost: ({ endpoint, allowHttp, pixelId, pid = pixelId, apiKey }) =>
        createPost({ url: eventsUrl(endpoint, pid, allowHttp), fetch: send, runtime }, apiKey, USER_AGENT),
    }
    for (const config of pixels) this.#pixels.set(config.pixelId, new PixelDelivery(config, this.#parts))
    this.#holdWatch = new HoldWatch(this.#parts, this.#pixels)
    this.operator = new Operator({ store, parts: this.#parts, pixels: this.#pixels, wake: () => this.wake() })
    this.tasks = new Tasks({
      parts: this.#parts,
      rulesOf: (pixel) => rulesOf(this.#pixels.get(pixel)),
      wake: () => this.wake(),
    })
  }

  /** What is done once for all relays that share the data is done by this one. */
  get hasChores(): boolean {
    return this.#parts.ownership.has(CHORES)
  }

  start(): void {
    this.#run(() => this.#recallContracts())
    if (this.#presence !== undefined) this.#keep(this.#presence.run())
    if (this.#role === 'intake') return
    if (this.#keeper !== undefined) this.#keep(Promise.all([this.#keeper.run(), this.#keeper.watch()]))
    for (const name of ['pixel:resumed', 'shape:resumed', 'clock:confirmed'] as const)
      this.events.on(name, () => this.wake())
    this.#run(() => this.#schedule())
    const upkeep = createUpkeep(this.#parts, {
      retentionDays: this.#retentionDays,
      contextDays: this.#contextDays,
      pulseMs: this.#pulseMs,
    })
    this.#run(() => this.tasks.run())
    this.#run(() => upkeep.run())
    this.#run(() => this.#tellHolds())
    this.#run(() => probeHolds(this.#parts, this.#pixels))
    this.#run(() => askTimeWhileInDoubt(this.#parts, this.#pixels))
  }

  /** Judges and keeps events; resolves when they are on disk. The pixel need not be configured for delivery yet. */
  accept(arrival: Arrival): Promise<IntakeResult[]> {
    const { pixel, source } = arrival
    const nowMs = this.clock.now()
    return this.keep({ pixel, source, nowMs, events: judgeEvents(this.bounded(arrival), nowMs) })
  }

  /**
   * Keeps events that were judged elsewhere, by `judgeEvents`; resolves when they are on disk. Apart from `accept`, so that what arrived
   * is not held in memory until its commit.
   */
  keep(judged: Judged): Promise<IntakeResult[]> {
    const { pixel, source } = judged
    const again = { sleep: (ms: number) => this.#runtime.sleep(ms), isStopping: () => this.#stopping }
    return keepEvents(this.#store, judged, again).then((results) => {
      this.events.emit('event:accepted', acceptedOf({ pixel, source }, results))
      this.wake()
      return results
    })
  }

  async #recallContracts(): Promise<void> {
    for (const pixel of this.#pixels.values()) await pixel.recall()
  }

  /** Requests of a pixel under way, and how long its API is left alone from now. */
  paceOf(pixel: string): { readonly inFlight: number; readonly waitsMs: number } {
    return this.#pixels.get(pixel)?.gate.standing() ?? { inFlight: 0, waitsMs: 0 }
  }

  /** Under `contract: 'auto'`: the generations that the pixel's account said it reads; `undefined` until it was asked. */
  readsOf(pixel: string): readonly Contract[] | undefined {
    return this.#pixels.get(pixel)?.reads
  }

  /** What intake would say, without keeping anything. */
  judge(arrival: Arrival): IntakeResult[] {
    // Nothing is lost by an answer that keeps nothing: it is what the API would say by the best clock there is.
    return judgeOnly({ ...this.bounded(arrival), isTimeInDoubt: false }, this.clock.now())
  }

  /**
   * What could never fit a request is refused at the door, nothing is for its time while that is in doubt, and what is judged by `auto` is
   * judged by what its account reads, where that is known.
   */
  bounded<Rules extends Pick<Arrival, 'pixel' | 'contract' | 'leastTimeLeftMs' | 'maxEventBytes' | 'isTimeInDoubt'>>(
    arrival: Rules,
  ): Rules {
    const isTimeInDoubt = !this.clock.isConfirmed()
    const pixel = this.#pixels.get(arrival.pixel)
    if (pixel === undefined) return { ...arrival, isTimeInDoubt: arrival.isTimeInDoubt ?? isTimeInDoubt }
    return {
      // First, which costs a fraction of what it costs later: each request comes by here.
      ...arrival,
      contract: arrival.contract === 'auto' ? pixel.form : arrival.contract,
      maxEventBytes: arrival.maxEventBytes ?? pixel.config.maxBodyBytes - ENVELOPE_BYTES,
      // In doubt the clock turns nothing away that has time left.
      leastTimeLeftMs: arrival.leastTimeLeftMs ?? (isTimeInDoubt ? 0 : LEAST_TIME_LEFT_MS),
      isTimeInDoubt: arrival.isTimeInDoubt ?? isTimeInDoubt,
    }
  }

  /**
   * Takes new settings without a restart. What the engine holds resumes when key or endpoint changed. For a pixel that is no
   * longer there nothing more is sent once its requests in flight have ended; its events wait until it is there again.
   */
  async configure(pixels: readonly PixelConfig[]): Promise<void> {
    const configured = new Set(pixels.map(({ pixelId }) => pixelId))
    for (const [id, pixel] of this.#pixels) if (!configured.has(id)) pixel.halt('unconfigured')
    for (const config of pixels) {
      const pixel = this.#pixels.get(config.pixelId)
      if (pixel === undefined) this.#pixels.set(config.pixelId, new PixelDelivery(config, this.#parts))
      else {
        const changed = pixel.config.apiKey !== config.apiKey || pixel.config.endpoint !== config.endpoint
        pixel.configure(config)
        pixel.goOn('unconfigured')
        if (changed) await resumePixel(pixel, 'its settings changed')
      }
    }
    this.wake()
  }

  /**
   * Sends events for which no account is opened, all in one request, beside what is queued. Where anything but a plain delivery comes of it,
   * whoever brought them has to have them accepted.
   */
  deliverWhole(pixelId: string, whole: WholeDelivery): Promise<WholeEnd> {
    const pixel = this.#pixels.get(pixelId)
    if (pixel === undefined || this.#stopping) return Promise.resolve('apart')
    return new Promise((resolve, reject) => {
      this.#run(() => deliverWhole(pixel, whole).then(resolve, reject))
    })
  }

  /** Looks for work now: after a replay, a resume, or anything else that the engine did not do itself. */
  wake(): void {
    if (!this.#wake.signal.aborted) this.#wake.abort(AWAKE)
  }

  /**
   * Lets requests in flight end for up to `graceMs`, then gives them up; leases go back to the queue. Resolves when nothing runs.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#pauses.abort()
    this.wake()
    const timer = new AbortController()
    const grace = this.#runtime.sleep(graceMs, timer.signal).then(() => this.#abort.abort())
    await this.#settled()
    timer.abort()
    await grace
    await this.#keeper?.leave()
    await this.#presence?.leave()
    await this.#keeping
  }

  /** The row of this relay, with its claims, lasts until nothing is under way any more. */
  #keep(keeping: Promise<unknown>): void {
    this.#keeping = keeping.catch((error: unknown) => {
      if (!this.#stopping) this.#fail(error)
    })
  }

  async #tellHolds(): Promise<void> {
    const holds = await this.#parts.store.holds()
    if (holds.length > 0) this.events.emit('holds:found', { holds })
  }

  async #settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }

  /** Runs a part of the engine; a fault of it ends the engine loudly, because nothing may be lost in silence. */
  #run(task: () => Promise<unknown>): void {
    const work: Promise<void> = task()
      .then(() => {})
      .catch((error: unknown) => {
        // What could not be written while it stops is sent again after the next start.
        if (!this.#stopping || !isPassing(error)) this.#fail(error)
      })
      .finally(() => this.#work.delete(work))
    this.#work.add(work)
  }

  #fail(error: unknown): void {
    this.#stopping = true
    this.#pauses.abort()
    // Where another version goes on with the data nothing is broken: what is in flight may end.
    if (!(error instanceof StoreSupersededError)) this.#abort.abort()
    this.wake()
    this.events.emit('engine:failed', { error })
  }

  /** Gives every pixel that has something due its lanes. */
  async #schedule(): Promise<void> {
    while (!this.#stopping) {
      this.#wake = new AbortController()
      const { pixels, apart, nextDueMs, several } = await this.#lookForWork()
      const patienceMs = this.#patience(pixels)
      for (const id of pixels) this.#addLane(this.#pixels.get(id))
      for (const id of apart) this.#addSuspectsLane(this.#pixels.get(id))
      // What other relays take and hold nobody tells of.
      const pulseMs = several === undefined ? this.#pulseMs : Math.min(this.#pulseMs, LOOK_EVERY_MS)
      const soonestMs = Math.min(patienceMs, nextDueMs === undefined ? pulseMs : nextDueMs - this.clock.now())
      await this.#runtime.sleep(soonestMs < pulseMs ? Math.max(1, soonestMs) : pulseMs, this.#wake.signal)
      if (several !== undefined && !this.#stopping) await this.#runtime.sleep(BETWEEN_LOOKS_MS, this.#pauses.signal)
    }
  }

  /** Who may wait for a fuller request is told what is due; gives how long until the next has waited for long enough. */
  #patience(due: readonly string[]): number {
    let soonestMs = Number.POSITIVE_INFINITY
    const isAll = this.#keeper === undefined || due.length < MOST_NAMES
    for (const [id, { patience, config }] of this.#pixels) {
      if (config.maxWaitMs === undefined || config.maxWaitMs === 0) continue
      if (due.includes(id)) patience.see(true)
      else if (isAll) patience.see(false)
      const { leftMs = 0 } = patience
      // What has waited for long enough goes out now.
      if (leftMs > 0) soonestMs = Math.min(soonestMs, leftMs)
    }
    return soonestMs
  }

  async #lookForWork(): Promise<Ready> {
    const nowMs = this.clock.now()
    if (this.#keeper === undefined) return this.#parts.store.ready(nowMs)
    const ready = await this.#parts.store.ready(nowMs, { limit: MOST_NAMES })
    if (ready.several === undefined) return ready
    await this.#holdWatch.see(ready.several.holdsVersion)
    await this.#keeper.see(ready, ready.several)
    return ready
  }

  #addLane(pixel: PixelDelivery | undefined): void {
    if (pixel === undefined || this.#stopping || pixel.isHalted || pixel.lanes >= pixel.config.concurrency) return
    pixel.lanes += 1
    this.#run(async () => {
      try {
        while (!this.#stopping && !pixel.isHalted && (await deliverOnce(pixel)))
          if (pixel.lanes < pixel.config.concurrency) this.#addLane(pixel)
      } finally {
        pixel.lanes -= 1
      }
    })
  }

  #addSuspectsLane(pixel: PixelDelivery | undefined): void {
    if (pixel === undefined || this.#stopping || pixel.isHalted || pixel.isAskingSuspects) return
    pixel.isAskingSuspects = true
    this.#run(async () => {
      try {
        while (!this.#stopping && !pixel.isHalted && (await askSuspects(pixel)));
      } finally {
        pixel.isAskingSuspects = false
      }
    })
  }
}

/** Among several relays the store is asked so often, and for so many pixels at a time. */
const LOOK_EVERY_MS = 500
const MOST_NAMES = 1_000
/** Each arrival wakes; many of them are told by one question. */
const BETWEEN_LOOKS_MS = 40

/** Why the scheduler was woken; one for all, because making an error for each arrival costs more than the arrival. */
const AWAKE = Symbol('awake')
