/** One simulated life of the relay: arrivals, faults and crashes by a seed, and at the end an account of every event. */
import { Engine, type IntakeResult, type PixelConfig, type Runtime } from '@waybill/relay/engine'
import type { Store } from '@waybill/relay/store'
import { VirtualTime } from '@waybill/relay/testing'
import { type ApiRecord, SimulatedApi } from './api.ts'
import type { Arrival, Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import { PULSE_MS, Pulse } from './pulse.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, START_MS, WINDOW_MS } from './units.ts'

/** Ways to break a relay on purpose, from outside of its code. */
export interface Break {
  readonly store?: (store: Store, senses: Senses) => Store
  readonly fetch?: (send: typeof fetch, senses: Senses) => typeof fetch
  readonly runtime?: (runtime: Runtime, senses: Senses) => Runtime
  /** Leases last by the wall clock. */
  readonly leasesByWall?: boolean
}

/** What a broken part knows beside what passes through it; one for each process, so that parts can work together. */
export interface Senses {
  readonly runtime: Runtime
  /** Ids of planned events: any other is a canary. */
  readonly isPlanned: (id: string) => boolean
  readonly memory: Map<string, unknown>
}

/** What a life is made with. */
export interface Parts {
  /** A fresh, empty store whose leases last by this clock; `reopen` is what a crash does to it. */
  readonly openStore: (plan: Plan, monotonicMs: () => number) => Promise<OpenedStore>
  readonly break?: Break | undefined
  /** Asked now and then, at last seldom; once it is so, the life is over. */
  readonly isShown?: ((life: Life) => Promise<boolean>) | undefined
  /** Told of each request and of what the engine says of itself. */
  readonly trace?: ((line: string) => void) | undefined
}

export interface OpenedStore {
  readonly store: Store
  readonly reopen: () => Promise<Store>
  readonly remove: () => Promise<void>
}

/** Everything the oracle looks at. */
export interface ShapeHold {
  readonly pixel: string
  readonly shape: string
  readonly atMs: number
}

export interface Life {
  readonly plan: Plan
  readonly api: ApiRecord
  readonly store: Store
  /** Event id → when intake acknowledged it, elapsed milliseconds. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly problems: readonly Problem[]
  /** When the process died. */
  readonly crashes: readonly number[]
  /** Which shapes were held, as the engine names them, and when. */
  readonly shapeHolds: readonly ShapeHold[]
  /** How long it has lasted. */
  readonly nowMs: number
  readonly isOver: boolean
}

const GRACE_MS = 10_000
const LOOK_EVERY_STEPS = 200

export async function live(plan: Plan, parts: Parts, look: (life: Life) => Promise<void>): Promise<void> {
  const time = new VirtualTime(START_MS)
  const opened = await parts.openStore(plan, () => (parts.break?.leasesByWall ? time.wallShiftMs : 0) + time.elapsedMs)
  try {
    await look(await new World(plan, parts, { time, opened }).run())
  } finally {
    await opened.remove()
  }
}

class World {
  readonly #plan: Plan
  readonly #parts: Parts
  readonly #time: VirtualTime
  readonly #api: SimulatedApi
  readonly #opened: OpenedStore
  readonly #acknowledged = new Map<string, number>()
  readonly #problems: Problem[] = []
  readonly #crashes: number[] = []
  readonly #shapeHolds: ShapeHold[] = []
  #store: Store
  #engine: Engine
  #life = { dead: false }
  #mustCrash = false

  constructor(plan: Plan, parts: Parts, { time, opened }: { time: VirtualTime; opened: OpenedStore }) {
    this.#plan = plan
    this.#parts = parts
    this.#opened = opened
    this.#store = opened.store
    this.#time = time
    this.#api = new SimulatedApi(plan, this.#time, (line) => this.#trace(line))
    for (const { atMs, byMs } of plan.clock) if (atMs === 0) this.#time.shiftWall(byMs)
    this.#engine = this.#boot()
  }

  async run(): Promise<Life> {
    const { arrivals, crashes, clock, endMs } = this.#plan
    for (const arrival of arrivals) this.#time.at(arrival.atMs, () => void this.#arrive(arrival))
    for (const atMs of crashes)
      this.#time.at(atMs, () => {
        this.#mustCrash = true
      })
    for (const { atMs, byMs } of clock) this.#time.at(atMs, () => this.#time.shiftWall(byMs))
    const eventfulUntilMs = Math.max(...arrivals.map(({ atMs }) => atMs), ...crashes) + HOUR_MS
    let nextLookAt = LOOK_EVERY_STEPS
    for (let steps = 1; await this.#time.step(endMs); steps++) {
      if (this.#mustCrash) await this.#crash()
      // Whatever else would come to light is not worth the days that it takes.
      if (this.#api.problems.some(({ alarm }) => alarm === 'hammered')) break
      if (steps === nextLookAt) {
        nextLookAt *= 2
        if (await this.#parts.isShown?.(this.#seen(false))) break
      }
      if (steps % LOOK_EVERY_STEPS !== 0) continue
      if ((await this.#lookInside()) === 0 && this.#time.elapsedMs > eventfulUntilMs) break
    }
    await this.#stop()
    return this.#seen(true)
  }

  #seen(isOver: boolean): Life {
    return {
      plan: this.#plan,
      api: this.#api,
      store: this.#store,
      acknowledged: this.#acknowledged,
      problems: this.#problems,
      crashes: this.#crashes,
      shapeHolds: this.#shapeHolds,
      nowMs: this.#time.elapsedMs,
      isOver,
    }
  }

  async #stop(): Promise<void> {
    let ended = false
    void this.#engine.stop(GRACE_MS).then(() => {
      ended = true
    })
    const untilMs = this.#time.elapsedMs + 10 * GRACE_MS
    while (!ended && (await this.#time.step(untilMs)));
    if (!ended) this.#tell('stuck', 'the engine did not stop')
  }

  /** The process is gone in the middle of whatever it did; only what was committed is left. */
  async #crash(): Promise<void> {
    this.#mustCrash = false
    this.#crashes.push(this.#time.elapsedMs)
    this.#trace('the process died and started again')
    this.#life.dead = true
    this.#life = { dead: false }
    this.#store = await this.#opened.reopen()
    this.#engine = this.#boot()
  }

  #boot(): Engine {
    const life = this.#life
    this.#api.begin()
    const random = this.#plan.stream(`life ${this.#crashes.length}`)
    const clocks = this.#time.runtime(random, () => life.dead)
    const pulse = new Pulse(this.#plan, this.#time)
    const runtime = pulse.slowed(clocks)
    const senses: Senses = { runtime, isPlanned: (id) => this.#plan.events.has(id), memory: new Map() }
    const { store = same, fetch: send = same, runtime: distort = same } = this.#parts.break ?? {}
    const mortal: typeof fetch = async (url, init) => {
      const response = await this.#api.fetch(url, init)
      return life.dead ? NEVER : response
    }
    const engine = new Engine({
      store: store(watched(this.#store, this.#time, life), senses),
      pixels: this.#plan.pixels.map((pixel) => pixelConfig(pixel, this.#plan)),
      runtime: distort(runtime, senses),
      fetch: send(mortal, senses),
      pulseMs: PULSE_MS,
    })
    this.#listen(engine, life)
    for (const name of CONSEQUENTIAL) engine.events.on(name, () => pulse.hurry())
    engine.start()
    return engine
  }

  #listen(engine: Engine, life: { readonly dead: boolean }): void {
    engine.events.on('engine:failed', ({ error }) => {
      if (!life.dead) this.#tell('stuck', `the engine failed: ${error instanceof Error ? error.stack : String(error)}`)
    })
    engine.events.on('shape:held', ({ pixel, shape }) => {
      if (!life.dead) this.#shapeHolds.push({ pixel, shape, atMs: this.#time.elapsedMs })
    })
    if (this.#parts.trace === undefined) return
    for (const name of TOLD)
      engine.events.on(name, (details) => {
        if (!life.dead) this.#trace(`${name} ${JSON.stringify(details)}`)
      })
  }

  async #arrive({ events, pixel }: Arrival): Promise<void> {
    const life = this.#life
    const results: IntakeResult[] = await this.#engine.accept({
      pixel,
      contract: '2026-06',
      events: events.map(({ wire }) => wire),
      source: 'simulation',
    })
    if (life.dead) return
    this.#trace(`${events.length} events arrived for ${pixel} (${events[0]!.id}…)`)
    for (const { id, status, issues } of results) {
      if (status === 'accepted') this.#acknowledged.set(id, this.#time.elapsedMs)
      else if (status !== 'duplicate' && !this.#isHopeless(id))
        this.#tell('turnedAway', `intake answered ${status} for ${id} (${issues.map(({ code }) => code).join()})`)
    }
    this.#time.touch()
  }

  /** Too old or too early by the true time, or by that of an API whose own clock is wrong. */
  #isHopeless(id: string): boolean {
    const now = this.#time.elapsedMs
    const odd = this.#plan.judges.filter(({ fromMs, toMs }) => fromMs <= now && now < toMs + HOUR_MS)
    return [0, ...odd.map(({ clockByMs = 0 }) => clockByMs)].some((byMs) => {
      const ageMs = now + byMs - this.#plan.events.get(id)!.timeMs
      return ageMs > WINDOW_MS - this.#plan.timeoutMs - MINUTE_MS || ageMs < -DAY_MS
    })
  }

  /** How many events wait. */
  async #lookInside(): Promise<number> {
    const { unaccounted, queued, sending, held } = await this.#store.counts()
    if (unaccounted !== 0) this.#tell('lost', `${unaccounted} events unaccounted for at ${this.#time.elapsedMs} ms`)
    return queued + sending + held
  }

  #trace(line: string): void {
    this.#parts.trace?.(`${(this.#time.elapsedMs / 1_000).toFixed(3)} s  ${line}`)
  }

  #tell(alarm: Problem['alarm'], about: string): void {
    this.#problems.push({ alarm, about })
  }
}

