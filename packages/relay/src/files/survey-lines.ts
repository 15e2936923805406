import { cleanCell } from './cell.ts'
import type { ColumnPlan } from './column-plan.ts'
import { type Doubt, mapLine } from './doubt.ts'
import type { Row } from './row.ts'
import type { TableRows } from './table-rows.ts'

type Cells = readonly string[]

/**
 * Rows that tell of lines of orders although their ids say otherwise: neighbours that share a column nobody uses have time, amount and
 * person in common wherever they share it, and are orders of their own by the column that was taken for the id.
 */
export function linesUnderOtherIds(plan: ColumnPlan, sample: readonly Row[], table: TableRows): Doubt | undefined {
  const id = plan.used.find(({ field }) => field === 'id')
  if (id === undefined || id.by === 'map' || plan.groupBy.length > 0) return undefined
  const idAt = plan.columns.indexOf(id.column)
  const common = plan.steps
    .filter(({ field }) => field.part === 'user' || field.kind === 'timestamp' || isMoney(field))
    .flatMap(({ parts }) => parts.filter((part) => typeof part === 'number'))
  const rows = sample.filter(({ aside, issues }) => aside === undefined && issues === undefined)
  const cells = rows.map((row) => table.cellsOf(row).cells.map((cell) => cleanCell(cell)))
  const free = plan.ignored.map((column) => plan.columns.indexOf(column))
  const found = free.filter((at) => sharesAnOrder(cells, at, idAt, common))
  if (found.length === 0) return undefined
  return {
    code: 'ambiguous_column',
    about: 'id',
    message: `Rows with different "${id.column}" look like lines of one order: they have the same ${shared(plan, found)}, time, amount and person.`,
    lines: [...found, idAt].slice(0, MOST_SHOWN).map((at) => mapLine('id', plan.columns[at]!)),
  }
}

const MOST_SHOWN = 4

function isMoney({ part, key }: { readonly part: string; readonly key: string }): boolean {
  return part === 'data' && (key === 'amount' || key === 'currency')
}

function shared({ columns }: ColumnPlan, found: readonly number[]): string {
  return found
    .slice(0, MOST_SHOWN)
    .map((at) => `"${columns[at]!}"`)
    .join(', ')
}

/** Whether what the rows have in common goes by this column, and not by the id. */
function sharesAnOrder(rows: readonly Cells[], at: number, idAt: number, common: readonly number[]): boolean {
  const orders = new Map<string, string>()
  const ids = new Map<string, Set<string>>()
  for (const row of rows) {
    const name = row[at] ?? ''
    if (!LOOKS_LIKE_A_NUMBER.test(name)) return false
    const said = common.map((place) => row[place] ?? '').join('\0')
    if ((orders.get(name) ?? said) !== said) return false
    orders.set(name, said)
    ids.set(name, (ids.get(name) ?? new Set()).add(row[idAt] ?? ''))
  }
  const isShared = [...ids.values()].some((own) => own.size > 1)
  return isShared && new Set(orders.values()).size > 1
}

/** A number of an order has digits and is no day; a word, an amount or a time that rows share may be anything. */
const LOOKS_LIKE_A_NUMBER = /^(?!\d{4}-\d\d-\d\d$)(?=.*\d)[\p{L}\d#_/-]{1,64}$/u
