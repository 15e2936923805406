import type { Steps } from './facts.ts'
import { merged, type Series, seriesOf } from './series.ts'
import { gridOf, type Window } from './steps.ts'

/**
 * What is usual: the median of the same weekday and hour of the weeks before, and around it as much as such counts differ by
 * themselves. Counts differ by their root, so all is measured in roots (Anscombe): there the spread of pure chance is 1.
 */

export interface Band {
  /** `NaN` where there are not enough weeks. */
  readonly low: Float64Array
  readonly median: Float64Array
  readonly high: Float64Array
  /** Fewest weeks known of a step. */
  readonly weeks: number
}

/** Three weeks of an hour are the least that is compared with. */
export const MIN_WEEKS = 3
/** How many spreads away from the median the band ends. */
const WIDTH = 4
/** Days differ by this part at least, whatever three to five of them say. */
const LEAST_SPREAD = 0.06
/** Turns the median of distances into a standard deviation. */
const MAD_TO_SPREAD = 1.4826
const HOUR_STEPS = 4
/** So many steps tell how much counts usually differ. */
const ENOUGH = 48
/** Lets pass what lies near the band's end. */
const MARGIN = 0.8

const root = (count: number): number => 2 * Math.sqrt(count + 3 / 8)
const unroot = (value: number): number => Math.max(0, (Math.max(value, 0) / 2) ** 2 - 3 / 8)

/** What is usual for each step of a series whose steps are quarters of an hour taken together by `factor`. */
export interface Usual {
  readonly samples: readonly Samples[]
  /** `NaN` where there are not enough weeks. */
  readonly median: Float64Array
}

export function usualOf({ before, now }: Series, factor: number): Usual {
  const weeks = before.map((week) => merged(week, factor))
  const around = Math.max(1, Math.floor(HOUR_STEPS / factor))
  const length = Math.floor(now.length / factor)
  const samples = Array.from({ length }, (_, at) => samplesOf(weeks, at, around))
  const median = Float64Array.from(samples, ({ counts, weeks }) => (weeks < MIN_WEEKS ? Number.NaN : medianOf(counts)))
  return { samples, median }
}

export function bandAround({ samples, median }: Usual): Band {
  const some = samples.filter((_, at) => at % Math.ceil(samples.length / ENOUGH) === 0 && !Number.isNaN(median[at]!))
  const usual = medianOf(some.flatMap(({ counts }) => distances(counts, medianOf(counts)))) * MAD_TO_SPREAD || 0
  const spread = Float64Array.from(samples, ({ counts, weeks }, at) => spreadOf(counts, weeks, median[at]!, usual))
  return {
    low: median.map((value, at) => unroot(root(value) - WIDTH * spread[at]!)),
    median,
    high: median.map((value, at) => unroot(root(value) + WIDTH * spread[at]!)),
    weeks: Math.min(...samples.map(({ weeks }) => weeks)),
  }
}

/** Quarters of a half hour: the shortest stretch that two steps fill. */
export const HALF_STEPS = 2

/** Counts by the half hour, and what is usual of them. */
export interface Halves {
  readonly now: Float64Array
  readonly median: Float64Array
}

export function halvesOf(series: Series): Halves {
  return { now: merged(series.now, HALF_STEPS), median: usualOf(series, HALF_STEPS).median }
}

/** Whether a count is so low that it may lie below a band: cheap, as most never are. Every band is wider than this. */
export function mayBeBelow(count: number, median: number): boolean {
  return root(count) < root(median) - WIDTH * MARGIN * Math.sqrt(1 + LEAST_SPREAD ** 2 * median)
}

export const bandOf = (series: Series, factor: number): Band => bandAround(usualOf(series, factor))

/** The band of one count for each quarter of a range, for a chart. */
export function bandOfSteps(
  counts: Steps,
  range: Window,
  timeZone: string,
): Band & { readonly atMs: readonly number[] } {
  const grid = gridOf(range, range.untilMs, timeZone)
  return { atMs: grid.steps, ...bandOf(seriesOf(counts, grid), 1) }
}

export interface Samples {
  readonly counts: readonly number[]
  readonly weeks: number
}

/** The steps of the same hour in each week. */
function samplesOf(before: readonly Float64Array[], at: number, around: number): Samples {
  const first = at - (at % around)
  const counts: number[] = []
  let weeks = 0
  for (const week of before) {
    if (Number.isNaN(week[at]!)) continue
    weeks += 1
    for (let part = first; part < Math.min(first + around, week.length); part += 1) {
      if (!Number.isNaN(week[part]!)) counts.push(week[part]!)
    }
  }
  return { counts, weeks }
}

function distances(counts: readonly number[], median: number): number[] {
  return Number.isNaN(median) ? [] : counts.map((count) => Math.abs(root(count) - root(median)))
}

function spreadOf(counts: readonly number[], weeks: number, median: number, usual: number): number {
  const seen = medianOf(distances(counts, median)) * MAD_TO_SPREAD || 0
  const least = Math.sqrt(1 + LEAST_SPREAD ** 2 * median)
  // The median of a few weeks is itself uncertain.
  return Math.max(seen, usual, least) * Math.sqrt(1 + Math.PI / 2 / Math.max(weeks, 1))
}

export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.length > FEW ? [...Float64Array.from(values).sort()] : sortedByHand(values)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const FEW = 32

/** By insertion: medians of a few numbers are what a verdict is mostly made of. */
function sortedByHand(values: readonly number[]): number[] {
  const sorted = [...values]
  for (let at = 1; at < sorted.length; at += 1) {
    const value = sorted[at]!
    let to = at
    for (; to > 0 && sorted[to - 1]! > value; to -= 1) sorted[to] = sorted[to - 1]!
    sorted[to] = value
  }
  return sorted
}
