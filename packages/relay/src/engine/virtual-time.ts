/** Virtual time: nothing waits, the clock moves when nobody has anything left to do. */
import type { Runtime } from './runtime.ts'

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly fire: () => void
}

/** Turns of the event loop in which nothing happened, after which nothing will. */
const IDLE_TURNS = 4

export class VirtualTime {
  readonly #startMs: number
  #elapsedMs = 0
  #wallShiftMs = 0
  #order = 0
  #timers: Timer[] = []
  #activity = 0
  #busy = 0

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  get elapsedMs(): number {
    return this.#elapsedMs
  }

  /** The true time, which no clock of the simulation has to show. */
  get trueMs(): number {
    return this.#startMs + this.#elapsedMs
  }

  /** How far the machine's wall clock is from the true time. */
  get wallShiftMs(): number {
    return this.#wallShiftMs
  }

  /** Moves the machine's wall clock away from the true time; its monotonic clock goes on. */
  shiftWall(ms: number): void {
    this.#wallShiftMs = ms
  }

  /** Says that something was done, so that the clock stands still for another turn. */
  touch(): void {
    this.#activity += 1
  }

  /** Keeps the clock still until the work is done, however many turns of the event loop it takes. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#busy += 1
    try {
      return await work
    } finally {
      this.#busy -= 1
      this.touch()
    }
  }

  /** The clocks of one process: the monotonic one begins with it. After `isDead` its timers never come back. */
  runtime(random: () => number, isDead: () => boolean): Runtime {
    const bootMs = this.#elapsedMs
    return {
      now: () => this.trueMs + this.#wallShiftMs,
      monotonic: () => this.#elapsedMs - bootMs,
      random,
      sleep: (ms, signal) => this.#sleep(ms, signal, isDead),
    }
  }

  #sleep(ms: number, signal: AbortSignal | undefined, isDead: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', abort)
        this.touch()
        if (!isDead()) resolve()
      }
      const abort = (): void => {
        this.#timers = this.#timers.filter((other) => other !== timer)
        wake()
      }
      if (signal?.aborted) return wake()
      const timer = this.at(this.#elapsedMs + Math.max(0, ms), wake)
      signal?.addEventListener('abort', abort)
    })
  }

  at(elapsedMs: number, fire: () => void): Timer {
    const timer = { atMs: elapsedMs, order: this.#order++, fire }
    this.#timers.push(timer)
    return timer
  }

  /** Lets everything happen that can happen now, then moves to the next timer; false when `untilMs` was reached. */
  async step(untilMs: number): Promise<boolean> {
    await this.#quiesce()
    const next = this.#timers.reduce<Timer | undefined>(earlier, undefined)
    if (next === undefined || next.atMs > untilMs) {
      this.#elapsedMs = untilMs
      return false
    }
    this.#timers.splice(this.#timers.indexOf(next), 1)
    this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs)
    next.fire()
    return true
  }

  async #quiesce(): Promise<void> {
    for (let idleTurns = 0; idleTurns < IDLE_TURNS; ) {
      const before = this.#activity
      await new Promise<void>((resolve) => setImmediate(resolve))
      idleTurns = this.#activity === before && this.#busy === 0 ? idleTurns + 1 : 0
    }
  }
}

function earlier(first: Timer | undefined, second: Timer): Timer {
  if (first === undefined) return second
  return second.atMs < first.atMs || (second.atMs === first.atMs && second.order < first.order) ? second : first
}
