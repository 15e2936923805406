import { nextPace, type Pace, type PaceMoment, requestsAtATime, startPace } from '../pace.ts'
import type { Verdict } from '../verdict.ts'

export interface GateLimits {
  /** Requests at a time. */
  readonly concurrency: number
  /** Default: any number. */
  readonly maxRequestsPerSecond?: number
}

export interface GateClock {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number
  /** Waits so many milliseconds, or until the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The pace of a pixel for whoever goes on with it. Times are of the gate's clock. */
export interface GateNote extends Pace {
  /** The next request goes out no sooner. */
  readonly nextAtMs: number
}

/** `turn`: like any request. `canary`: our own pauses do not count, and those that the API asked for do. */
export type Entry = 'turn' | 'canary'

/** Lets the requests of one pixel out: so many at a time, so many a second, and none during a pause that the API asked for. */
export class Gate {
  readonly #clock: GateClock
  readonly #limits: () => GateLimits
  #pace: Pace
  #inFlight = 0
  #nextAtMs = 0
  #waiting: (() => void)[] = []

  constructor(limits: () => GateLimits, clock: GateClock) {
    this.#limits = limits
    this.#clock = clock
    this.#pace = startPace(limits().concurrency)
  }

  /** Waits for a turn; false when the signal aborted first, and then nothing was taken. */
  async enter(signal: AbortSignal, entry: Entry = 'turn'): Promise<boolean> {
    for (;;) {
      if (signal.aborted) return false
      const now = this.#clock.monotonic()
      const waitMs = Math.max(this.#pausedUntilMs(entry), this.#nextAtMs) - now
      if (entry === 'turn' && this.#inFlight >= requestsAtATime(this.#pace)) await this.#change(signal)
      else if (waitMs > 0) await this.#clock.sleep(waitMs, signal)
      else {
        this.#inFlight += 1
        const { maxRequestsPerSecond = Number.POSITIVE_INFINITY } = this.#limits()
        this.#nextAtMs = Math.max(now, this.#nextAtMs) + 1_000 / maxRequestsPerSecond
        return true
      }
    }
  }

  #pausedUntilMs(entry: Entry): number {
    return entry === 'turn' ? this.#pace.pausedUntilMs : this.#pace.askedUntilMs
  }

  /** A pause began after a turn was given. */
  isPaused(entry: Entry): boolean {
    return this.#pausedUntilMs(entry) > this.#clock.monotonic()
  }

  leave(): void {
    this.#inFlight -= 1
    this.#wake()
  }

  /** Gives how long the pixel is left alone now; `undefined` where it is not. */
  learn(verdict: Verdict, about: Pick<PaceMoment, 'leftMs' | 'delayMs'>): number | undefined {
    const nowMs = this.#clock.monotonic()
    this.#pace = nextPace(this.#pace, verdict, { ...about, nowMs, maxInFlight: this.#limits().concurrency })
    this.#wake()
    return this.#pace.isProbing ? Math.max(0, this.#pace.pausedUntilMs - nowMs) : undefined
  }

  /** What somebody else needs to go on at this pace. */
  note(): GateNote {
    return { ...this.#pace, inFlight: Math.max(1, Math.floor(this.#pace.inFlight)), nextAtMs: this.#nextAtMs }
  }

  /** Goes on at another's pace; its clock was `shiftMs` behind this gate's. */
  recall({ nextAtMs, ...pace }: GateNote, shiftMs: number): void {
    this.#pace = {
      ...pace,
      inFlight: Math.min(pace.inFlight, this.#limits().concurrency),
      pausedUntilMs: pace.pausedUntilMs + shiftMs,
      askedUntilMs: pace.askedUntilMs + shiftMs,
      pausedAtMs: pace.pausedAtMs + shiftMs,
      failingSinceMs: pace.failingSinceMs + shiftMs,
    }
    this.#nextAtMs = nextAtMs + shiftMs
    this.#wake()
  }

  /** How the pixel is treated now: requests under way, and how long it is left alone. */
  standing(): { readonly inFlight: number; readonly waitsMs: number } {
    return { inFlight: this.#inFlight, waitsMs: Math.max(0, this.#pace.pausedUntilMs - this.#clock.monotonic()) }
  }

  /** Milliseconds since nothing came back; 0 while something does. */
  outageMs(): number {
    return this.#pace.failures === 0 ? 0 : this.#clock.monotonic() - this.#pace.failingSinceMs
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done)
      this.#waiting.push(done)
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
