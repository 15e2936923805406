import type { Contract, ContractSetting } from 'waybill'
import { type AccountContract, createAccountContract, type Post } from 'waybill/client'
import { createSystemicWatch, type SystemicWatch } from 'waybill/delivery'
import type { LeasedEvent, Settlement, Store } from '../store/index.ts'
import type { BatchRun } from './batch-run.ts'
import type { Clock } from './clock.ts'
import { contractKey, contractNote, contractsIn } from './contract-note.ts'
import type { LifecycleEvents } from './events.ts'
import { Gate } from './gate.ts'
import type { PixelConfig } from './pixel.ts'
import type { Runtime } from './runtime.ts'
import { TlsWatch } from './tls-watch.ts'

/** What every pixel's delivery shares. */
export interface Plant {
  readonly store: Store
  readonly clock: Clock
  readonly events: LifecycleEvents
  readonly runtime: Runtime
  readonly createPost: (config: PixelConfig) => Post
  /** Aborted when the grace period is over: requests in flight are given up. */
  readonly signal: AbortSignal
  /** Aborted as soon as stopping begins: pauses end at once. */
  readonly pauseSignal: AbortSignal
  /** True from the moment of stopping: nothing new goes out. */
  readonly isStopping: () => boolean
}

/** An event on its way, with the batch it travels in. */
export interface Traveller extends LeasedEvent {
  readonly run: BatchRun
  /** What became of it, once that is certain. */
  ending: Ending | undefined
}

/** How a batch ends for one of its events. */
export interface Ending {
  readonly to: Settlement['to']
  readonly code: string | undefined
  readonly message: string | undefined
  readonly dueMs: number
}

/** Why a line stands still although the engine works: its pixel was taken out of the configuration, or an operator holds it. */
export type Halt = 'unconfigured' | 'held'

const MAX_SHAPES = 1_000

/**
 * One pixel's delivery: its settings, its pace, and what was learned of its API. While it is halted, a request in flight ends, its
 * answer is settled, and the rest of its batch returns to the queue.
 */
export class Line {
  /** The engine's, with a stop of this line's own. */
  readonly plant: Plant
  readonly gate: Gate
  readonly watch: SystemicWatch<Traveller> = createSystemicWatch()
  readonly trust = { names: true }
  /** Shapes of which an example is with the API just now, so that no second one is sent. */
  readonly validating: Set<string> = new Set()
  /** Holds of shapes that are being written; awaited before the batch that caused them is settled. */
  readonly holdsUnderWay: Map<string, Promise<void>> = new Map()
  readonly #known = new Set<string>()
  #newest: string | undefined
  readonly #shared: Plant
  readonly #halts = new Set<Halt>()
  readonly #tls: TlsWatch
  #config: PixelConfig
  #post: Post
  #account: AccountContract | undefined
  #stop = new AbortController()
  /** Aborted when the engine stops or this line is halted: pauses end, and nobody waits at the gate. */
  #pauseSignal: AbortSignal
  maxBodyBytes: number
  lanes = 0
  /** An API that sends no `Date` is asked once. */
  hasAskedTime = false

  constructor(config: PixelConfig, shared: Plant) {
    this.#shared = shared
    this.#config = config
    this.#tls = new TlsWatch(config.pixelId, shared.events)
    this.#post = this.#watched(config)
    this.#pauseSignal = AbortSignal.any([shared.pauseSignal, this.#stop.signal])
    this.plant = this.#ownPlant()
    this.maxBodyBytes = config.maxBodyBytes
    this.gate = new LineGate(
      () => this.#config,
      shared.runtime,
      () => this.#pauseSignal,
    )
  }

  #ownPlant(): Plant {
    const shared = this.#shared
    const pauseSignal = (): AbortSignal => this.#pauseSignal
    return {
      ...shared,
      isStopping: () => this.isHalted || shared.isStopping(),
      get pauseSignal() {
        return pauseSignal()
      },
    }
  }

  /** Every request, also one that only asks for the time. */
  #watched(config: PixelConfig, reads?: readonly Contract[]): Post {
    const direct = this.#shared.createPost(config)
    const post: Post = async (body, options) => this.#tls.see(await direct(body, options))
    const { clock, store } = this.#shared
    this.#account =
      config.contract === 'auto'
        ? createAccountContract({
            post,
            now: () => clock.now(),
            known: reads,
            onLearned: (contracts) => void store.setMeta(...contractNote(config, contracts)).catch(() => {}),
          })
        : undefined
    return this.#account?.post ?? post
  }

  /** What the account was found to read in an earlier life of the relay. */
  async recall(): Promise<void> {
    if (this.#account === undefined || this.#account.reads !== undefined) return
    const reads = contractsIn(await this.#shared.store.getMeta(contractKey(this.#config.pixelId)), this.#config)
    if (reads !== undefined && this.#account?.reads === undefined) this.#post = this.#watched(this.#config, reads)
  }

  /** What events of this pixel are to be judged by: under `auto`, what its account is known to read. */
  get form(): ContractSetting {
    return this.#account?.form ?? this.#config.contract
  }

  /** Under `auto`: the generations that the account said it reads; `undefined` until it was asked. */
  get reads(): readonly Contract[] | undefined {
    return this.#account?.reads
  }

  get isHalted(): boolean {
    return this.#halts.size > 0
  }

  halt(why: Halt): void {
    this.#halts.add(why)
    this.#stop.abort()
  }

  /** Ends one reason to stand still; what it learned before is still known. */
  goOn(why: Halt): void {
    if (!this.#halts.delete(why) || this.isHalted) return
    this.#stop = new AbortController()
    this.#pauseSignal = AbortSignal.any([this.#shared.pauseSignal, this.#stop.signal])
  }

  get config(): PixelConfig {
    return this.#config
  }

  get post(): Post {
    return this.#post
  }

  /** Takes new settings, such as a corrected key; requests in flight end with the old ones. */
  configure(config: PixelConfig): void {
    const isSame = this.#config.endpoint === config.endpoint && this.#config.apiKey === config.apiKey
    const reads = isSame ? this.reads : undefined
    this.#config = config
    this.#post = this.#watched(config, reads)
    this.maxBodyBytes = config.maxBodyBytes
  }

  get knownShapes(): readonly string[] {
    return [...this.#known]
  }

  /** The API took an example of this shape. At most 1,000 are remembered, the oldest forgotten. */
  remember(shape: string): void {
    if (shape === this.#newest) return
    this.#newest = shape
    this.#known.delete(shape)
    this.#known.add(shape)
    if (this.#known.size > MAX_SHAPES) this.#known.delete(this.#known.values().next().value!)
  }
}

/** Whoever waits at the gate of a line that stands still goes away, however long the API's pause is. */
class LineGate extends Gate {
  readonly #pauseSignal: () => AbortSignal

  constructor(limits: ConstructorParameters<typeof Gate>[0], runtime: Runtime, pauseSignal: () => AbortSignal) {
    super(limits, runtime)
    this.#pauseSignal = pauseSignal
  }

  override enter(signal: AbortSignal): Promise<boolean> {
    return signal.aborted ? Promise.resolve(false) : super.enter(this.#pauseSignal())
  }
}
