import { checkNumbers as checkAll } from '../../answers/check-numbers.ts'
import { rowsOf } from '../../answers/reading.ts'
import { eachCell } from '../../roll-up/pack.ts'
import { ACCEPTED, DELIVERED } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { TABLES } from '../reads/moment.ts'
import { run } from '../reads/run.ts'
import type { Pack } from '../roll-up/pack-table.ts'

const RECOUNT = `
  SELECT CASE WHEN state < ${DELIVERED} THEN ${ACCEPTED} ELSE state END AS kind, pixel, coalesce(currency, 0) AS currency,
    count(*) AS ends, coalesce(sum(amount), 0.0) AS money
  FROM event GROUP BY 1, 2, 3`

/** The roll-up against the accounts that are there; nothing while older accounts are still being counted. */
export function checkNumbers({ database, rollUp, terms }: Core): string[] {
  if (!rollUp.countsAll) return []
  const asked = {
    rows: (sql: string, ...values: (string | number | null)[]) => database.prepare(sql).all(...values) as Row[],
  }
  const { edges } = rollUp.grains
  const packed = (...times: [grain: number, from: number, until: number]): Row[] =>
    rollUp.packs.rollup.within(...times).map(totalOf)
  return run(asked, checkAll({ terms, tables: TABLES, edges, recount: () => rowsOf(RECOUNT), packed }))
}

/** Of all pixels, each counted once. */
function totalOf({ kind, cells }: Pack): Row {
  const total = { kind, flow: 0, ends: 0 }
  const add = (_pixel: number, _key: number, flow: number, ends: number): void => {
    total.flow += flow
    total.ends += ends
  }
  eachCell(cells, add, (pixel) => pixel > 0)
  return total
}
