import type { Flow, Steps } from './facts.ts'
import type { Grid } from './steps.ts'

/** Counts on the steps of a grid, with those of the weeks before. */
export interface Series {
  readonly now: Float64Array
  /** The nearest week first. Steps from before the first event ever are `NaN`. */
  readonly before: readonly Float64Array[]
}

export function seriesOf(counts: Steps, { steps, before }: Grid): Series {
  const firstMs = Math.min(...counts.keys(), Number.POSITIVE_INFINITY)
  const at = (starts: readonly number[]): Float64Array =>
    Float64Array.from(starts, (start) => counts.get(start) ?? (start < firstMs ? Number.NaN : 0))
  return { now: Float64Array.from(steps, (start) => counts.get(start) ?? 0), before: before.map(at) }
}

/** A part that did not exist yet counts as none, as long as another did. */
export function sumOf(parts: readonly Series[]): Series {
  const [first] = parts
  if (first === undefined) return { now: new Float64Array(), before: [] }
  return {
    now: total(parts.map(({ now }) => now)),
    before: first.before.map((_, week) => total(parts.map(({ before }) => before[week]!))),
  }
}

function total(columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(columns[0]!.length).fill(Number.NaN)
  for (const column of columns) {
    for (let at = 0; at < sum.length; at += 1) {
      const value = column[at]!
      if (!Number.isNaN(value)) sum[at] = (Number.isNaN(sum[at]!) ? 0 : sum[at]!) + value
    }
  }
  return sum
}

/** Neighbouring steps taken together; those at the end that fill no whole step are left out. */
export function merged(column: Float64Array, factor: number): Float64Array {
  return Float64Array.from({ length: Math.floor(column.length / factor) }, (_, at) => {
    let sum = 0
    for (let part = at * factor; part < (at + 1) * factor; part += 1) sum += column[part]!
    return sum
  })
}

/** Part of a whole: what one source brought to one pixel. */
export interface Leaf {
  readonly pixel: string
  readonly source: string
  readonly series: Series
}

export function leavesOf(flows: readonly Flow[], grid: Grid): Leaf[] {
  return flows.map(({ pixel, source, accepted }) => ({ pixel, source, series: seriesOf(accepted, grid) }))
}
