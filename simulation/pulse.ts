import type { Runtime } from '@waybill/relay/engine'
import type { VirtualTime } from '@waybill/relay/testing'
import type { Plan } from './plan.ts'
import { MINUTE_MS } from './units.ts'

/** How often the engine is told to look around; no other wait is as long, so that it is known by its length. */
export const PULSE_MS = 5_003
export const QUIET_PULSE_MS: number = 5 * MINUTE_MS
/** So long after something happened it may still have consequences. */
const EVENTFUL_MS = 10 * MINUTE_MS

/** Lets the engine look around seldom where nothing happens, by plan or by itself: for days that would be most of the work. */
export class Pulse {
  readonly #time: VirtualTime
  readonly #moments: readonly number[]
  readonly #sleepers = new Set<AbortController>()

  constructor(plan: Plan, time: VirtualTime) {
    this.#time = time
    this.#moments = momentsOf(plan)
  }

  slowed(runtime: Runtime): Runtime {
    return {
      ...runtime,
      sleep: (ms, signal) => (ms === PULSE_MS ? this.#sleep(runtime, signal) : runtime.sleep(ms, signal)),
    }
  }

  /** Something happened: whoever looks around seldom does so after the usual time. */
  hurry(): void {
    for (const sleeper of this.#sleepers) this.#time.at(this.#time.elapsedMs + PULSE_MS, () => sleeper.abort())
    this.#sleepers.clear()
  }

  async #sleep(runtime: Runtime, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isEventful()) return runtime.sleep(PULSE_MS, signal)
    const sleeper = new AbortController()
    this.#sleepers.add(sleeper)
    await runtime.sleep(
      QUIET_PULSE_MS,
      signal === undefined ? sleeper.signal : AbortSignal.any([signal, sleeper.signal]),
    )
    this.#sleepers.delete(sleeper)
  }

  #isEventful(): boolean {
    const now = this.#time.elapsedMs
    return this.#moments.some((atMs) => atMs > now - EVENTFUL_MS && atMs <= now + QUIET_PULSE_MS)
  }
}

/** When something happens by plan. */
function momentsOf({ arrivals, phases, dates, judges, clock, crashes }: Plan): number[] {
  const spans = [...phases, ...dates, ...judges].flatMap(({ fromMs, toMs }) => [fromMs, toMs])
  return [...spans, ...[...arrivals, ...clock].map(({ atMs }) => atMs), ...crashes]
}
