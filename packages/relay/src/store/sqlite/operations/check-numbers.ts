import { checkNumbers as checkAll } from '../../answers/check-numbers.ts'
import { rowsOf } from '../../answers/reading.ts'
import { ACCEPTED, DELIVERED } from '../../state.ts'
import type { Core } from '../core.ts'
import type { Row } from '../database.ts'
import { TABLES } from '../reads/moment.ts'
import { run } from '../reads/run.ts'

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
  return run(asked, checkAll({ terms, tables: TABLES, edges, recount: () => rowsOf(RECOUNT) }))
}
