/** The stretch of time that the page looks at, as the URL holds it. */

export const RANGES = ['today', 'yesterday', '24h', '7d', '28d'] as const
export type RangeName = (typeof RANGES)[number]

/** What every address may carry: pixel and range stay when the page changes. */
export interface Scope {
  readonly pixel?: string
  readonly range?: RangeName
  /** Unix milliseconds; both, where the range is one of the reader's own. */
  readonly from?: string
  readonly until?: string
}

export interface Range {
  readonly fromMs: number
  readonly untilMs: number
  /** It ends with the present moment and moves along. */
  readonly isLive: boolean
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Ends of living ranges are whole minutes, so that an answer can be kept for a while. */
const GRAIN_MS = 60_000

/** Days begin at the reader's midnight. */
export function rangeOf({ range = 'today', from, until }: Scope, nowMs: number): Range {
  const [fromMs, untilMs] = [timeOf(from), timeOf(until)]
  if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs) return { fromMs, untilMs, isLive: false }
  const end = Math.ceil((nowMs + 1) / GRAIN_MS) * GRAIN_MS
  const midnight = midnightBefore(nowMs)
  if (range === 'yesterday') return { fromMs: midnightBefore(midnight - 1), untilMs: midnight, isLive: false }
  if (range === 'today') return { fromMs: midnight, untilMs: end, isLive: true }
  const lengths = { '24h': DAY_MS, '7d': 7 * DAY_MS, '28d': 28 * DAY_MS }
  return { fromMs: Math.floor((end - lengths[range]) / GRAIN_MS) * GRAIN_MS, untilMs: end, isLive: true }
}

function midnightBefore(atMs: number): number {
  const day = new Date(atMs)
  day.setHours(0, 0, 0, 0)
  return day.getTime()
}

/** Unix milliseconds, or ISO 8601. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}
