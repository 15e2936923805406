import { MAX_AGE_MS } from '../contract/limits.ts'
import { readTimestamp } from '../contract/time.ts'
import { HOUR_MS, MINUTE_MS } from '../duration.ts'
import { text } from './read.ts'

/** Clocks this near are taken as they are: the difference is the time that a call takes, and is another one on every retry. */
export const CLOCK_TOLERANCE_MS: number = MINUTE_MS

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

/** Payment this soon after the order was placed belongs to it: then the time is the order's own, which the pixel has too. */
export const PAID_AT_ONCE_MS: number = HOUR_MS

/**
 * When an order became a conversion: when it was placed, or, where the money came later, when it came. An order that is brought from another
 * system is made here, and paid at once, long after it was placed: `made` says when.
 */
export function becameAt(
  placed: string | number | undefined,
  paid: string | number | undefined,
  made?: string | number | undefined,
): string | number | undefined {
  const [placedMs, paidMs] = [millisecondsOf(placed), millisecondsOf(paid)]
  if (placedMs === undefined || paidMs === undefined) return placed ?? paid
  return paidMs - Math.max(placedMs, millisecondsOf(made) ?? placedMs) > PAID_AT_ONCE_MS ? paid : placed
}

/** When a call came for something: by our clock, and by the vendor's where it says. */
export interface Touch {
  readonly receivedAtMs: number | undefined
  readonly vendorMs: number | undefined
}

/** True for what became a conversion longer ago than the API takes; by both clocks where there are two. */
export function isLongAgo(timestamp: unknown, { receivedAtMs, vendorMs = receivedAtMs }: Touch): boolean {
  const atMs = typeof timestamp === 'string' || typeof timestamp === 'number' ? millisecondsOf(timestamp) : undefined
  if (atMs === undefined || receivedAtMs === undefined || vendorMs === undefined) return false
  return receivedAtMs - atMs > MAX_AGE_MS && vendorMs - atMs > MAX_AGE_MS
}
