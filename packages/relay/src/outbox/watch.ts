import type { LifecycleEvents, Runtime } from '../engine/index.ts'
import type { OutboxDatabase } from './database.ts'
import type { OutboxStanding } from './row.ts'
import type { OutboxSource } from './source.ts'

/** What a look at an outbox saw. `oldestMs`: how long the oldest waits. */
export interface OutboxSeen {
  readonly outbox: string
  readonly waiting: number
  readonly oldestMs: number
}

export interface WatchOptions {
  readonly outbox: OutboxSource
  readonly events: LifecycleEvents
  readonly runtime: Pick<Runtime, 'monotonic'>
  /** Told how much waits, every few seconds. */
  readonly onLooked?: ((seen: OutboxSeen) => void) | undefined
}

const LOOK_EVERY_MS = 5_000
/** So long nothing may wait, nor the database be away, without somebody being told. */
export const ALARM_AFTER_MS = 60_000

/** Tells when conversions wait in a shop's database for longer than a minute, or when nobody can see whether they do, and when that ends. */
export class Watch {
  readonly #options: WatchOptions
  #lookedMs = Number.NEGATIVE_INFINITY
  #oldest: bigint | undefined
  #sinceMs: number | undefined
  #isTold = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Looks at what waits, now and then. */
  async look(database: Pick<OutboxDatabase, 'standing'>): Promise<void> {
    const nowMs = this.#options.runtime.monotonic()
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return
    this.#lookedMs = nowMs
    this.#judge(await database.standing())
  }

  /** The database could not be asked, or the store took nothing. */
  failed(error: unknown): void {
    const nowMs = this.#options.runtime.monotonic()
    this.#sinceMs ??= nowMs
    if (nowMs - this.#sinceMs < ALARM_AFTER_MS) return
    this.#tell({ waiting: undefined, oldestMs: undefined, message: describe(error) })
  }

  /** What was there at the look before too is no row of a long transaction that has just committed. */
  #judge({ waiting, oldest }: OutboxStanding): void {
    const { outbox, events } = this.#options
    this.#sinceMs = undefined
    this.#options.onLooked?.({ outbox: outbox.name, waiting, oldestMs: oldest?.ageMs ?? 0 })
    const isOld = oldest !== undefined && oldest.ageMs > ALARM_AFTER_MS && oldest.place === this.#oldest
    this.#oldest = oldest?.place
    if (isOld) return this.#tell({ waiting, oldestMs: oldest.ageMs, message: undefined })
    if (!this.#isTold || (oldest !== undefined && oldest.ageMs > ALARM_AFTER_MS)) return
    this.#isTold = false
    events.emit('outbox:flows', { outbox: outbox.name })
  }

  #tell(details: { waiting: number | undefined; oldestMs: number | undefined; message: string | undefined }): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#options.events.emit('outbox:waits', { outbox: this.#options.outbox.name, ...details })
  }
}

/** The words of the database or the store; never an address with a password. */
function describe(error: unknown): string {
  const { message = '', code } = error as { readonly message?: string; readonly code?: unknown }
  const words = message.replace(/\w+:\/\/\S+/g, '[address]') || 'no answer'
  return code === undefined ? words : `${words} (${String(code)})`
}
