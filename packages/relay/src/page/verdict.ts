import type { Cause, Facts, Flow, Level, Mark, Verdict } from './facts.ts'
import { type Drop, dropsOf, hasEnoughDays } from './fewer.ts'
import { isNearMidnight, levelOf } from './level.ts'
import { type Rise, risesOf } from './refused.ts'
import { missing } from './runs.ts'
import { leavesOf } from './series.ts'
import { type Grid, gridOf, HOUR_MS, QUARTER_MS } from './steps.ts'
import { knownWaits, sampledWaits, type Wait } from './waiting.ts'

/** A change may lie this long before what it brings about, and a step after, as its beginning is known to a step. */
const MARK_BEFORE_MS = HOUR_MS
const MOST_CAUSES = 6

/**
 * Why the figures of a range are as they are: fewer came, more were refused, they wait, or they were delivered late and are reported
 * later. Says nothing where everything is as usual.
 */
export function verdictOf<AnyMark extends Mark>(facts: Facts<AnyMark>): Verdict<AnyMark> {
  const grid = gridOf(facts, facts.nowMs, facts.timeZone)
  const wants = (pixel: string): boolean => facts.pixel === null || facts.pixel === pixel
  const own = facts.flows.filter(({ pixel }) => wants(pixel))
  const leaves = leavesOf(facts.flows, grid)
  const ownLeaves = leaves.filter(({ pixel }) => wants(pixel))
  const level = levelOf(leaves, grid, facts.timeZone)
  const waits = waitsOf(facts, grid, wants)
  const causes = [
    ...waits.now.map((wait) => waitCause('waiting', wait)),
    ...risesOf(own, ownLeaves, grid).map((rise) => riseCause(rise, grid, facts)),
    ...dropsOf(ownLeaves, level, (at) => isNearMidnight(grid.steps[at]!, facts.timeZone)).map((drop) =>
      dropCause(drop, grid, facts),
    ),
    ...waits.over.map((wait) => waitCause('delivered_reported_later', wait)),
  ].filter((cause) => touches(cause, facts))
  const told = byWeight(causes).slice(0, MOST_CAUSES)
  const marked = told.map((cause): Cause<AnyMark> => ({ ...cause, mark: markOf(cause, facts.marks) }))
  return {
    level: levelOfCauses(facts, told),
    causes: isEmpty(own) && told.length === 0 ? [noneYet(facts)] : marked,
    enoughDays: hasEnoughDays(ownLeaves),
    lostFromMs: facts.lostFromMs,
  }
}

type Unmarked = Cause<never>

/** Only what lies in the range that was asked for; the day before its end is read for comparison alone. */
const touches = (cause: Unmarked, { fromMs, untilMs }: Facts): boolean =>
  cause.untilMs > fromMs && cause.sinceMs < untilMs

/** What can still be lost first, then refusals, then what is missing; what was delivered late is least. */
const ORDER: Readonly<Record<Cause['kind'], number>> = {
  waiting: 0,
  more_refused: 1,
  fewer_came: 1,
  delivered_reported_later: 2,
  no_events_yet: 3,
}

function byWeight(causes: readonly Unmarked[]): Unmarked[] {
  return [...causes].sort((left, right) => ORDER[left.kind] - ORDER[right.kind] || right.events - left.events)
}

function levelOfCauses({ unaccounted, nowMs }: Facts, causes: readonly Unmarked[]): Level {
  if (unaccounted !== 0) return 'red'
  const grave = causes.some(
    ({ kind, lostFromMs }) => kind === 'more_refused' || (lostFromMs !== null && lostFromMs - nowMs < 24 * HOUR_MS),
  )
  if (grave) return 'red'
  return causes.some(({ kind }) => kind !== 'delivered_reported_later') ? 'amber' : 'green'
}

