/** A store of many accounts and pixels with every state in it, made through the port: what is read of it was written as the relay writes. */
import type { NewEvent, Settlement, Store, Suspicion } from '@waybill/relay/store'

export interface SeedOptions {
  readonly accounts: number
  readonly pixels: number
  /** The last moment of it, Unix milliseconds. */
  readonly endMs: number
  readonly days: number
  readonly seed: number
  /** Accounts that come and are settled at a time. Default 500; numbers are kept as the relay does, once a minute of its time. */
  readonly step?: number
  readonly onProgress?: (accounts: number) => void
}

export const SEEDED_PIXELS = 300
export const SEEDED_DAYS = 33
/** Where the benches' stores end. */
export const SEEDED_UNTIL_MS: number = Date.UTC(2026, 4, 20, 15)

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const SHAPES = ['order_created|a|b|c|e', 'order_created|a|b|c|', 'lead_created|a|b||e', 'page_viewed|a|||'] as const
const SOURCES = ['shop-backend', 'shopify', 'crm-export', 'webhook/stripe'] as const
const CODES = ['invalid_event', 'missing_field', 'event_timestamp_too_old'] as const
const STEP = 500

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pixelName = (at: number): string => `px_${String(at).padStart(3, '0')}`

/** A few pixels have most of it, and all have some. */
function pixelAt(random: () => number, pixels: number): string {
  return pixelName(Math.floor(pixels * random() ** 3))
}

export async function seedStore(store: Store, options: SeedOptions): Promise<void> {
  const { accounts, endMs, days, onProgress, step = STEP } = options
  const random = randomOf(options.seed)
  const startMs = endMs - days * DAY_MS
  const held = pixelName(options.pixels - 1)
  let keptMinute = 0
  for (let at = 0; at < accounts; at += step) {
    const nowMs = Math.round(startMs + ((at + step) / accounts) * (endMs - startMs))
    const isLast = at + step >= accounts
    await store.accept(newEvents(random, options, { at, nowMs }), nowMs)
    await settleAll(store, random, { nowMs, isLast, held })
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (minute > keptMinute) while (await store.keepNumbers(nowMs));
    keptMinute = minute
    onProgress?.(Math.min(accounts, at + step))
  }
  await store.holdPixel(held, { code: 'http_401', message: 'The key is not taken.', atMs: endMs, by: 'waybill' })
  await store.replay({ state: 'refused' }, { by: 'seed', nowMs: endMs, limit: 200 })
  await store.discard({ state: 'refused' }, { by: 'seed', nowMs: endMs, limit: 500, reason: 'a test' })
  while (await store.keepNumbers(endMs));
}

function newEvents(
  random: () => number,
  { pixels, step = STEP }: SeedOptions,
  { at, nowMs }: { at: number; nowMs: number },
): NewEvent[] {
  return Array.from({ length: step }, (_, index) => {
    const shape = SHAPES[Math.floor(SHAPES.length * random() ** 2)]!
    const isRefused = random() < 0.005
    return {
      pixel: pixelAt(random, pixels),
      name: shape.split('|')[0]!,
      id: `order_${at + index}`,
      wire: '{"id":"seeded","data":{}}',
      shape,
      timestampMs: nowMs - Math.floor(2 ** (random() * 16)),
      source: SOURCES[Math.floor(SOURCES.length * random() ** 2)]!,
      issues: isRefused
        ? [{ code: 'missing_field', path: 'data', message: 'data is missing.', severity: 'error' }]
        : [],
      ...(isRefused && { state: 'refused' as const }),
      amount: 100 + Math.floor(random() * 10_000),
      currency: random() < 0.8 ? 'EUR' : 'USD',
    }
  })
}

interface Settling {
  readonly nowMs: number
  readonly isLast: boolean
  /** Of this pixel nothing leaves any more. */
  readonly held: string
}

/** Nearly all is delivered; of the last step some waits, some is suspected, and of one pixel all is held. */
async function settleAll(store: Store, random: () => number, { nowMs, isLast, held }: Settling): Promise<void> {
  const { pixels } = await store.ready(nowMs)
  const leases = await Promise.all(
    pixels
      .filter((pixel) => pixel !== held)
      .map(async (pixel) => ({ pixel, lease: await store.lease({ pixel, limit: 500, nowMs, leaseMs: MINUTE_MS }) })),
  )
  // Together they share one commit.
  await Promise.all(
    leases.map(async ({ pixel, lease }) => {
      if (lease === undefined) return
      const rows = lease.events.map(({ row }) => row)
      const settlements = split(rows, random, { nowMs, isLast })
      const about = { durationMs: 50 + random() * 400, status: 200, verdict: 'delivered', validateOnly: false }
      const request = { ...about, ambiguous: false, pixel, atMs: nowMs, rows }
      await store.settle({ token: lease.token, settlements, nowMs: nowMs + 500, request })
      await store.release(lease.token)
    }),
  )
}

function split(
  rows: readonly number[],
  random: () => number,
  { nowMs, isLast }: { nowMs: number; isLast: boolean },
): Settlement[] {
  const parts = { delivered: [] as number[], refused: [] as number[], expired: [] as number[], suspect: [] as number[] }
  for (const row of rows) {
    const die = random()
    if (die < 0.01) parts.refused.push(row)
    else if (die < 0.012) parts.expired.push(row)
    else if (isLast && die < 0.05) parts.suspect.push(row)
    else if (!isLast || die < 0.5) parts.delivered.push(row)
  }
  const code = CODES[Math.floor(CODES.length * random())]!
  const suspicion: Suspicion = { kind: 'refused', times: 1, firstMs: nowMs, code, message: 'It was refused once.' }
  return [
    { to: 'delivered', rows: parts.delivered },
    { to: 'refused', rows: parts.refused, code, message: 'The API refused it.' },
    { to: 'expired', rows: parts.expired, code: 'event_timestamp_too_old', message: 'Its window closed.' },
    { to: 'queued', rows: parts.suspect, dueMs: nowMs + DAY_MS, suspicion },
  ].filter(({ rows: some }) => some.length > 0) as Settlement[]
}
