import { type Facts, type Flow, type Mark, type Verdict, verdictOf, type WaitingSeries } from '../../page/index.ts'
import type { Flows } from '../../store/index.ts'

/** What a verdict is made from beside the flows. */
export type KnownFacts<AnyMark extends Mark> = Omit<Facts<AnyMark>, 'flows' | 'waiting'>

/** The verdict on a range, from its flows and those of the weeks before, read in parts. */
export function judge<AnyMark extends Mark>(parts: readonly Flows[], known: KnownFacts<AnyMark>): Verdict<AnyMark> {
  return verdictOf({ ...known, flows: flowsOf(parts), waiting: waitingOf(parts, known) })
}

interface Gathered {
  readonly pixel: string
  readonly source: string
  readonly accepted: Map<number, number>
  readonly delivered: Map<number, number>
  readonly refused: Map<string, Map<number, number>>
}

/** Those of one source of one pixel together. */
function flowsOf(parts: readonly Flows[]): Flow[] {
  const found = new Map<string, Gathered>()
  for (const { pixel, source, kind, code = '', timesMs, events } of parts.flatMap(({ flows }) => flows)) {
    const key = JSON.stringify([pixel, source])
    const own = found.get(key) ?? { pixel, source, accepted: new Map(), delivered: new Map(), refused: new Map() }
    found.set(key, own)
    const steps = kind === 'refused' ? (own.refused.get(code) ?? new Map<number, number>()) : own[kind]
    if (kind === 'refused') own.refused.set(code, steps)
    for (const [at, time] of timesMs.entries()) steps.set(time, (steps.get(time) ?? 0) + events[at]!)
  }
  return [...found.values()].map(({ refused, ...flow }) => {
    return { ...flow, refused: [...refused].map(([code, steps]) => ({ code, steps })) }
  })
}

/** Of the range alone. */
function waitingOf(parts: readonly Flows[], { fromMs, untilMs }: KnownFacts<Mark>): WaitingSeries[] {
  const found = new Map<string, Map<number, number>>()
  for (const { pixel, timesMs, events } of parts.flatMap(({ waiting }) => waiting)) {
    const steps = found.get(pixel) ?? new Map<number, number>()
    found.set(pixel, steps)
    for (const [at, time] of timesMs.entries()) if (time >= fromMs && time < untilMs) steps.set(time, events[at]!)
  }
  return [...found].map(([pixel, steps]) => ({ pixel, steps }))
}
