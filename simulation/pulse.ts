import type { Runtime } from '@waybill/relay/engine'
import type { Plan } from './plan.ts'
import { MINUTE_MS } from './units.ts'

/** How often the engine is told to look around; no other wait is as long, so that it is known by its length. */
export const PULSE_MS = 5_003
export const QUIET_PULSE_MS: number = 5 * MINUTE_MS
/** So long after something happened it may still have consequences. */
const EVENTFUL_MS = 10 * MINUTE_MS

/** Lets the engine look around seldom where nothing happens by plan: for days that would be most of the work. */
export function withSlowPulse(runtime: Runtime, plan: Plan, elapsedMs: () => number): Runtime {
  const moments = momentsOf(plan)
  const pulseMs = (): number => {
    const now = elapsedMs()
    const isEventful = moments.some((atMs) => atMs > now - EVENTFUL_MS && atMs <= now + QUIET_PULSE_MS)
    return isEventful ? PULSE_MS : QUIET_PULSE_MS
  }
  return { ...runtime, sleep: (ms, signal) => runtime.sleep(ms === PULSE_MS ? pulseMs() : ms, signal) }
}

/** When something happens by plan. */
function momentsOf({ arrivals, phases, dates, judges, clock, crashes }: Plan): number[] {
  const spans = [...phases, ...dates, ...judges].flatMap(({ fromMs, toMs }) => [fromMs, toMs])
  return [...spans, ...[...arrivals, ...clock].map(({ atMs }) => atMs), ...crashes]
}
