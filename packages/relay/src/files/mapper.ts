import type { ColumnPlan } from './column-plan.ts'
import { type CutIds, damageFinder } from './cut-ids.ts'
import { type MappedRow, toEvent } from './event.ts'
import { cellText, lookUp } from './flatten.ts'
import { OrderWalk } from './order-walk.ts'
import { isWholeEvent, type JsonObject, type Row } from './row.ts'

/** Turns the rows of one file into events, in their order. */
export interface Mapper {
  readonly plan: ColumnPlan
  map(row: Row): MappedRow
}

/** With a mapping every object is read by the names of its leaves; without one a whole event is taken as it stands. */
export function createMapper(
  plan: ColumnPlan,
  { isMapped = false, cutIds = [] }: { readonly isMapped?: boolean; readonly cutIds?: readonly CutIds[] } = {},
): Mapper {
  const damageOf = damageFinder(plan, cutIds)
  const walk = new OrderWalk(plan)
  const wanted = wantedColumns(plan)
  return {
    plan,
    map(row) {
      if (row.issues !== undefined) return { row, input: undefined, issues: row.issues, isWhole: false }
      if (row.aside !== undefined) return { row, input: undefined, issues: [], isWhole: false }
      const { object } = row
      if (object !== undefined && !isMapped && isWholeEvent(object)) return wholeEvent(row, object)
      const cells = object === undefined ? row.cells! : cellsOf(object, plan.columns, wanted)
      const { order, key, group, leftOutBy } = walk.next(cells)
      const event = toEvent(cells, plan, object)
      const damage = damageOf?.(cells) ?? []
      const issues = damage.length === 0 ? event.issues : [...event.issues, ...damage]
      const mapped = { row, isWhole: false, order, key, group, ...event, issues }
      return leftOutBy === undefined ? mapped : { ...mapped, leftOutBy }
    },
  }
}

/** The key of a whole event; whether its parts are what they should be is for its check to say. */
export function wholeKey(object: JsonObject): string | undefined {
  const { id, type } = object
  const name = type === 'custom' ? (object['custom_event_name'] ?? object['customEventName']) : type
  return typeof id === 'string' && id !== '' ? `${String(name).toLowerCase()}\0${id}` : undefined
}

function wholeEvent(row: Row, object: JsonObject): MappedRow {
  return { row, input: object, issues: [], isWhole: true, key: wholeKey(object) }
}

/** The leaves of an object that the plan asks for, each in the place of its column. */
function cellsOf(object: JsonObject, columns: readonly string[], wanted: readonly number[]): string[] {
  const cells: string[] = new Array(columns.length).fill('')
  for (const at of wanted) cells[at] = cellText(lookUp(object, columns[at]!))
  return cells
}

function wantedColumns({ steps, where, groupBy }: ColumnPlan): number[] {
  const parts = steps.flatMap((step) => step.parts.filter((part) => typeof part === 'number'))
  return [...new Set([...parts, ...where.map(({ at }) => at), ...groupBy])]
}
