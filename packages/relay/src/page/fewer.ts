import { MIN_WEEKS } from './band.ts'
import { grouped } from './grouped.ts'
import type { Level } from './level.ts'
import { findDrop, missing, type Run } from './runs.ts'
import { type Leaf, type Series, sumOf } from './series.ts'

/** Fewer came: since when, and from where. */
export interface Drop {
  readonly pixel: string | null
  readonly source: string | null
  readonly run: Run
}

/** As many at most are told apart. */
const MOST = 3
/** A part explains a drop when this much of what misses is its own. */
const EXPLAINS = 0.7
/** Below this nobody would look. */
const MIN_MISSING = 20
const MIN_PART = 0.15
/** A drop that begins with the day may be the day's doing, as long as half came. */
const MIN_PART_OF_DAY = 0.5

interface Group {
  readonly pixel: string | null
  readonly source: string | null
  readonly leaves: readonly Leaf[]
}

/** Drops one after the other: each with what brings it about taken out before the next is looked for. */
export function dropsOf(leaves: readonly Leaf[], levels: Level, beginsDay: BeginsDay): Drop[] {
  const judge = { ...levels, beginsDay }
  const found: Drop[] = []
  let rest = leaves
  while (found.length < MOST) {
    const drop = worst(rest, judge)
    if (drop === undefined) break
    found.push(drop)
    rest = rest.filter((leaf) => !isOf(leaf, drop))
  }
  return found
}

/** Whether any hour has weeks enough to be compared with. */
export function hasEnoughDays(leaves: readonly Leaf[]): boolean {
  const { before } = sumOf(leaves.map(({ series }) => series))
  return before.filter((week) => week.some((count) => count > 0)).length >= MIN_WEEKS
}

interface Judge extends Level {
  readonly beginsDay: BeginsDay
}

/** Whether a quarter lies where days part. */
export type BeginsDay = (at: number) => boolean

function worst(leaves: readonly Leaf[], { ofDay, ofOthers, beginsDay }: Judge): Drop | undefined {
  const whole = dropOf({ pixel: null, source: null, leaves }, ofDay, beginsDay)
  const parts = groupsOf(leaves).flatMap((group) => dropOf(group, ofOthers, beginsDay) ?? [])
  const ranked = parts.sort((left, right) => missing(right.run) - missing(left.run))
  if (whole === undefined) return narrowest(ranked[0], ranked)
  return narrowest(whole, ranked)
}

/** The smallest part that explains a drop, in its place. */
function narrowest(drop: Drop | undefined, parts: readonly Drop[]): Drop | undefined {
  if (drop === undefined) return undefined
  const enough = missing(drop.run) * EXPLAINS
  const inside = parts.filter((part) => isInside(part, drop) && missing(part.run) >= enough)
  return inside.sort((left, right) => depth(right) - depth(left))[0] ?? drop
}

const depth = ({ pixel, source }: Drop): number => Number(pixel !== null) + Number(source !== null)
const isOf = ({ pixel, source }: Leaf, drop: Drop): boolean =>
  (drop.pixel === null || drop.pixel === pixel) && (drop.source === null || drop.source === source)
const isInside = (part: Drop, drop: Drop): boolean =>
  (drop.pixel === null || drop.pixel === part.pixel) && (drop.source === null || drop.source === part.source)

function dropOf({ pixel, source, leaves }: Group, level: Float64Array, beginsDay: BeginsDay): Drop | undefined {
  const run = findDrop(seriesOfGroup(leaves), level)
  if (run === undefined) return undefined
  const part = beginsDay(run.from) ? MIN_PART_OF_DAY : MIN_PART
  if (missing(run) < Math.max(MIN_MISSING, run.expected * part)) return undefined
  return { pixel, source, run }
}

function seriesOfGroup(leaves: readonly Leaf[]): Series {
  return leaves.length === 1 ? leaves[0]!.series : sumOf(leaves.map(({ series }) => series))
}

/** Each source, each pixel, and each source of each pixel; of groups with the same parts the one that says most. */
function groupsOf(leaves: readonly Leaf[]): Group[] {
  const sources = grouped(leaves, ({ source }) => source)
  const pixels = grouped(leaves, ({ pixel }) => pixel)
  const several = (groups: ReadonlyMap<string, readonly Leaf[]>): [string, readonly Leaf[]][] =>
    [...groups].filter(([, parts]) => parts.length > 1)
  return [
    ...several(sources).map(([source, parts]) => ({ pixel: null, source, leaves: parts })),
    ...several(pixels).map(([pixel, parts]) => ({ pixel, source: null, leaves: parts })),
    ...leaves.map((leaf) => ({ pixel: leaf.pixel, source: leaf.source, leaves: [leaf] })),
  ]
}
