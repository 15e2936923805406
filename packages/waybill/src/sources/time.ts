import { readTimestamp } from '../contract/time.ts'
import { text } from './read.ts'

/** Clocks this near are taken as they are: the difference is the time that a call takes, and is another one on every retry. */
export const CLOCK_TOLERANCE_MS: number = 60_000

const DIGITS = /^\d{12,14}$/

/** A moment as a payload has it: ISO 8601 as it is, milliseconds also as a text. */
export function momentOf(value: unknown): string | number | undefined {
  const written = text(value)?.trim()
  if (written === undefined) return undefined
  return typeof value === 'number' || DIGITS.test(written) ? Number(written) : written
}

/** Unix milliseconds of a moment; `undefined` where it is none. */
export function millisecondsOf(moment: string | number | undefined): number | undefined {
  const instant = readTimestamp(moment)
  return instant.ok && Number.isFinite(instant.ms) ? instant.ms : undefined
}

/** Unix seconds, as Stripe writes them, in milliseconds. */
export function fromSeconds(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) * 1_000 : undefined
}

/** ISO 8601 in UTC by agreement of the vendor: the Z that is missing is added. */
export function utcOf(value: unknown): string | undefined {
  const written = text(value)?.trim()
  return written === undefined || /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`
}

/**
 * The moment of an action by our clock, when the sender's clock is off: it says when it sent (`sentAtMs`), and we know when that
 * was (`receivedAtMs`). All in Unix milliseconds.
 */
export function byOurClock(claimedMs: number, sentAtMs: number | undefined, receivedAtMs: number): number {
  const aheadMs = sentAtMs === undefined ? 0 : sentAtMs - receivedAtMs
  return Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS ? claimedMs : claimedMs - aheadMs
}
