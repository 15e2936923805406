import { HALF_STEPS, halvesOf, medianOf } from './band.ts'
import type { Leaf } from './series.ts'
import { DAY_MS, type Grid, HOUR_MS, sinceMidnightMs } from './steps.ts'

/**
 * By which part of the usual everybody differs at each quarter: 1 where they don't, or where there are too few to tell.
 * On a holiday fewer come everywhere, and nobody's tracking is broken.
 */
export interface Level {
  /** What a single source is compared by. */
  readonly ofOthers: Float64Array
  /** What all together are compared by: only days that were quiet from their beginning. */
  readonly ofDay: Float64Array
}

const MIN_SOURCES = 5
const MIN_EXPECTED = 10
/** A day this far below the usual is no holiday any more. */
const LEAST_LEVEL = 0.35
const QUIET = 0.93
const NEAR_MIDNIGHT_MS = 4 * HOUR_MS

export function levelOf(leaves: readonly Leaf[], grid: Grid, timeZone: string): Level {
  const halves = smoothed(ratiosOf(leaves, grid))
  const quarters = (values: readonly number[]): Float64Array =>
    Float64Array.from(grid.steps, (_, at) => values[Math.min(Math.floor(at / HALF_STEPS), values.length - 1)] ?? 1)
  return { ofOthers: quarters(halves), ofDay: quarters(quietDays(halves, grid, timeZone)) }
}

/** The median ratio of all sources that are large enough, half hour by half hour; `NaN` where they are too few. */
function ratiosOf(leaves: readonly Leaf[], { steps }: Grid): number[] {
  const ratios: number[][] = Array.from({ length: Math.floor(steps.length / HALF_STEPS) }, () => [])
  for (const { series } of leaves) {
    const { now, median } = halvesOf(series)
    for (const [at, ratio] of ratios.entries()) if (median[at]! >= MIN_EXPECTED) ratio.push(now[at]! / median[at]!)
  }
  return ratios.map((ratio) => (ratio.length < MIN_SOURCES ? Number.NaN : medianOf(ratio)))
}

/** Half hours without enough sources, as at night, are like the nearest known one. */
function smoothed(halves: readonly number[]): number[] {
  const known = halves.map((_, at) => {
    const around = halves.slice(Math.max(0, at - 2), at + 3).filter((value) => !Number.isNaN(value))
    return around.length === 0 ? Number.NaN : Math.min(1, medianOf(around))
  })
  return known.map((value, at) => (Number.isNaN(value) ? nearest(known, at) : value))
}

function nearest(values: readonly number[], at: number): number {
  for (let distance = 1; distance < values.length; distance += 1) {
    for (const other of [values[at + distance], values[at - distance]]) {
      if (other !== undefined && !Number.isNaN(other)) return other
    }
  }
  return 1
}

/** Stretches below the usual that began near a midnight. */
function quietDays(halves: readonly number[], { steps }: Grid, timeZone: string): number[] {
  const levels = halves.map(() => 1)
  for (let from = 0; from < halves.length; from += 1) {
    if (halves[from]! >= QUIET) continue
    let until = from
    while (until < halves.length && halves[until]! < QUIET) until += 1
    const part = halves.slice(from, until)
    if (isNearMidnight(steps[from * HALF_STEPS]!, timeZone) && medianOf(part) >= LEAST_LEVEL)
      for (let at = from; at < until; at += 1) levels[at] = halves[at]!
    from = until
  }
  return levels
}

/** Where days part: what is fewer from there on may be the day's doing. */
export function isNearMidnight(atMs: number, timeZone: string): boolean {
  const clock = sinceMidnightMs(atMs, timeZone)
  return clock <= NEAR_MIDNIGHT_MS || clock >= DAY_MS - NEAR_MIDNIGHT_MS
}
