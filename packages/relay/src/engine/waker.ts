import type { Runtime } from './runtime.ts'

/** Waiting that somebody else may end early. */
export class Waker {
  readonly #runtime: Pick<Runtime, 'sleep'>
  readonly #stop: AbortSignal
  #bell = new AbortController()

  constructor(runtime: Pick<Runtime, 'sleep'>, stop: AbortSignal) {
    this.#runtime = runtime
    this.#stop = stop
  }

  /** Resolves after so long, at once when it was woken since the last wait, or when everything stops. */
  async wait(ms: number): Promise<void> {
    await this.#runtime.sleep(ms, AbortSignal.any([this.#stop, this.#bell.signal]))
    this.#bell = new AbortController()
  }

  wake(): void {
    this.#bell.abort(AWAKE)
  }
}

/** One for all, because making an error for each costs more than the waking. */
const AWAKE = Symbol('awake')
