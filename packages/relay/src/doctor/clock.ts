import { MINUTE_MS } from 'waybill/delivery'
import { type Finding, secondsText } from './finding.ts'

/** How far the API's clock is from this machine's. */
export interface ClockFacts {
  readonly origin: string
  /** Positive where the API is ahead, so that this machine is behind. `undefined` where the answer had no `Date`. */
  readonly skewMs: number | undefined
}

const NOTABLE_MS = 5_000
/** From here on the relay doubts its clock, and nothing expires. */
const WRONG_MS = MINUTE_MS
const NEXT = 'Set it, and run a time service (timedatectl set-ntp true, or chrony).'

export function judgeClock({ origin, skewMs }: ClockFacts): Finding {
  const about = { check: 'clock', about: origin } as const
  if (skewMs === undefined) {
    return { ...about, level: 'warning', message: 'sent no Date to compare with', next: 'Check the clock by hand.' }
  }
  const distanceMs = Math.abs(skewMs)
  const side = skewMs > 0 ? 'behind' : 'ahead of'
  const message =
    distanceMs === 0 ? 'this machine agrees with it' : `this machine is ${secondsText(distanceMs)} ${side} it`
  if (distanceMs <= NOTABLE_MS) return { ...about, level: 'ok', message }
  return { ...about, level: distanceMs > WRONG_MS ? 'wrong' : 'warning', message, next: NEXT }
}

/** An answer's `Date`, and the moments between which it was written. Unix milliseconds. */
export interface DatedAnswer {
  readonly date: string | null
  readonly sentMs: number
  readonly receivedMs: number
}

const RESOLUTION_MS = 999

/** The least distance that explains what was seen: `Date` counts whole seconds, and an answer takes its time. */
export function skewOf({ date, sentMs, receivedMs }: DatedAnswer): number | undefined {
  const dateMs = Date.parse(date ?? '')
  if (Number.isNaN(dateMs)) return undefined
  return Math.max(0, dateMs - receivedMs) + Math.min(0, dateMs + RESOLUTION_MS - sentMs)
}
