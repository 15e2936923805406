import type { Post } from 'waybill/client'
import { createSystemicWatch, type SystemicWatch } from 'waybill/delivery'
import type { LeasedEvent, Store } from '../store/index.ts'
import type { BatchRun } from './batch-run.ts'
import type { Clock } from './clock.ts'
import type { LifecycleEvents } from './events.ts'
import { Gate } from './gate.ts'
import type { PixelConfig } from './pixel.ts'
import type { Runtime } from './runtime.ts'

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
  readonly bytes: number
}

const MAX_SHAPES = 1_000

/** One pixel's delivery: its settings, its pace, and what was learned of its API. */
export class Line {
  readonly plant: Plant
  readonly gate: Gate
  readonly watch: SystemicWatch<Traveller> = createSystemicWatch()
  readonly trust = { names: true }
  /** Shapes of which an example is with the API just now, so that no second one is sent. */
  readonly validating: Set<string> = new Set()
  /** Holds of shapes that are being written; awaited before the batch that caused them is settled. */
  readonly holdsUnderWay: Map<string, Promise<void>> = new Map()
  readonly #known = new Set<string>()
  #config: PixelConfig
  #post: Post
  maxBodyBytes: number
  lanes = 0

  constructor(config: PixelConfig, plant: Plant) {
    this.plant = plant
    this.#config = config
    this.#post = plant.createPost(config)
    this.maxBodyBytes = config.maxBodyBytes
    this.gate = new Gate(() => this.#config, plant.runtime)
  }

  get config(): PixelConfig {
    return this.#config
  }

  get post(): Post {
    return this.#post
  }

  /** Takes new settings, such as a corrected key; requests in flight end with the old ones. */
  configure(config: PixelConfig): void {
    this.#config = config
    this.#post = this.plant.createPost(config)
    this.maxBodyBytes = config.maxBodyBytes
  }

  get knownShapes(): readonly string[] {
    return [...this.#known]
  }

  /** The API took an example of this shape. At most 1,000 are remembered, the oldest forgotten. */
  remember(shape: string): void {
    this.#known.delete(shape)
    this.#known.add(shape)
    if (this.#known.size > MAX_SHAPES) this.#known.delete(this.#known.values().next().value!)
  }
}
