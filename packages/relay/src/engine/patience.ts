import type { Runtime } from './runtime.ts'

/** While it waits it is looked so often whether a request is full by now: more seldom the longer it may wait. */
const LOOKS = 20
const LEAST_MS = 100

/** A lease that would not be full takes only what has waited for so long; `undefined`: it takes what there is. */
export type Asking = { readonly waitedMs: number } | undefined

/** Lets a pixel wait until its next request is full, for at most `maxWaitMs` from when something was first seen to be due. */
export class Patience {
  readonly #maxWaitMs: () => number
  readonly #runtime: Pick<Runtime, 'monotonic'>
  #sinceMs: number | undefined
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(maxWaitMs: () => number, runtime: Pick<Runtime, 'monotonic'>) {
    this.#maxWaitMs = maxWaitMs
    this.#runtime = runtime
  }

  /** Whether something of the pixel is due. */
  see(isDue: boolean): void {
    if (!isDue) this.#sinceMs = undefined
    else this.#sinceMs ??= this.#runtime.monotonic()
  }

  /** How long until somebody has to look again; `undefined` where nothing waits. */
  get leftMs(): number | undefined {
    if (this.#sinceMs === undefined || this.#maxWaitMs() === 0) return undefined
    return Math.max(0, this.#sinceMs + this.#maxWaitMs() - this.#runtime.monotonic())
  }

  /** Leases what may go out now. The store's times may be of another clock: whatever they say, nothing waits longer than it may. */
  async lease<Batch>(take: (asking: Asking) => Promise<Batch | undefined>): Promise<Batch | undefined> {
    const maxWaitMs = this.#maxWaitMs()
    const { leftMs } = this
    if (maxWaitMs === 0 || leftMs === 0) return this.#taken(await take(undefined))
    const nowMs = this.#runtime.monotonic()
    if (nowMs - this.#lookedAtMs < Math.max(LEAST_MS, maxWaitMs / LOOKS)) return undefined
    this.#lookedAtMs = nowMs
    return this.#taken(await take({ waitedMs: maxWaitMs }))
  }

  #taken<Batch>(batch: Batch | undefined): Batch | undefined {
    if (batch !== undefined) {
      this.#sinceMs = undefined
      this.#lookedAtMs = Number.NEGATIVE_INFINITY
    }
    return batch
  }
}
