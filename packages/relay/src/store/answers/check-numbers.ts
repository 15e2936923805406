import { DAY_GRAIN, type Edges, MINUTE_GRAIN, QUARTER_GRAIN } from '../roll-up/edges.ts'
import { ACCEPTED, DELIVERED, DISCARDED, endState, LEFT, PRUNED } from '../state.ts'
import type { Moment, Tables } from './moment.ts'
import { type Reading, type Row, rowsOf } from './reading.ts'

/** What is checked, of one moment. */
export interface Checked extends Pick<Moment, 'terms'> {
  readonly tables: Tables
  readonly edges: Edges
  /** The accounts that are there: by kind, pixel and currency (0 for none) their `ends` and `money`. */
  readonly recount: () => Reading<readonly Row[]>
  /** What is kept of a grain's times beside the rows of the table: by kind its `flow` and `ends`. */
  readonly packed?: (grain: number, from: number, until: number) => readonly Row[]
}

/** The roll-up against the accounts that are there, and against itself: one line for each thing that is wrong. */
export function* checkNumbers(checked: Checked): Reading<string[]> {
  return [...(yield* checkEnds(checked)), ...(yield* checkFlow(checked)), ...(yield* checkTimes(checked))]
}

const ENDS = [ACCEPTED, DELIVERED, DELIVERED + 1, DELIVERED + 2, DISCARDED]
const KEPT = ({ known }: Tables): string => `
  SELECT kind, pixel, currency, sum(ends) AS ends, sum(ends_money) AS money FROM ${known}
  WHERE kind IN (${ENDS.join()}) GROUP BY 1, 2, 3`

/** *Ends* equal a recount, events and money. */
function* checkEnds({ tables, terms, recount }: Checked): Reading<string[]> {
  const found = new Map((yield* recount()).map((row) => [keyOf(row), row]))
  const lines: string[] = []
  for (const kept of yield* rowsOf(KEPT(tables))) {
    const there = found.get(keyOf(kept))
    found.delete(keyOf(kept))
    const [ends, money] = [Number(there?.['ends'] ?? 0), Number(there?.['money'] ?? 0)]
    if (Number(kept['ends']) === ends && Number(kept['money']) === money) continue
    const what = `${terms.text(Number(kept['pixel']))}: ${nameOf(Number(kept['kind']))}`
    lines.push(`${what}: the roll-up has ${kept['ends']} events (${kept['money']}), ${ends} (${money}) were found`)
  }
  return [...lines, ...[...found.keys()].map((key) => `the roll-up knows nothing of accounts that are there (${key})`)]
}

function keyOf({ kind, pixel, currency }: Row): string {
  return `${kind} ${pixel} ${currency}`
}

const FLOW = ({ known }: Tables): string => `
  SELECT pixel, kind, sum(flow) AS flow, sum(ends) AS ends FROM ${known} WHERE pixel > 0 GROUP BY pixel, kind`

/** What happened equals what is there, what was left again, and what was forgotten. */
function* checkFlow({ tables, terms }: Checked): Reading<string[]> {
  const pixels = new Map<number, Map<number, Row>>()
  for (const row of yield* rowsOf(FLOW(tables))) {
    const kinds = pixels.get(Number(row['pixel'])) ?? new Map<number, Row>()
    pixels.set(Number(row['pixel']), kinds.set(Number(row['kind']), row))
  }
  const lines: string[] = []
  for (const [pixel, kinds] of pixels) {
    const flow = (kind: number): number => Number(kinds.get(kind)?.['flow'] ?? 0)
    const ends = (kind: number): number => Number(kinds.get(kind)?.['ends'] ?? 0)
    let accounts = ends(ACCEPTED)
    for (let kind = DELIVERED; kind <= DISCARDED; kind++) {
      accounts += ends(kind) + ends(kind + PRUNED)
      const explained = ends(kind) + flow(kind + LEFT) + ends(kind + PRUNED)
      if (flow(kind) !== explained)
        lines.push(`${terms.text(pixel)}: ${flow(kind)} times ${nameOf(kind)}, of which ${explained} are explained`)
    }
    if (flow(ACCEPTED) !== accounts)
      lines.push(`${terms.text(pixel)}: ${flow(ACCEPTED)} accounts opened, of which ${accounts} are explained`)
  }
  return lines
}

/** Each time once, by the grain that it is summed up in; what is older than two years is in `known` alone. */
function* checkTimes({ tables, edges: { quarterTo, dayTo }, packed = () => [] }: Checked): Reading<string[]> {
  const rows = yield* rowsOf(`
    SELECT kind, sum(flow) AS flow, sum(ends) AS ends FROM ${tables.rollup} WHERE pixel > 0 AND (
      (grain = ${DAY_GRAIN} AND time < ${dayTo}) OR (grain = ${QUARTER_GRAIN} AND time >= ${dayTo} AND time < ${quarterTo})
      OR (grain = ${MINUTE_GRAIN} AND time >= ${quarterTo})) GROUP BY kind`)
  const byTime = byKind([...rows, ...packed(DAY_GRAIN, 0, dayTo), ...packed(QUARTER_GRAIN, dayTo, quarterTo)])
  const known = yield* rowsOf(`SELECT kind, sum(flow) AS flow, sum(ends) AS ends FROM ${tables.known} GROUP BY kind`)
  const all = new Map(known.map((row) => [Number(row['kind']), row]))
  return byTime.flatMap(({ kind, flow, ends }) => {
    const isMore =
      Number(flow) > Number(all.get(Number(kind))?.['flow'] ?? 0) ||
      Number(ends) > Number(all.get(Number(kind))?.['ends'] ?? 0)
    return isMore ? [`${nameOf(Number(kind))}: more is counted by time than in all`] : []
  })
}

function byKind(rows: readonly Row[]): Row[] {
  const sums = new Map<number, { kind: number; flow: number; ends: number }>()
  for (const row of rows) {
    const kind = Number(row['kind'])
    const { flow, ends } = sums.get(kind) ?? { flow: 0, ends: 0 }
    sums.set(kind, { kind, flow: flow + Number(row['flow']), ends: ends + Number(row['ends']) })
  }
  return [...sums.values()]
}

function nameOf(kind: number): string {
  return endState(kind) ?? (kind === ACCEPTED ? 'not ended' : `kind ${kind}`)
}
