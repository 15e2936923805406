/** One life of several relays on one data set: who takes what, who delivers what, and at the end an account of every event. */
import { Engine, type PixelConfig, type Runtime } from '@waybill/relay/engine'
import {
  isPassing,
  type Store,
  StoreClosedError,
  StoreNotMigratedError,
  StoreSupersededError,
} from '@waybill/relay/store'
import {
  changeMemoryData,
  type MemoryData,
  memoryData,
  memoryStore,
  Standstill,
  VirtualTime,
} from '@waybill/relay/testing'
import { SECOND_MS, START_MS } from '../units.ts'
import { SeveralApi } from './api.ts'
import type { Mishap, SeveralArrival, SeveralPlan } from './plan.ts'
import { type Being, OPERATOR, Witness } from './witness.ts'

/** Ways to break one relay of several, from outside of its code. */
export interface SeveralBreak {
  readonly store?: (store: Store, senses: SeveralSenses) => Store
  readonly runtime?: (runtime: Runtime, senses: SeveralSenses) => Runtime
}

export interface SeveralSenses {
  readonly relay: number
  readonly time: VirtualTime
  readonly data: MemoryData
  /** Milliseconds that this relay has stood still. */
  readonly stoodStillMs: () => number
}

export interface SeveralParts {
  readonly break?: SeveralBreak | undefined
  readonly trace?: ((line: string) => void) | undefined
}

export interface SeveralLife {
  readonly plan: SeveralPlan
  readonly store: Store
  readonly data: MemoryData
  readonly witness: Witness
  readonly api: SeveralApi
  readonly acknowledged: ReadonlySet<string>
  readonly time: VirtualTime
}

/** One relay as it lives now. */
interface Living {
  readonly being: Being
  readonly engine: Engine
  readonly store: Store
  readonly still: Standstill
  /** How long it stood still, in all. */
  readonly stood: { ms: number }
}

const GRACE_MS = 5_000
const LOOK_EVERY_MS = 5 * SECOND_MS
/** Whoever brought events and got no answer comes again, to the next relay. */
const AGAIN_MS = 3 * SECOND_MS
/** After the last mishap what is gone is taken over. */
const SETTLED_MS = 20 * SECOND_MS
/** What ended by itself is started again after so long, and so is what could not start. */
const RESTART_MS = 3 * SECOND_MS
const [OLDER, NEWER] = [1, 2]

export async function liveSeveral(plan: SeveralPlan, parts: SeveralParts): Promise<SeveralLife> {
  return new SeveralWorld(plan, parts).run()
}

class SeveralWorld {
  readonly #plan: SeveralPlan
  readonly #parts: SeveralParts
  readonly #time = new VirtualTime(START_MS)
  readonly #data = memoryData()
  readonly #reader: Store
  readonly #witness: Witness
  readonly #api: SeveralApi
  readonly #living: (Living | undefined)[] = []
  readonly #acknowledged = new Set<string>()
  readonly #lost: () => number
  #lives = 0
  #storeShiftMs = 0
  /** The version of relays that start now. */
  #version = OLDER

