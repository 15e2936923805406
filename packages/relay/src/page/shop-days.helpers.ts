/** Seeded weeks of many pixels of all sizes, quiet unless a test makes them otherwise. */
import type { Facts, Flow, Steps, WaitingSeries } from './facts.ts'
import { grouped } from './grouped.ts'
import { HOUR_MS, QUARTER_MS, type Window, windowsOf } from './steps.ts'

export const TIME_ZONE = 'Europe/Berlin'
/** A Monday, midnight in Berlin; the clocks change within the weeks that follow. */
export const FIRST_MS: number = Date.UTC(2026, 8, 6, 22)
export const DAYS_BEFORE = 35
export const QUIET_DAYS = 28
const QUARTERS_A_DAY = 96
/** Summer time ends in Berlin. */
const CLOCKS_CHANGE_MS = Date.UTC(2026, 9, 25, 1)
const HOLIDAY = DAYS_BEFORE + 19

/** Counts by the quarter since the first. */
export interface Stream {
  readonly pixel: string
  readonly source: string
  /** Events of an ordinary day. */
  readonly daily: number
  readonly accepted: Float64Array
  readonly refused: Float64Array
  /** `undefined`: all that was accepted and not refused. */
  delivered?: Float64Array
}

export interface World {
  readonly streams: readonly Stream[]
  /** What waited of each pixel at the end of each quarter. */
  readonly waiting: ReadonlyMap<string, Float64Array>
  readonly random: Random
}

export interface WorldOptions {
  readonly seed: number
  readonly pixels?: number
  readonly days?: number
}

export function makeWorld({ seed, pixels = 300, days = DAYS_BEFORE + QUIET_DAYS }: WorldOptions): World {
  const random = new Random(seed)
  const common = Array.from({ length: days }, () => Math.exp(random.normal() * 0.04))
  const streams = Array.from({ length: pixels }, (_, at) => streamsOf(`px-${at}`, { random, days })).flat()
  for (const stream of streams) fill(stream, { random, common, days })
  const waiting = new Map([...grouped(streams, ({ pixel }) => pixel)].map(([pixel, own]) => [pixel, queueOf(own)]))
  return { streams, waiting, random }
}

const SOURCES = ['shop-backend', 'shopify', 'crm'] as const

/** From five events a day to fifty thousand, by one to three sources. */
function streamsOf(pixel: string, { random, days }: Omit<Days, 'common'>): Stream[] {
  const daily = 5 * 10 ** (random.next() * 4)
  const count = 1 + Math.floor(random.next() * SOURCES.length)
  return SOURCES.slice(0, count).map((source, at) => {
    const own = (daily * (count - at) * 2) / (count * (count + 1))
    const column = (): Float64Array => new Float64Array(days * QUARTERS_A_DAY)
    return { pixel, source, daily: own, accepted: column(), refused: column() }
  })
}

interface Days {
  readonly random: Random
  readonly common: readonly number[]
  readonly days: number
}

function fill({ daily, accepted, refused }: Stream, { random, common, days }: Days): void {
  const growth = Math.exp(random.normal() * 0.01)
  for (let day = 0; day < days; day += 1) {
    const holiday = day === HOLIDAY ? 0.55 : 1
    const level = daily * common[day]! * holiday * Math.exp(random.normal() * 0.07) * growth ** (day / 7)
    for (let quarter = 0; quarter < QUARTERS_A_DAY; quarter += 1) {
      const at = day * QUARTERS_A_DAY + quarter
      const events = random.poisson(level * SHARES[at]!)
      accepted[at] = events
      refused[at] = Math.min(events, random.poisson(events * 0.003))
    }
  }
}

/** What part of an ordinary day comes in a quarter: little at night, less at weekends. */
function shareOfQuarter(atMs: number): number {
  const local = new Date(atMs + (atMs < CLOCKS_CHANGE_MS ? 2 : 1) * HOUR_MS)
  const hour = local.getUTCHours() + local.getUTCMinutes() / 60
  const curve = 1 + 0.85 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)
  return (curve * ([0, 6].includes(local.getUTCDay()) ? 0.6 : 1)) / 96
}

const SHARES = Array.from({ length: (DAYS_BEFORE + QUIET_DAYS) * QUARTERS_A_DAY }, (_, at) =>
  shareOfQuarter(FIRST_MS + at * QUARTER_MS),
)

/** A queue in passing: what came in a few seconds. */
function queueOf(streams: readonly Stream[]): Float64Array {
  return streams[0]!.accepted.map((_, at) =>
    streams.reduce((sum, { accepted }) => sum + Math.round(accepted[at]! / 200), 0),
  )
}

/** Where a time lies in the columns. */
export const indexOf = (atMs: number): number => Math.floor((atMs - FIRST_MS) / QUARTER_MS)

export interface Asked {
  readonly fromMs: number
  readonly untilMs: number
  readonly nowMs?: number
  readonly pixel?: string
}

export function factsOf({ streams, waiting }: World, { fromMs, untilMs, nowMs = untilMs, pixel }: Asked): Facts {
  const range = { fromMs, untilMs }
  const windows = windowsOf(range, TIME_ZONE)
  const flows = streams.map(({ source, accepted, refused, delivered = accepted, ...stream }): Flow => {
    const part = (column: Float64Array): Steps => stepsIn(column, windows)
    const code = 'invalid_value'
    const counts = { accepted: part(accepted), delivered: part(delivered), refused: [{ code, steps: part(refused) }] }
    return { pixel: stream.pixel, source, ...counts }
  })
  const sampled = [...waiting].map(([one, column]): WaitingSeries => ({ pixel: one, steps: stepsIn(column, [range]) }))
  return { ...NOTHING, fromMs, untilMs, nowMs, pixel: pixel ?? null, flows, waiting: sampled }
}

/** The steps of these stretches that are not 0. */
function stepsIn(column: Float64Array, windows: readonly Window[]): Steps {
  const steps = new Map<number, number>()
  for (const { fromMs, untilMs } of windows) {
    for (let at = Math.max(0, indexOf(fromMs)); at < Math.min(column.length, indexOf(untilMs)); at += 1) {
      if (column[at]! > 0) steps.set(FIRST_MS + at * QUARTER_MS, column[at]!)
    }
  }
  return steps
}

export const NOTHING: Omit<Facts, 'fromMs' | 'untilMs' | 'nowMs' | 'pixel' | 'flows' | 'waiting'> = {
  timeZone: TIME_ZONE,
  holds: [],
  failing: [],
  clockDoubtSinceMs: null,
  marks: [],
  unaccounted: 0,
  lostFromMs: null,
}

/** Chance from a seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  poisson(mean: number): number {
    if (mean > 20) return Math.max(0, Math.round(mean + this.normal() * Math.sqrt(mean)))
    const limit = Math.exp(-mean)
    let count = -1
    for (let product = 1; product > limit; product *= this.next()) count += 1
    return Math.max(0, count)
  }
}

/** Takes back what was delivered in a quarter, and says how much that was. */
export function withoutDelivery(stream: Stream, at: number): number {
  stream.delivered ??= Float64Array.from(stream.accepted)
  const events = stream.delivered[at]!
  stream.delivered[at] = 0
  return events
}
