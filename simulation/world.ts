/** One simulated life of the relay: arrivals, faults and crashes by a seed, and at the end an account of every event. */
import { Engine, type IntakeResult, type PixelConfig } from '@waybill/relay/engine'
import type { Store } from '@waybill/relay/store'
import { VirtualTime } from '@waybill/relay/testing'
import { createSimulatedApi, type Phase, type SimulatedApi } from './api.ts'
import type { Plan } from './plan.ts'

/** What a life is made with; a broken part put in here must be found by the oracle. */
export interface Parts {
  /** A fresh, empty store whose leases last by this clock; `reopen` is what a crash does to it. */
  readonly openStore: (
    monotonicMs: () => number,
  ) => Promise<{ store: Store; reopen: () => Promise<Store>; remove: () => Promise<void> }>
  /** Breaks the store on purpose. */
  readonly breakStore?: (store: Store) => Store
  /** Breaks the way to the API on purpose. */
  readonly breakFetch?: (send: typeof fetch) => typeof fetch
}

/** Everything the oracle looks at. */
export interface Life {
  readonly plan: Plan
  readonly api: SimulatedApi
  readonly store: Store
  /** Event id → when intake acknowledged it, elapsed milliseconds. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly problems: readonly string[]
  readonly crashes: number
  readonly steps: number
}

const START_MS = Date.UTC(2026, 2, 19, 4)
const GRACE_MS = 10_000

export async function live(plan: Plan, parts: Parts, look: (life: Life) => Promise<void>): Promise<void> {
  const time = new VirtualTime(START_MS)
  const api = createSimulatedApi({
    time,
    random: plan.stream('api'),
    phases: plan.phases,
    poison: plan.poison,
    errors: plan.errors,
  })
  const opened = await parts.openStore(() => time.elapsedMs)
  const world = new World(plan, parts, time, api, opened.store, opened.reopen)
  try {
    await look(await world.run())
  } finally {
    await opened.remove()
  }
}

class World {
  readonly #plan: Plan
  readonly #parts: Parts
  readonly #time: VirtualTime
  readonly #api: SimulatedApi
  readonly #reopen: () => Promise<Store>
  readonly #acknowledged = new Map<string, number>()
  readonly #problems: string[] = []
  #store: Store
  #engine: Engine
  #life = { dead: false }
  #crashes = 0
  #steps = 0

  constructor(
    plan: Plan,
    parts: Parts,
    time: VirtualTime,
    api: SimulatedApi,
    store: Store,
    reopen: () => Promise<Store>,
  ) {
    this.#plan = plan
    this.#parts = parts
    this.#time = time
    this.#api = api
    this.#store = store
    this.#reopen = reopen
    this.#engine = this.#boot()
  }

  async run(): Promise<Life> {
    for (const arrival of this.#plan.arrivals)
      this.#time.at(arrival.atMs, () => void this.#arrive(arrival.events, arrival.pixel))
    for (const atMs of this.#plan.crashes) this.#time.at(atMs, () => this.#queueCrash())
    for (const { atMs, byMs } of this.#plan.clockShifts) this.#time.at(atMs, () => this.#time.shiftWall(byMs))
    for (;;) {
      const more = await this.#time.step(this.#plan.endMs)
      this.#steps += 1
      if (this.#crashWanted) await this.#crash()
      if (this.#steps % 50 === 0 || !more) await this.#lookInside()
      if (!more) break
    }
    let ended = false
    void this.#engine.stop(GRACE_MS).then(() => {
      ended = true
    })
    while (!ended && (await this.#time.step(this.#plan.endMs + 10 * GRACE_MS)));
    if (!ended) this.#problems.push('I5: the engine did not stop')
    return {
      plan: this.#plan,
      api: this.#api,
      store: this.#store,
      acknowledged: this.#acknowledged,
      problems: this.#problems,
      crashes: this.#crashes,
      steps: this.#steps,
    }
  }

  #crashWanted = false

  #queueCrash(): void {
    this.#crashWanted = true
  }

  /** The process is gone in the middle of whatever it did; only what was committed is left. */
  async #crash(): Promise<void> {
    this.#crashWanted = false
    this.#crashes += 1
    this.#life.dead = true
    this.#life = { dead: false }
    this.#store = await this.#reopen()
    this.#engine = this.#boot()
  }

  #boot(): Engine {
    const life = this.#life
    this.#api.begin()
    const { breakStore = (store) => store, breakFetch = (send) => send } = this.#parts
    const mortal: typeof fetch = async (url, init) => {
      const response = await this.#api.fetch(url, init)
      return life.dead ? NEVER : response
    }
    const engine = new Engine({
      store: breakStore(watched(this.#store, this.#time, life)),
      pixels: this.#plan.pixels.map(pixelConfig),
      runtime: this.#time.runtime(this.#plan.stream(`life ${this.#crashes}`), () => life.dead),
      fetch: breakFetch(mortal),
      pulseMs: 5 * 60_000,
    })
    engine.events.on('engine:failed', ({ error }) => {
      if (!life.dead) this.#problems.push(`the engine failed: ${error instanceof Error ? error.stack : String(error)}`)
    })
    engine.start()
    return engine
  }

  async #arrive(events: readonly object[], pixel: string): Promise<void> {
    const life = this.#life
    const results: IntakeResult[] = await this.#engine.accept({
      pixel,
      contract: '2026-06',
      events,
      source: 'simulation',
    })
    if (life.dead) return
    for (const { id, status } of results) {
      if (status === 'accepted') this.#acknowledged.set(id, this.#time.elapsedMs)
      else if (status !== 'duplicate' && !this.#isTooOld(id))
        this.#problems.push(`I1: intake answered ${status} for ${id}`)
    }
    this.#time.touch()
  }

  /** By the true time or by the relay's wall clock, which is all it has before the API's first answer. */
  #isTooOld(id: string): boolean {
    const ages = [this.#time.elapsedMs, this.#time.wallElapsedMs].map((nowMs) => nowMs - this.#plan.events.get(id)!)
    return ages.some((ageMs) => ageMs > 7 * 24 * 60 * 60_000 || ageMs < -24 * 60 * 60_000)
  }

  async #lookInside(): Promise<void> {
    const { unaccounted } = await this.#store.counts()
    if (unaccounted !== 0)
      this.#problems.push(`I1: ${unaccounted} events unaccounted for at ${this.#time.elapsedMs} ms`)
  }
}

const NEVER = new Promise<never>(() => {})

/** The store as one life of the process sees it: after its death no answer comes, and every call keeps the clock from moving on. */
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
        return result.then(
          (value: unknown) => {
            time.touch()
            return life.dead ? NEVER : value
          },
          (error: unknown) => {
            time.touch()
            if (life.dead) return NEVER
            throw error
          },
        )
      }
    },
  })
}

function pixelConfig(pixelId: string): PixelConfig {
  return {
    pixelId,
    apiKey: 'key',
    contract: '2026-06',
    preflight: pixelId.endsWith('0') ? 'never' : pixelId.endsWith('1') ? 'novel' : 'always',
    endpoint: 'https://api.example',
    timeoutMs: 30_000,
    maxBodyBytes: 4_000_000,
    concurrency: 2,
    maxRequestsPerSecond: 10,
  }
}

export type { Phase }
