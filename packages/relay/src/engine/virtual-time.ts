/** Virtual time: nothing waits, the clock moves when nobody has anything left to do. */
import type { Runtime } from './runtime.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly fire: () => void
}

export class VirtualTime {
  readonly #startMs: number
  #elapsedMs = 0
  #wallShiftMs = 0
  #order = 0
  #timers: Timer[] = []
  #activity = 0

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  get elapsedMs(): number {
    return this.#elapsedMs
  }

  /** The true time, which the API lives by. */
  get trueMs(): number {
    return this.#startMs + this.#elapsedMs
  }

  /** What the relay's wall clock says, counted from the start. */
  get wallElapsedMs(): number {
    return this.#elapsedMs + this.#wallShiftMs
  }

  /** Moves the relay's wall clock away from the true time. */
  shiftWall(ms: number): void {
    this.#wallShiftMs = ms
  }

  /** Says that something was done, so that the clock stands still for another turn. */
  touch(): void {
    this.#activity += 1
  }

  /** A clock for one life of the relay. After `isDead` its timers never come back. */
  runtime(random: () => number, isDead: () => boolean): Runtime {
    return {
      now: () => this.trueMs + this.#wallShiftMs,
      monotonic: () => this.#elapsedMs,
      random,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const wake = (): void => {
            this.touch()
            if (!isDead()) resolve()
          }
          if (signal?.aborted) return wake()
          const timer = this.at(this.#elapsedMs + Math.max(0, ms), wake)
          signal?.addEventListener('abort', () => {
            this.#timers = this.#timers.filter((other) => other !== timer)
            wake()
          })
        }),
    }
  }

  at(elapsedMs: number, fire: () => void): Timer {
    const timer = { atMs: elapsedMs, order: this.#order++, fire }
    this.#timers.push(timer)
    return timer
  }

  /** Lets everything happen that can happen now, then moves to the next timer; false when `untilMs` was reached. */
  async step(untilMs: number): Promise<boolean> {
    await this.#quiesce()
    this.#timers.sort((left, right) => left.atMs - right.atMs || left.order - right.order)
    const next = this.#timers[0]
    if (next === undefined || next.atMs > untilMs) {
      this.#elapsedMs = untilMs
      return false
    }
    this.#timers.shift()
    this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs)
    next.fire()
    return true
  }

  async #quiesce(): Promise<void> {
    for (let idleTurns = 0; idleTurns < 4; ) {
      const before = this.#activity
      await new Promise<void>((resolve) => setImmediate(resolve))
      idleTurns = this.#activity === before ? idleTurns + 1 : 0
    }
  }
}
