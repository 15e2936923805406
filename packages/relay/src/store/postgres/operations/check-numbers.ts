import { checkNumbers as checkAll } from '../../answers/check-numbers.ts'
import { type Reading, type Row, rowsOf } from '../../answers/reading.ts'
import { EDGES_KEY, type Edges, NO_EDGES } from '../../roll-up/edges.ts'
import { ACCEPTED, DELIVERED } from '../../state.ts'
import type { Database } from '../connection/database.ts'
import { eachOf } from '../queue/give-back.ts'
import { TABLES } from '../reads/moment.ts'
import { run } from '../reads/run.ts'
import { Terms } from '../terms.ts'

/** Accounts that one statement counts. */
const RANGE = 100_000
const STATEMENT_MS = 60_000
const SPAN = `
  select to_regclass('waybill_store.rollup_now') is not null as has_numbers, coalesce(min(row), 0) as low, coalesce(max(row), 0) as high,
    (select value from waybill_store.meta where key = '${EDGES_KEY}') as edges from waybill_store.account`
const RECOUNT = `
  select coalesce(e.state, case when q.row is null and leased.row is null then ${DELIVERED} else ${ACCEPTED} end)::integer as kind,
    a.pixel, coalesce(a.currency, 0) as currency, count(*) as ends, coalesce(sum(a.amount), 0) as money
  from waybill_store.account as a
  left join waybill_store.ended as e on e.row = a.row
  left join waybill_store.queue as q on q.row = a.row
  left join (select each.row from waybill_store.lease as l cross join ${eachOf('l.rows')}) as leased on leased.row = a.row
  where a.row >= ? and a.row < ? group by 1, 2, 3`

interface SpanRow {
  readonly has_numbers: boolean
  readonly low: number
  readonly high: number
  readonly edges: string | null
}

/** The roll-up against the accounts that are there, all from one snapshot: what changes in between would be told as a fault. */
export function checkNumbers(database: Database): Promise<string[]> {
  const terms = new Terms({ query: (sql, values) => database.read(sql, values) })
  return database.snapshot(STATEMENT_MS, async (session) => {
    const [span] = await session.query<SpanRow>(SPAN)
    const { has_numbers: hasNumbers, low, high, edges } = span!
    // An older schema, which somebody only looks at.
    if (!hasNumbers) return []
    const checked = {
      terms: { text: (term: number) => terms.text(term), find: () => undefined },
      tables: TABLES,
      edges: edges === null ? NO_EDGES : (JSON.parse(edges) as Edges),
      recount: () => recount(low, high),
    }
    return run(session, terms, checkAll(checked))
  })
}

/** By ranges of accounts, each a short statement. */
function* recount(low: number, high: number): Reading<Row[]> {
  const found = new Map<string, { kind: number; pixel: number; currency: number; ends: number; money: number }>()
  for (let from = low; from <= high; from += RANGE)
    for (const row of (yield* rowsOf(RECOUNT, [from, from + RANGE])) as unknown as Counted[]) {
      const key = `${row.kind} ${row.pixel} ${row.currency}`
      const known = found.get(key)
      if (known === undefined) found.set(key, { ...row })
      else {
        known.ends += row.ends
        known.money += row.money
      }
    }
  return [...found.values()]
}

interface Counted {
  readonly kind: number
  readonly pixel: number
  readonly currency: number
  readonly ends: number
  readonly money: number
}