  constructor(plan: SeveralPlan, parts: SeveralParts) {
    this.#plan = plan
    this.#parts = parts
    this.#lost = plan.stream('lost')
    this.#reader = memoryStore({ data: this.#data, several: { clock: () => this.#time.elapsedMs } })
    this.#witness = new Witness(plan, this.#time, { data: this.#data, random: plan.stream('store') })
    this.#api = new SeveralApi(plan, this.#time, {
      random: plan.stream('api'),
      witness: this.#witness,
      trace: (line) => this.#trace(line),
    })
  }

  async run(): Promise<SeveralLife> {
    const { arrivals, mishaps, storeClock, holds, relays, endMs, change } = this.#plan
    for (let relay = 0; relay < relays; relay++) this.#boot(relay)
    for (const arrival of arrivals) this.#at(arrival.atMs, () => void this.#arrive(arrival, arrival.relay))
    for (const mishap of mishaps) this.#befall(mishap)
    for (const { atMs, byMs } of storeClock)
      this.#at(atMs, () => {
        this.#storeShiftMs = byMs
      })
    if (change !== undefined)
      this.#at(change.atMs, () => {
        this.#version = NEWER
        this.#change(change.isForced)
      })
    for (const { fromMs, toMs, pixel, heldBy, liftedBy } of holds) {
      this.#at(fromMs, () => void this.#hold(pixel, heldBy))
      this.#at(toMs, () => void this.#lift(pixel, liftedBy))
    }
    for (let lookAtMs = LOOK_EVERY_MS; await this.#time.step(endMs); ) {
      if (this.#time.elapsedMs < lookAtMs) continue
      lookAtMs = this.#time.elapsedMs + LOOK_EVERY_MS
      const { unaccounted, queued, sending, held } = await this.#reader.counts()
      if (unaccounted !== 0) this.#witness.tell('lost', `${unaccounted} events are unaccounted for`)
      if (queued + sending + held === 0 && this.#time.elapsedMs > this.#plan.quietMs + SETTLED_MS) break
    }
    await this.#stopAll()
    const [time, store, data, witness, api] = [this.#time, this.#reader, this.#data, this.#witness, this.#api]
    return { time, store, data, witness, api, acknowledged: this.#acknowledged, plan: this.#plan }
  }

  #at(atMs: number, what: () => void): void {
    this.#time.at(atMs, () => {
      this.#time.touch()
      what()
    })
  }

  #trace(line: string): void {
    this.#parts.trace?.(`${(this.#time.elapsedMs / 1_000).toFixed(3)} s  ${line}`)
  }

  /** Again and again until it is done. */
  #change(force: boolean): void {
    const nowMs = this.#time.elapsedMs + this.#storeShiftMs
    try {
      changeMemoryData(this.#data, { worksBeside: NEWER, force, nowMs })
    } catch (error) {
      if (!(error instanceof StoreNotMigratedError)) throw error
      return this.#at(this.#time.elapsedMs + RESTART_MS, () => this.#change(force))
    }
    this.#trace(`the data are changed${force ? ' by force' : ''}`)
    this.#witness.changed(
      this.#living.flatMap((living) => living?.being ?? []),
      force,
    )
  }

  #boot(relay: number): void {
    const knows = this.#version
    const being: Being = { relay, isDead: false, id: undefined, renewedMs: Number.NEGATIVE_INFINITY, knows }
    const still = new Standstill()
    const stood = { ms: 0 }
    const several = {
      clock: () => this.#time.elapsedMs + this.#storeShiftMs,
      isAnswerLost: () => this.#lost() < this.#plan.lostShare,
      knows,
    }
    const store = memoryStore({ data: this.#data, monotonicMs: () => this.#time.elapsedMs, several })
    const clocks = this.#time.runtime(this.#plan.stream(`life ${this.#lives++}`), () => being.isDead)
    const wallMs = this.#plan.wallMs[relay] ?? 0
    const senses = { relay, time: this.#time, data: this.#data, stoodStillMs: () => stood.ms }
    const { store: broken = same, runtime: distorted = same } = this.#parts.break ?? {}
    const runtime = distorted({ ...clocks, now: () => clocks.now() + wallMs }, senses)
    const engine = new Engine({
      store: still.store(broken(this.#witness.seen(store, being), senses)),
      pixels: this.#plan.pixels.map((pixel, at) => pixelConfig(pixel, at)),
      runtime: still.runtime(runtime),
      fetch: still.fetch(mortal(this.#api.fetchOf(being), being)),
      relayName: `relay ${relay}`,
    })
    this.#listen(engine, being)
    engine.start()
    this.#living[relay] = { being, engine, store, still, stood }
  }

  #listen({ events }: Engine, being: Being): void {
    events.on('engine:failed', ({ error }) => {
      if (being.isDead) return
      if (error instanceof StoreSupersededError) this.#giveWay(being)
      else this.#witness.tell('stuck', `the engine failed: ${error instanceof Error ? error.stack : String(error)}`)
    })
    if (this.#parts.trace === undefined) return
    for (const name of TOLD)
      events.on(name, (details) => {
        if (!being.isDead) this.#trace(`relay ${being.relay} ${name} ${JSON.stringify(details)}`)
      })
  }

  /** It stops by itself, and is started again as the newer version. */
  #giveWay(being: Being): void {
    const { relay } = being
    const living = this.#living[relay]
    // It leaves already.
    if (living?.being !== being) return
    this.#trace(`relay ${relay}: it is superseded`)
    void this.#leave(relay, living)
    this.#at(this.#time.elapsedMs + RESTART_MS, () => this.#restart(relay))
  }

  #restart(relay: number): void {
    if (this.#living[relay] === undefined) this.#boot(relay)
  }

  #befall({ what, relay, fromMs, toMs }: Mishap): void {
    this.#at(fromMs, () => {
      const living = this.#living[relay]
      if (living === undefined) return
      this.#trace(`relay ${relay}: ${what} until ${toMs / SECOND_MS} s`)
      if (what === 'leave' || what === 'replace') void this.#leave(relay, living)
      if (what === 'replace') this.#boot(relay)
      if (what === 'leave' || what === 'replace') return
      if (what === 'kill' || toMs - fromMs > 16 * SECOND_MS) this.#witness.missed(living.being)
      living.still.stop()
      if (what === 'stop') return
      living.being.isDead = true
      this.#living[relay] = undefined
    })
    this.#at(toMs, () => {
      if (what === 'replace') return
      if (what !== 'stop') return this.#restart(relay)
      const living = this.#living[relay]
      if (living === undefined) return
      living.stood.ms += toMs - fromMs
      living.still.goOn()
    })
  }

  async #leave(relay: number, { engine, store }: Living): Promise<void> {
    this.#living[relay] = undefined
    await engine.stop(GRACE_MS)
    await store.close()
    this.#time.touch()
  }

  /** Asks one relay after the other until one answers. */
  async #arrive(arrival: SeveralArrival, relay: number, tries: number = 0): Promise<void> {
    const { events, pixel } = arrival
    const living = this.#living[relay]
    const answer = living === undefined ? undefined : await this.#bring(living, arrival)
    if (answer === undefined) {
      const next = (relay + 1) % this.#plan.relays
      return void this.#at(this.#time.elapsedMs + AGAIN_MS, () => void this.#arrive(arrival, next, tries + 1))
    }
    this.#trace(`${events.length} events arrived for ${pixel} at relay ${relay} (${events[0]!.id}…)`)
    for (const { id, status } of answer) {
      this.#acknowledged.add(id)
      if (status !== 'accepted' && (tries === 0 || status !== 'duplicate'))
        this.#witness.tell('turnedAway', `intake answered ${status} for ${id}`)
    }
    this.#time.touch()
  }

  /** `undefined` where no answer comes in time. */
  async #bring(
    { engine, being, still }: Living,
    { pixel, events }: SeveralArrival,
  ): Promise<readonly { id: string; status: string }[] | undefined> {
    const wires = events.map(({ wire }) => wire)
    // A listener that stands still accepts nothing.
    if (still.isStopped) return undefined
    const late = new Promise<undefined>((resolve) =>
      this.#at(this.#time.elapsedMs + 10 * SECOND_MS, () => resolve(undefined)),
    )
    const accepted = engine
      .accept({ pixel, contract: '2026-06', events: wires, source: 'simulation' })
      .catch((error: unknown) => {
        if (!isPassing(error) && !(error instanceof StoreClosedError)) throw error
        return undefined
      })
    const answer = await Promise.race([accepted, late])
    return being.isDead ? undefined : answer
  }

  async #hold(pixel: string, by: number): Promise<void> {
    const hold = this.#living[by]?.engine.operator.hold(pixel, { reason: 'wait', by: OPERATOR })
    await hold?.catch(() => {})
    this.#time.touch()
  }

  /** By whichever relay answers. */
  async #lift(pixel: string, by: number): Promise<void> {
    const living = this.#living[by]
    const isDone = await living?.engine.operator.resume(pixel, OPERATOR).then(
      () => true,
      () => false,
    )
    if (isDone === true && living?.being.isDead === false) return this.#time.touch()
    this.#at(this.#time.elapsedMs + AGAIN_MS, () => void this.#lift(pixel, (by + 1) % this.#plan.relays))
  }

  async #stopAll(): Promise<void> {
    const living = this.#living.filter((one) => one !== undefined)
    this.#living.fill(undefined)
    let left = living.length
    for (const { engine, store } of living)
      void engine
        .stop(GRACE_MS)
        .then(() => store.close())
        .then(() => {
          left -= 1
        })
    const untilMs = this.#time.elapsedMs + 60 * SECOND_MS
    while (left > 0 && (await this.#time.step(untilMs)));
    if (left > 0) this.#witness.tell('stuck', `${left} engines did not stop`)
    const owners = await this.#reader.claims!.owners()
    if (left === 0 && owners.length > 0)
      this.#witness.tell('stuck', `${JSON.stringify(owners)} outlived an orderly stop`)
  }
}

const same = <Part>(part: Part): Part => part
const NEVER = new Promise<never>(() => {})

function mortal(send: typeof fetch, being: { readonly isDead: boolean }): typeof fetch {
  return async (url, init) => {
    try {
      const response = await send(url, init)
      return being.isDead ? NEVER : response
    } catch (error) {
      if (being.isDead) return NEVER
      throw error
    }
  }
}

const TOLD = [
  'pixel:claimed',
  'pixel:left',
  'chores:claimed',
  'claims:ended',
  'claims:renewed',
  'pixel:held',
  'pixel:resumed',
  'event:refused',
  'event:expired',
  'clock:confirmed',
] as const

function pixelConfig(pixelId: string, at: number): PixelConfig {
  return {
    pixelId,
    apiKey: 'key',
    contract: '2026-06',
    preflight: at % 2 === 0 ? 'never' : 'novel',
    endpoint: 'https://api.example',
    timeoutMs: 30_000,
    maxBodyBytes: 4_000_000,
    concurrency: 2,
    maxRequestsPerSecond: 50,
  }
}