const same = <Part>(part: Part): Part => part

/** What the engine says of itself that a timeline needs. */
const TOLD = [
  'event:refused',
  'event:expired',
  'shape:held',
  'shape:resumed',
  'pixel:held',
  'pixel:resumed',
  'clock:doubted',
  'clock:confirmed',
] as const

/** What it says of itself after which there is something to do. */
const CONSEQUENTIAL = ['shape:resumed', 'pixel:resumed', 'clock:doubted', 'clock:confirmed'] as const

const NEVER = new Promise<never>(() => {})

/** The store as one life of the process sees it: after its death no answer comes, and while a call is under way the clock stands still. */
function watched(store: Store, time: VirtualTime, life: { readonly dead: boolean }): Store {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        if (life.dead) return NEVER
        time.touch()
        const result: unknown = Reflect.apply(member, target, args)
        if (!(result instanceof Promise)) return result
        return time.during(result).then(
          (value: unknown) => (life.dead ? NEVER : value),
          (error: unknown) => {
            if (life.dead) return NEVER
            throw error
          },
        )
      }
    },
  })
}

function pixelConfig(pixelId: string, { timeoutMs }: Plan): PixelConfig {
  return {
    pixelId,
    apiKey: 'key',
    contract: '2026-06',
    preflight: pixelId.endsWith('0') ? 'never' : pixelId.endsWith('1') ? 'novel' : 'always',
    endpoint: 'https://api.example',
    timeoutMs,
    maxBodyBytes: 4_000_000,
    concurrency: 2,
    maxRequestsPerSecond: 50,
  }
}
