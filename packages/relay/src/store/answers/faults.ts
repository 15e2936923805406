import { MINUTE_MS } from 'waybill/delivery'
import type { FaultGroup, FaultGroups, FaultGroupsQuestion } from '../reads/index.ts'
import { END_CODES } from '../state.ts'
import { rangeOf, totalOf } from './groups.ts'
import type { Moment } from './moment.ts'
import type { Reading } from './reading.ts'
import { type Sum, type Summed, sumOfAll, sumOver } from './sums.ts'
import { isIn, textOf, wantedOf } from './where.ts'

const SAMPLES = 3
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
const NEVER: Seen = { firstMs: 0, lastMs: MINUTE_MS - 1 }

/** What is refused, expired or discarded now, by pixel and code, the largest first. */
export function* faults(moment: Moment, question: FaultGroupsQuestion): Reading<FaultGroups> {
  const { state = 'refused', limit = DEFAULT_LIMIT } = question
  const kind = END_CODES[state]
  const sum: Sum = { kinds: [kind], count: 'ends', wanted: wantedOf(moment, question), by: ['pixel', 'code', 'source'] }
  const range = rangeOf(moment, question)
  const all = yield* range === undefined ? sumOfAll(moment, sum) : sumOver(moment, range.pieces, sum)
  const summed = all.filter(({ events }) => events > 0)
  const groups = new Map<string, Summed[]>()
  for (const each of summed) {
    const at = `${each.keys[0]} ${each.keys[1]}`
    groups.set(at, [...(groups.get(at) ?? []), each])
  }
  const largest = [...groups.values()].sort((a, b) => eventsOf(b) - eventsOf(a)).slice(0, Math.min(limit, MAX_LIMIT))
  const seen = yield* seenOf(moment, kind, [...new Set(largest.map(([first]) => first!.keys[0]!))])
  const groupsOf = largest.map(([first]) => ({ pixel: first!.keys[0]!, code: first!.keys[1]! }))
  const samples = yield* moment.samples({ kind, groups: groupsOf, limit: SAMPLES })
  return {
    groups: largest.map((rows, at) => ({ ...groupOf(moment, rows, kind, seen), samples: samples[at] ?? [] })),
    total: totalOf(moment, summed),
    count: groups.size,
  }
}

function eventsOf(rows: readonly Summed[]): number {
  return rows.reduce((sum, { events }) => sum + events, 0)
}

function groupOf(
  moment: Moment,
  rows: readonly Summed[],
  kind: number,
  seen: ReadonlyMap<string, Seen>,
): Omit<FaultGroup, 'samples'> {
  const [pixel = 0, code = 0] = rows[0]!.keys
  const sources = new Map<string, number>()
  for (const { keys, events } of rows) {
    const source = textOf(moment, 'source', keys[2]!, kind)
    sources.set(source, (sources.get(source) ?? 0) + events)
  }
  return {
    pixel: moment.terms.text(pixel),
    code: textOf(moment, 'code', code, kind),
    ...totalOf(moment, rows),
    sources: [...sources].map(([source, events]) => ({ source, events })).sort((a, b) => b.events - a.events),
    ...(seen.get(`${pixel} ${code}`) ?? NEVER),
  }
}

interface Seen {
  readonly firstMs: number
  readonly lastMs: number
}

/** When each code of these pixels was there first and last, by pixel and code. */
function* seenOf(moment: Moment, kind: number, pixels: readonly number[]): Reading<ReadonlyMap<string, Seen>> {
  const sql = `
    SELECT pixel, code, min(first) AS first, max(last) AS last FROM ${moment.tables.known}
    WHERE kind = ${kind} AND ${isIn('pixel', pixels)} GROUP BY pixel, code`
  const found = (yield* moment.all(sql)) as Record<'pixel' | 'code' | 'first' | 'last', number>[]
  return new Map(
    found.map(({ pixel, code, first, last }) => [
      `${pixel} ${code}`,
      { firstMs: first * MINUTE_MS, lastMs: (last + 1) * MINUTE_MS - 1 },
    ]),
  )
}
