import { bandOf } from './band.ts'
import type { Flow } from './facts.ts'
import { grouped } from './grouped.ts'
import { type Leaf, merged, type Series, seriesOf, sumOf } from './series.ts'
import type { Grid } from './steps.ts'

/** More were refused with one code than such an hour has. */
export interface Rise {
  readonly code: string
  readonly pixel: string | null
  readonly source: string | null
  /** Steps of the grid. */
  readonly from: number
  readonly until: number
  readonly isOpen: boolean
  readonly events: number
  /** The part of it that comes from the source which brings most, in percent. */
  readonly percent: number
}

const MIN_EVENTS = 10
/** A single step counts alone when it is this far beyond what is usual. */
const STRIKING = 5
/** Below this part of what came, refusals are the usual noise. */
const MIN_PART = 0.01
/** A source or pixel is named when this much is its own. */
const MAIN_PART = 0.7
/** Steps without any in between that do not end a rise. */
const GAP_STEPS = 4

interface Part {
  readonly pixel: string
  readonly source: string
  readonly code: string
  readonly series: Series
  readonly accepted: Series
}

/** `leaves` are what came, flow by flow. */
export function risesOf(flows: readonly Flow[], leaves: readonly Leaf[], grid: Grid): Rise[] {
  const first = grid.steps[0] ?? 0
  const parts = flows.flatMap(({ pixel, source, refused }, at) =>
    refused.flatMap(({ code, steps }): Part[] => {
      // Where none is refused now nothing can have risen.
      if (![...steps.keys()].some((start) => start >= first)) return []
      return [{ pixel, source, code, series: seriesOf(steps, grid), accepted: leaves[at]!.series }]
    }),
  )
  const rises = [...grouped(parts, ({ code }) => code).values()].flatMap(risesOfCode)
  return rises.sort((left, right) => right.events - left.events)
}

function risesOfCode(parts: readonly Part[]): Rise[] {
  const alone = parts.flatMap((part) => riseOf([part]) ?? [])
  const together = parts.length > 1 ? riseOf(parts) : undefined
  if (together === undefined) return alone
  // Two sources that begin at different times are two stories.
  const own = alone.filter(({ events }) => events >= together.events * (1 - MAIN_PART))
  const areApart = own.length > 1 && new Set(own.map(({ from }) => Math.floor(from / GAP_STEPS))).size > 1
  return areApart ? own : [together]
}

function riseOf(parts: readonly Part[]): Rise | undefined {
  const whole = sumOf(parts.map(({ series }) => series)).now
  if (within(whole, { from: 0, until: whole.length }) < MIN_EVENTS) return undefined
  const stretch = firstFound(parts, whole)
  if (stretch === undefined) return undefined
  const { from, until } = stretch
  const countOf = (some: readonly Part[]): number =>
    some.reduce((sum, { series }) => sum + within(series.now, stretch), 0)
  const events = countOf(parts)
  const main = (keyOf: (part: Part) => string): { key: string; part: number } => {
    const [best] = [...grouped(parts, keyOf)]
      .map(([key, some]) => ({ key, part: countOf(some) / events }))
      .sort((left, right) => right.part - left.part)
    return best!
  }
  const source = main((part) => part.source)
  const pixel = main((part) => part.pixel)
  return {
    code: parts[0]!.code,
    pixel: pixel.part >= MAIN_PART ? pixel.key : null,
    source: source.part >= MAIN_PART ? source.key : null,
    from,
    until,
    isOpen: until + GAP_STEPS >= whole.length,
    events,
    percent: Math.floor(source.part * 100),
  }
}

/** By the finest steps that show it: few refusals of a small pixel need longer ones. */
function firstFound(parts: readonly Part[], whole: Float64Array): Stretch | undefined {
  const series = sumOf(parts.map((part) => part.series))
  const accepted = sumOf(parts.map((part) => part.accepted)).now
  for (const factor of FACTORS) {
    // Where the weeks before are missing, none are usual.
    const usual = bandOf(series, factor).high.map((high) => (Number.isNaN(high) ? 0 : high))
    const found = largest(merged(whole, factor), usual, merged(accepted, factor))
    if (found !== undefined) return exact(found, factor, whole)
  }
  return undefined
}

const FACTORS = [1, 2, 4, 8] as const
/** A quarter belongs to a rise from this part of its mean on. */
const BELONGS = 0.25

/** Without the quarters at both ends that are not of it, as steps begin where they begin. */
function exact({ from, until }: Stretch, factor: number, whole: Float64Array): Stretch {
  const found = { from: from * factor, until: until * factor }
  const least = (within(whole, found) / (found.until - found.from)) * BELONGS
  while (found.from < found.until - 1 && whole[found.from]! < least) found.from += 1
  while (found.until > found.from + 1 && whole[found.until - 1]! < least) found.until -= 1
  return found
}

interface Stretch {
  readonly from: number
  readonly until: number
}

function largest(whole: Float64Array, usual: Float64Array, accepted: Float64Array): Stretch | undefined {
  const isAbove = (at: number): boolean => whole[at]! > usual[at]! && whole[at]! > 0
  const found: Stretch[] = []
  for (let at = 0; at < whole.length; at += 1) {
    if (!isAbove(at)) continue
    const stretch = { from: at, until: endOf(isAbove, at, whole.length) }
    if (counts(stretch, whole, usual, accepted, isAbove)) found.push(stretch)
    at = stretch.until
  }
  return found.sort((left, right) => within(whole, right) - within(whole, left))[0]
}

function endOf(isAbove: (at: number) => boolean, from: number, length: number): number {
  let until = from + 1
  for (let at = until; at < length && at - until < GAP_STEPS; at += 1) if (isAbove(at)) until = at + 1
  return until
}

function counts(
  stretch: Stretch,
  whole: Float64Array,
  usual: Float64Array,
  accepted: Float64Array,
  isAbove: (at: number) => boolean,
): boolean {
  const events = within(whole, stretch)
  const beyond = events - within(usual, stretch)
  if (beyond < MIN_EVENTS || beyond < within(accepted, stretch) * MIN_PART) return false
  const steps = Array.from({ length: stretch.until - stretch.from }, (_, at) => stretch.from + at)
  return steps.filter(isAbove).length >= 2 || events >= Math.max(MIN_EVENTS * 2, within(usual, stretch) * STRIKING)
}

function within(column: Float64Array, { from, until }: Stretch): number {
  let sum = 0
  for (let at = from; at < until; at += 1) sum += column[at]! || 0
  return sum
}
