import { DAY_GRAIN, MINUTE_GRAIN, QUARTER_GRAIN } from '../../roll-up/edges.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { ACCEPTED, DELIVERED, DISCARDED, endState, LEFT, PRUNED } from '../state.ts'

/** The roll-up against the accounts that are there, and against itself; nothing while older accounts are still being counted. */
export function checkNumbers(core: Core): string[] {
  if (!core.rollUp.countsAll) return []
  return [...checkEnds(core), ...checkFlow(core), ...checkTimes(core)]
}

const ENDS = [ACCEPTED, DELIVERED, DELIVERED + 1, DELIVERED + 2, DISCARDED]
const RECOUNT = `
  SELECT CASE WHEN state < ${DELIVERED} THEN ${ACCEPTED} ELSE state END AS kind, pixel, coalesce(currency, 0) AS currency,
    count(*) AS ends, coalesce(sum(amount), 0.0) AS money
  FROM event GROUP BY 1, 2, 3`
const KEPT = `
  SELECT kind, pixel, currency, sum(ends) AS ends, sum(ends_money) AS money FROM known
  WHERE kind IN (${ENDS.join()}) GROUP BY 1, 2, 3`

/** *Ends* equal a recount, events and money. */
function checkEnds({ database, terms }: Core): string[] {
  const found = new Map((database.prepare(RECOUNT).all() as Row[]).map((row) => [keyOf(row), row]))
  const lines: string[] = []
  for (const kept of database.prepare(KEPT).all() as Row[]) {
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

const FLOW = `
  SELECT pixel, kind, sum(flow) AS flow, sum(ends) AS ends FROM known WHERE pixel > 0 GROUP BY pixel, kind`

/** What happened equals what is there, what was left again, and what was forgotten. */
function checkFlow({ database, terms }: Core): string[] {
  const pixels = new Map<number, Map<number, Row>>()
  for (const row of database.prepare(FLOW).all() as Row[]) {
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
function checkTimes({ database, rollUp }: Core): string[] {
  const { quarterTo, dayTo } = rollUp.grains.edges
  const statement = database.prepare(`
    SELECT kind, sum(flow) AS flow, sum(ends) AS ends FROM rollup WHERE pixel > 0 AND (
      (grain = ${DAY_GRAIN} AND time < ?1) OR (grain = ${QUARTER_GRAIN} AND time >= ?1 AND time < ?2)
      OR (grain = ${MINUTE_GRAIN} AND time >= ?2)) GROUP BY kind`)
  const known = database.prepare('SELECT sum(flow) AS flow, sum(ends) AS ends FROM known WHERE kind = ?')
  return (statement.all(dayTo, quarterTo) as Row[]).flatMap(({ kind, flow, ends }) => {
    const all = known.get(kind!) as Row
    const isMore = Number(flow) > Number(all['flow'] ?? 0) || Number(ends) > Number(all['ends'] ?? 0)
    return isMore ? [`${nameOf(Number(kind))}: more is counted by time than in all`] : []
  })
}

function nameOf(kind: number): string {
  return endState(kind) ?? (kind === ACCEPTED ? 'not ended' : `kind ${kind}`)
}
