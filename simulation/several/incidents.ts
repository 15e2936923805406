import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { Mishap, SeveralPlan } from './plan.ts'

/** After a stop, or once the store is back, a relay needs so long to see how it stands. */
const AFTER_MS = 2 * SECOND_MS

const IN_ORDER: ReadonlySet<Mishap['what']> = new Set(['leave', 'replace'])

/** What befell each relay, by the plan: whatever it did then, it may not have got to its end. */
export class Incidents {
  readonly #plan: SeveralPlan

  constructor(plan: SeveralPlan) {
    this.#plan = plan
  }

  /** The store cannot be reached by the relay at that moment. */
  isAway(relay: number, atMs: number): boolean {
    return this.#plan.aways.some((away) => (away.relay ?? relay) === relay && away.fromMs <= atMs && atMs < away.toMs)
  }

  /** Something befell the relay between two moments. */
  befell(relay: number, fromMs: number, toMs: number): boolean {
    const { mishaps, aways } = this.#plan
    const own = [
      ...mishaps.filter((one) => one.relay === relay),
      ...aways.filter((one) => (one.relay ?? relay) === relay),
    ]
    return own.some((one) => one.fromMs <= toMs && one.toMs + AFTER_MS >= fromMs)
  }

  /** The relay died, stood still or was cut off between two moments; an orderly end is none. */
  died(relay: number, fromMs: number, toMs: number): boolean {
    const { mishaps, aways } = this.#plan
    const own = mishaps.filter((one) => one.relay === relay && !IN_ORDER.has(one.what))
    return [...own, ...aways].some((one) => one.fromMs <= toMs && one.toMs >= fromMs)
  }

  /** The store's clock is not off, and did not step, between two moments. */
  isClockSteady(fromMs: number, toMs: number): boolean {
    return !this.#plan.storeClock.some(({ atMs }) => atMs >= fromMs - MINUTE_MS && atMs <= toMs)
  }
}
