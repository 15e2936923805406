import { MINUTE_MS } from 'waybill/delivery'
import type { FaultGroup, FaultGroups, FaultGroupsQuestion, FaultSample } from '../../reads/index.ts'
import { OTHER } from '../../reads/index.ts'
import { END_CODES } from '../state.ts'
import { rangeOf, totalOf } from './groups.ts'
import { LISTED, type ListedColumns, listed } from './listed.ts'
import type { Moment } from './moment.ts'
import { type Sum, type Summed, sumOfAll, sumOver } from './sums.ts'
import { textOf, wantedOf } from './where.ts'

const SAMPLES = 3
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

/** What is refused, expired or discarded now, by pixel and code, the largest first. */
export function faults(moment: Moment, question: FaultGroupsQuestion): FaultGroups {
  const { state = 'refused', limit = DEFAULT_LIMIT } = question
  const kind = END_CODES[state]
  const sum: Sum = { kinds: [kind], count: 'ends', wanted: wantedOf(moment, question), by: ['pixel', 'code', 'source'] }
  const range = rangeOf(moment, question)
  const summed = (range === undefined ? sumOfAll(moment, sum) : sumOver(moment, range.pieces, sum)).filter(
    ({ events }) => events > 0,
  )
  const groups = new Map<string, Summed[]>()
  for (const each of summed) {
    const at = `${each.keys[0]} ${each.keys[1]}`
    groups.set(at, [...(groups.get(at) ?? []), each])
  }
  const largest = [...groups.values()].sort((a, b) => eventsOf(b) - eventsOf(a)).slice(0, Math.min(limit, MAX_LIMIT))
  return {
    groups: largest.map((rows) => groupOf(moment, rows, kind)),
    total: totalOf(moment, summed),
    count: groups.size,
  }
}

function eventsOf(rows: readonly Summed[]): number {
  return rows.reduce((sum, { events }) => sum + events, 0)
}

function groupOf(moment: Moment, rows: readonly Summed[], kind: number): FaultGroup {
  const [pixel = 0, code = 0] = rows[0]!.keys
  const sources = new Map<string, number>()
  for (const { keys, events } of rows) {
    const source = textOf(moment, 'source', keys[2]!, kind)
    sources.set(source, (sources.get(source) ?? 0) + events)
  }
  const samples = samplesOf(moment, kind, pixel, code)
  return {
    pixel: moment.terms.text(pixel),
    code: textOf(moment, 'code', code, kind),
    ...totalOf(moment, rows),
    sources: [...sources].map(([source, events]) => ({ source, events })).sort((a, b) => b.events - a.events),
    ...seenOf(moment, kind, pixel, code),
    samples,
  }
}

function seenOf(moment: Moment, kind: number, pixel: number, code: number): { firstMs: number; lastMs: number } {
  const sql = 'SELECT min(first) AS first, max(last) AS last FROM known WHERE kind = ? AND pixel = ? AND code = ?'
  const found = moment.one(sql, kind, pixel, code)
  return {
    firstMs: Number(found?.['first'] ?? 0) * MINUTE_MS,
    lastMs: (Number(found?.['last'] ?? 0) + 1) * MINUTE_MS - 1,
  }
}

function samplesOf(moment: Moment, kind: number, pixel: number, code: number): FaultSample[] {
  const text = code === 0 ? OTHER : moment.terms.text(code)
  const sql = `SELECT ${LISTED} FROM event WHERE state > 2 AND state = ${kind} AND code = ? AND pixel = ?
    ORDER BY ended_ms DESC, row DESC LIMIT ${SAMPLES}`
  return (moment.all(sql, text, pixel) as unknown as ListedColumns[]).map((event) => ({
    ...listed(moment, event),
    issues: event.issues === null ? [] : JSON.parse(event.issues),
  }))
}
