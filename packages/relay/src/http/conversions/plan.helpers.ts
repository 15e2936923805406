/** Orders of four vendors and two shops with all that happens to them: the calls that tell of them, and the conversions that they are. */
import { DAY_MS } from 'waybill/delivery'

export { DAY_MS, HOUR_MS, MINUTE_MS } from 'waybill/delivery'

export const SHOPS = ['a', 'b'] as const
export type Shop = (typeof SHOPS)[number]
export type Vendor = 'shopify' | 'woocommerce' | 'stripe' | 'hubspot'

/** A conversion as the API has to have it, to the cent and the second. */
export interface Expected {
  readonly id: string
  readonly type: string
  readonly timestampMs: number
  readonly amount: number | undefined
  readonly currency: string | undefined
}

/** One call: what a vendor posts for a shop. */
export interface VendorCall {
  readonly vendor: Vendor
  readonly shop: Shop
  readonly topic: string
  readonly payload: object
  readonly headers: Readonly<Record<string, string>>
}

/** What became of one order: its calls, in an order that counts or in any, and the conversions that it is. */
export interface Story {
  readonly calls: readonly VendorCall[]
  readonly isOrdered: boolean
  readonly expected: readonly Expected[]
}

export interface Teller {
  readonly shop: Shop
  /** The number of the order: each shop counts from 1. */
  readonly number: number
  readonly nowMs: number
  /** A whole number below, from the seed. */
  readonly below: (limit: number) => number
}

const CURRENCIES = ['USD', 'EUR', 'GBP'] as const

/** A moment some days ago, on the second. */
export function daysAgo({ nowMs, below }: Teller, from: number, to: number): number {
  const agoMs = from * DAY_MS + below((to - from) * DAY_MS)
  return Math.floor((nowMs - agoMs) / 1_000) * 1_000
}

export const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '')
export const seconds = (ms: number): number => ms / 1_000

/** Cents, and the same as a decimal. */
export function priceOf({ below }: Teller): {
  readonly cents: number
  readonly decimal: string
  readonly currency: string
} {
  const cents = 1 + below(100_000)
  return { cents, decimal: (cents / 100).toFixed(2), currency: CURRENCIES[below(CURRENCIES.length)]! }
}

/** A small generator with a seed (mulberry32), so that a run can be repeated. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

/** The calls of all stories in a random order, some of them more than once. The calls of an ordered story keep theirs. */
export function shuffled(stories: readonly Story[], below: (limit: number) => number): VendorCall[] {
  const queues = stories.map(({ calls, isOrdered }) => {
    const repeated = calls.flatMap((call) =>
      Array.from({ length: 1 + (below(4) === 0 ? 1 + below(2) : 0) }, () => call),
    )
    return isOrdered ? repeated : inAnyOrder(repeated, below)
  })
  const told: VendorCall[] = []
  for (let open = queues.filter(({ length }) => length > 0); open.length > 0; ) {
    const at = below(open.length)
    told.push(open[at]!.shift()!)
    if (open[at]!.length === 0) open = open.toSpliced(at, 1)
  }
  return told
}

function inAnyOrder<Item>(items: readonly Item[], below: (limit: number) => number): Item[] {
  const shuffledItems = [...items]
  for (let at = shuffledItems.length - 1; at > 0; at--) {
    const other = below(at + 1)
    const kept = shuffledItems[at]!
    shuffledItems[at] = shuffledItems[other]!
    shuffledItems[other] = kept
  }
  return shuffledItems
}
