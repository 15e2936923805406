/**
 * What time it is for the API. Events end by their age, so a clock that jumped would end them wrongly. Until the API's first
 * answer this is the wall clock, and one that parts from the monotonic clock is in doubt: while it is, nothing expires, and the
 * API is asked. From the first answer on it goes by the monotonic clock and by the `Date` of the answers.
 */
import type { LifecycleEvents } from './events.ts'
import type { Runtime } from './runtime.ts'

/** A minute: more than any honest drift between two looks, less than matters for a window of seven days. */
const TOLERANCE_MS = 60_000
/** `Date` counts whole seconds and an answer takes its time; less than this says nothing. */
const RESOLUTION_MS = 2_000

export class Clock {
  readonly #runtime: Runtime
  readonly #events: LifecycleEvents
  readonly #bootOffsetMs: number
  /** Unix time less monotonic time. */
  #offsetMs: number
  #answered = false
  #doubted = false
  #skewMs = 0

  constructor(runtime: Runtime, events: LifecycleEvents) {
    this.#runtime = runtime
    this.#events = events
    this.#bootOffsetMs = runtime.now() - runtime.monotonic()
    this.#offsetMs = this.#bootOffsetMs
  }

  /** Unix milliseconds, as near to the API's clock as is known. */
  now(): number {
    return this.#answered ? Math.round(this.#runtime.monotonic() + this.#offsetMs) : this.#runtime.now()
  }

  /** How far the API's clock was ahead of this machine's, as last seen. */
  get skewMs(): number {
    return this.#skewMs
  }

  /** How far `now()` may be off. */
  get uncertaintyMs(): number {
    return RESOLUTION_MS
  }

  /** False while nothing may expire, and the API should be asked for its `Date`, because nothing else tells the time. */
  isTrusted(): boolean {
    if (this.#answered) return true
    const jumpedMs = this.#runtime.now() - this.#runtime.monotonic() - this.#bootOffsetMs
    if (Math.abs(jumpedMs) > TOLERANCE_MS) this.#doubt('the clock of this machine jumped')
    return !this.#doubted
  }

  /** Takes the `Date` of an answer of the API. */
  observe(dateHeader: string | null | undefined): void {
    const serverMs = Date.parse(dateHeader ?? '')
    if (Number.isNaN(serverMs)) return
    const wasWrong = Math.abs(serverMs - this.now()) > TOLERANCE_MS
    const agrees = Math.abs(serverMs - this.now()) <= RESOLUTION_MS
    this.#offsetMs = (agrees ? this.now() : serverMs) - this.#runtime.monotonic()
    this.#answered = true
    this.#skewMs = serverMs - this.#runtime.now()
    if (Math.abs(this.#skewMs) > TOLERANCE_MS)
      this.#doubt("the API's clock differs from this machine's by more than a minute")
    if (wasWrong || (this.#doubted && Math.abs(this.#skewMs) <= TOLERANCE_MS)) {
      this.#doubted = Math.abs(this.#skewMs) > TOLERANCE_MS
      this.#events.emit('clock:confirmed', { skewMs: this.#skewMs })
    }
  }

  #doubt(reason: string): void {
    if (this.#doubted) return
    this.#doubted = true
    this.#events.emit('clock:doubted', { reason })
  }
}
