import { nextPace, type Pace, type PaceMoment, requestsAtATime, startPace, type Verdict } from 'waybill/delivery'
import type { PixelConfig } from './pixel.ts'
import type { Runtime } from './runtime.ts'

/** Lets the requests of one pixel out: so many at a time, so many a second, and none during a pause the API asked for. */
export class Gate {
  readonly #runtime: Runtime
  readonly #limits: () => Pick<PixelConfig, 'concurrency' | 'maxRequestsPerSecond'>
  #pace: Pace
  #inFlight = 0
  #nextAtMs = 0
  #waiting: (() => void)[] = []

  constructor(limits: () => Pick<PixelConfig, 'concurrency' | 'maxRequestsPerSecond'>, runtime: Runtime) {
    this.#limits = limits
    this.#runtime = runtime
    this.#pace = startPace(limits().concurrency)
  }

  /** Waits for a turn; false when the signal aborted first, and then nothing was taken. */
  async enter(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (signal.aborted) return false
      const now = this.#runtime.monotonic()
      const waitMs = Math.max(this.#pace.pausedUntilMs, this.#nextAtMs) - now
      if (this.#inFlight >= requestsAtATime(this.#pace)) await this.#change(signal)
      else if (waitMs > 0) await this.#runtime.sleep(waitMs, signal)
      else {
        this.#inFlight += 1
        this.#nextAtMs = Math.max(now, this.#nextAtMs) + 1_000 / this.#limits().maxRequestsPerSecond
        return true
      }
    }
  }

  /** Whoever waits comes next after what the answer says was learned, which is in the same turn of the event loop. */
  leave(): void {
    this.#inFlight -= 1
    void this.#runtime.sleep(0).then(() => this.#wake())
  }

  /** Gives how long the pixel is left alone now; `undefined` where it is not. */
  learn(verdict: Verdict, about: Pick<PaceMoment, 'leftMs' | 'delayMs'>): number | undefined {
    const nowMs = this.#runtime.monotonic()
    this.#pace = nextPace(this.#pace, verdict, { ...about, nowMs, maxInFlight: this.#limits().concurrency })
    this.#wake()
    return this.#pace.isProbing ? Math.max(0, this.#pace.pausedUntilMs - nowMs) : undefined
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