function waitsOf(
  facts: Facts,
  grid: Grid,
  wants: (pixel: string) => boolean,
): { readonly now: readonly Wait[]; readonly over: readonly Wait[] } {
  const known = knownWaits(facts, wants)
  const isTold = ({ pixel }: Wait): boolean => known.some((one) => one.pixel === null || one.pixel === pixel)
  const sampled = together(sampledWaits(facts, grid, wants))
  return {
    now: [...known, ...sampled.filter((wait) => !wait.isOver && !isTold(wait))],
    over: sampled.filter(({ isOver }) => isOver),
  }
}

/** Pixels that waited at the same time are one thing. */
function together(waits: readonly (Wait & { isOver: boolean })[]): (Wait & { isOver: boolean })[] {
  const groups: (Wait & { isOver: boolean })[][] = []
  for (const wait of [...waits].sort((left, right) => left.sinceMs - right.sinceMs)) {
    const near = groups.find(
      ([first]) => first!.isOver === wait.isOver && Math.abs(first!.sinceMs - wait.sinceMs) <= 2 * QUARTER_MS,
    )
    if (near === undefined) groups.push([wait])
    else near.push(wait)
  }
  return groups.map((group) => {
    const [first] = group
    if (group.length === 1) return first!
    const untilMs = Math.max(...group.map((wait) => wait.untilMs))
    const isSame = group.every(({ source }) => source === first!.source)
    const events = group.reduce((sum, wait) => sum + wait.events, 0)
    return { ...first!, pixel: null, source: isSame ? first!.source : null, untilMs, events }
  })
}

const PLAIN = { expected: null, percent: null, why: null, mark: null, money: [], lostFromMs: null, code: null } as const

function waitCause(kind: 'waiting' | 'delivered_reported_later', wait: Wait): Unmarked {
  const { why, sinceMs, untilMs, pixel, source, code, events, money, lostFromMs } = wait
  return { ...PLAIN, kind, why, sinceMs, untilMs, pixel, source, code, events, money, lostFromMs }
}

function riseCause({ from, until, isOpen, ...rise }: Rise, grid: Grid, facts: Facts): Unmarked {
  const { pixel, source, code, events, percent } = rise
  return {
    ...PLAIN,
    kind: 'more_refused',
    ...timesOf({ from, until, isOpen }, grid, facts),
    pixel,
    source,
    code,
    events,
    percent,
  }
}

function dropCause({ pixel, source, run }: Drop, grid: Grid, facts: Facts): Unmarked {
  const events = Math.round(missing(run))
  const expected = Math.round(run.expected)
  const percent = Math.round((missing(run) / run.expected) * 100)
  return { ...PLAIN, kind: 'fewer_came', ...timesOf(run, grid, facts), pixel, source, events, expected, percent }
}

function timesOf(
  { from, until, isOpen }: { readonly from: number; readonly until: number; readonly isOpen: boolean },
  { steps }: Grid,
  { untilMs }: Facts,
): { readonly sinceMs: number; readonly untilMs: number } {
  return { sinceMs: steps[from]!, untilMs: isOpen ? untilMs : steps[until - 1]! + QUARTER_MS }
}

function markOf<AnyMark extends Mark>({ sinceMs, pixel }: Unmarked, marks: readonly AnyMark[]): AnyMark | null {
  const near = marks.filter(
    (mark) =>
      mark.atMs > sinceMs - MARK_BEFORE_MS &&
      mark.atMs <= sinceMs + QUARTER_MS &&
      (mark.pixel === null || pixel === null || mark.pixel === pixel),
  )
  return near.sort((left, right) => right.atMs - left.atMs)[0] ?? null
}

const isEmpty = (flows: readonly Flow[]): boolean => flows.every(({ accepted }) => accepted.size === 0)

function noneYet<AnyMark extends Mark>({ fromMs, untilMs, pixel }: Facts<AnyMark>): Cause<AnyMark> {
  return { ...PLAIN, kind: 'no_events_yet', sinceMs: fromMs, untilMs, pixel, source: null, events: 0 }
}
