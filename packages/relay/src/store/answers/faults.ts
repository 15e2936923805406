import { MINUTE_MS } from 'waybill/delivery'
import type { FaultGroup, FaultGroups, FaultGroupsQuestion } from '../reads/index.ts'
import { END_CODES } from '../state.ts'
import { rangeOf, totalOf } from './groups.ts'
import type { Moment } from './moment.ts'
import type { Reading } from './reading.ts'
import { type Sum, type Summed, sumOfAll, sumOver } from './sums.ts'
import { textOf, wantedOf } from './where.ts'

const SAMPLES = 3
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

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
  const shown: FaultGroup[] = []
  for (const rows of largest) shown.push(yield* groupOf(moment, rows, kind))
  return {
    groups: shown,
    total: totalOf(moment, summed),
    count: groups.size,
  }
}

function eventsOf(rows: readonly Summed[]): number {
  return rows.reduce((sum, { events }) => sum + events, 0)
}

function* groupOf(moment: Moment, rows: readonly Summed[], kind: number): Reading<FaultGroup> {
  const [pixel = 0, code = 0] = rows[0]!.keys
  const sources = new Map<string, number>()
  for (const { keys, events } of rows) {
    const source = textOf(moment, 'source', keys[2]!, kind)
    sources.set(source, (sources.get(source) ?? 0) + events)
  }
  const samples = yield* moment.samples({ kind, pixel, code, limit: SAMPLES })
  return {
    pixel: moment.terms.text(pixel),
    code: textOf(moment, 'code', code, kind),
    ...totalOf(moment, rows),
    sources: [...sources].map(([source, events]) => ({ source, events })).sort((a, b) => b.events - a.events),
    ...(yield* seenOf(moment, kind, pixel, code)),
    samples,
  }
}

function* seenOf(
  moment: Moment,
  kind: number,
  pixel: number,
  code: number,
): Reading<{ firstMs: number; lastMs: number }> {
  const sql = `SELECT min(first) AS first, max(last) AS last FROM ${moment.tables.known} WHERE kind = ? AND pixel = ? AND code = ?`
  const found = yield* moment.one(sql, kind, pixel, code)
  return {
    firstMs: Number(found?.['first'] ?? 0) * MINUTE_MS,
    lastMs: (Number(found?.['last'] ?? 0) + 1) * MINUTE_MS - 1,
  }
}
