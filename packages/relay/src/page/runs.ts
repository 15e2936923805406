import { bandAround, HALF_STEPS, type Halves, halvesOf, mayBeBelow, usualOf } from './band.ts'
import { merged, type Series } from './series.ts'

/** A stretch of steps outside its band. */
export interface Run {
  /** First quarter, and the one after the last. */
  readonly from: number
  readonly until: number
  readonly events: number
  readonly expected: number
  /** Whether it still goes on at the end of the series. */
  readonly isOpen: boolean
}

/** Steps of 15 minutes to 4 hours: small pixels need longer ones to show anything. */
const FACTORS = [1, 2, 4, 8, 16] as const
const MIN_EXPECTED = 20
const MIN_STEPS = 2
/** A run goes on while a step is below the middle between median and the band's end. */
const GOES_ON = 0.5
/** How many steps before a run its beginning is looked for. */
const LOOK_BACK_STEPS = 8
const LEAST_RATIO = 0.02

/** Where two steps or more lie below the band, by the finest steps that show it; of several the one that misses most. */
export function findDrop(series: Series, level: Float64Array): Run | undefined {
  if (!mayHoldDrop(halvesOf(series), level)) return undefined
  for (const factor of FACTORS) {
    const found = dropsAt(series, level, factor)
    if (found.length > 0) return found.sort((left, right) => missing(right) - missing(left))[0]
  }
  return undefined
}

/** Most series are as usual, and a band is made of many medians: so the sums of half an hour to eight hours are looked at first. */
function mayHoldDrop({ now, median }: Halves, level: Float64Array): boolean {
  return LENGTHS.some((length) => {
    for (let from = 0; from + length <= now.length; from += 1) {
      const usual = sum(median, { from, until: from + length }) * (level[from * HALF_STEPS] ?? 1)
      if (usual >= MIN_EXPECTED * MIN_STEPS && mayBeBelow(sum(now, { from, until: from + length }), usual)) return true
    }
    return false
  })
}

/** Half hours that two steps of each kind fill. */
const LENGTHS = [1, 2, 4, 8, 16] as const

export const missing = ({ events, expected }: Run): number => expected - events

/** `level`: by which part of the usual all sources differ at each quarter; 1 where they don't. */
function dropsAt(series: Series, level: Float64Array, factor: number): Run[] {
  const now = merged(series.now, factor)
  const usual = usualOf(series, factor)
  const { median } = usual
  const levelAt = (at: number): number => level[Math.min(at * factor, level.length - 1)] ?? 1
  const isKnown = (at: number): boolean => median[at]! * levelAt(at) >= MIN_EXPECTED
  const { low } = bandAround(usual)
  const isBelow = (at: number): boolean => now[at]! < low[at]! * levelAt(at)
  const goesOn = (at: number): boolean => now[at]! < (median[at]! * GOES_ON + low[at]! * (1 - GOES_ON)) * levelAt(at)
  const found = stretches(now.length, { isKnown, isBelow, goesOn })
  if (found.length === 0) return []
  const quarters = usualOf(series, 1).median.map((value, at) => value * (level[at] ?? 1))
  return found.map((stretch) => exact(stretch, factor, series, quarters))
}

interface Judged {
  readonly isKnown: (at: number) => boolean
  readonly isBelow: (at: number) => boolean
  readonly goesOn: (at: number) => boolean
}

interface Stretch {
  readonly from: number
  readonly until: number
  readonly isOpen: boolean
}

function stretches(length: number, { isKnown, isBelow, goesOn }: Judged): Stretch[] {
  const found: Stretch[] = []
  for (let at = 0; at < length; at += 1) {
    if (!(isKnown(at) && isBelow(at))) continue
    let until = at + 1
    let below = 1
    let inARow = 1
    let most = 1
    let next = until
    for (; next < length && (!isKnown(next) || goesOn(next)); next += 1) {
      if (!isKnown(next)) continue
      inARow = isBelow(next) ? inARow + 1 : 0
      most = Math.max(most, inARow)
      below += 1
      until = next + 1
    }
    if (most >= MIN_STEPS && below >= MIN_STEPS) found.push({ from: at, until, isOpen: next === length })
    at = until
  }
  return found
}

/** The quarters where the change lies: where the steps after it are likeliest by the lower rate, those before by the usual one. */
function exact({ from, until, isOpen }: Stretch, factor: number, { now }: Series, usual: Float64Array): Run {
  const inside = { from: from * factor, until: until * factor }
  const ratio = Math.max(LEAST_RATIO, sum(now, inside) / sum(usual, inside))
  const gain = (at: number): number => now[at]! * Math.log(ratio) - (ratio - 1) * (usual[at]! || 0)
  const first = Math.max(0, inside.from - LOOK_BACK_STEPS * factor)
  const begin = bestStart(gain, { first, last: inside.from + factor, until: inside.until })
  const end = isOpen
    ? now.length
    : bestEnd(gain, { from: begin, least: inside.until - factor, most: Math.min(now.length, inside.until + factor) })
  const whole = { from: begin, until: Math.max(end, begin + 1) }
  return { ...whole, isOpen, events: sum(now, whole), expected: sum(usual, whole) }
}

function bestStart(
  gain: (at: number) => number,
  { first, last, until }: { readonly first: number; readonly last: number; readonly until: number },
): number {
  let best = last
  let most = Number.NEGATIVE_INFINITY
  let total = 0
  for (let at = until - 1; at >= first; at -= 1) {
    total += gain(at)
    if (at <= last && total > most) {
      most = total
      best = at
    }
  }
  return best
}

function bestEnd(
  gain: (at: number) => number,
  { from, least, most }: { readonly from: number; readonly least: number; readonly most: number },
): number {
  let best = most
  let highest = Number.NEGATIVE_INFINITY
  let total = 0
  for (let at = from; at < most; at += 1) {
    total += gain(at)
    if (at + 1 >= least && total > highest) {
      highest = total
      best = at + 1
    }
  }
  return best
}

function sum(column: Float64Array, { from, until }: { readonly from: number; readonly until: number }): number {
  let total = 0
  for (let at = from; at < Math.min(until, column.length); at += 1) total += column[at]! || 0
  return total
}
