import { cleanCell } from './cell.ts'
import type { ColumnPlan } from './column-plan.ts'
import { type Doubt, listed, mapLine } from './doubt.ts'
import type { KnownExport } from './exports/index.ts'
import { idStep } from './field.ts'
import type { Mapping } from './mapping.ts'
import type { Row } from './row.ts'
import { bareInteger } from './settle-rules.ts'
import { type StatusColumn, shownStatus, statusOf, statusPhrase } from './status.ts'
import { missingFields } from './survey-missing.ts'
import type { SurveyReading } from './survey-reading.ts'
import type { TableRows } from './table-rows.ts'
import { NO_TOTALS, undecidedTotals } from './totals.ts'

interface Found {
  readonly plan: ColumnPlan
  readonly counts: SurveyReading
  readonly table: TableRows
  readonly mapping: Mapping | undefined
  readonly known: KnownExport | undefined
}

const MOST_VALUES = 12

/** What the whole file leaves open beside its columns, and the columns that say what became of its rows. */
export function doubtsOf({ plan, counts, table, mapping, known }: Found): {
  doubts: readonly Doubt[]
  statuses: readonly StatusColumn[]
} {
  const asked = new Set(plan.doubts.map(({ column }) => column))
  const statuses = notLookedAt(plan, counts, mapping).filter(({ column }) => !asked.has(column))
  const missing = missingFields({ plan, counts, mapping, known })
  const doubts: Doubt[] = [
    ...plan.doubts,
    ...undecidedTotals(plan, counts.totals?.found() ?? NO_TOTALS),
    ...missing,
    ...statuses
      .filter(({ doubtful }) => doubtful.length > 0)
      .map((status) => undecided(status, hasEmpty(status, counts))),
  ]
  if (counts.firstBareItem > 0 && mapping?.amountUnit === undefined)
    doubts.push(bareInteger(`The price in "${plan.items!.each}"`, 'item_amount', counts.firstBareItem))
  for (const { name, list, keys } of table.movedPlaces()) doubts.push(moved(name, list, keys))
  return { doubts, statuses }
}

function hasEmpty(
  { column }: StatusColumn,
  { profiles, rows, unreadable, wholeEvents, leftOut }: SurveyReading,
): boolean {
  const aside = [...leftOut.values()].reduce((sum, count) => sum + count, unreadable + wholeEvents)
  return (profiles.find((profile) => profile.column === column)?.filled ?? 0) < rows - aside
}

function notLookedAt(
  { columns, used, where, groupBy }: ColumnPlan,
  counts: SurveyReading,
  mapping: Mapping | undefined,
): StatusColumn[] {
  const ignored = new Set((mapping?.ignore ?? []).map((name) => name.trim().toLowerCase()))
  const looked = new Set([
    ...used.map(({ column }) => column),
    ...[...where.map(({ at }) => at), ...groupBy].map((at) => columns[at]!),
  ])
  const found = counts.profiles.flatMap((profile) =>
    looked.has(profile.column) || ignored.has(profile.column.trim().toLowerCase()) ? [] : (statusOf(profile) ?? []),
  )
  const isInWords = where.length > 0 || ignored.size > 0 || found.some(({ isCode }) => isCode !== true)
  return isInWords ? found.filter(({ isCode }) => isCode !== true) : found
}

function undecided(status: StatusColumn, hasEmpty: boolean): Doubt {
  const { column, values } = status
  const shown = [...values]
    .slice(0, MOST_VALUES)
    .map(([value, count]) => `${shownStatus(value)} (${count.toLocaleString('en-US')})`)
  const counted = conditionOf(status, hasEmpty)
  const perhaps = [...values.keys()]
    .filter((value) => /\p{L}/u.test(value) && statusPhrase(value) !== 'undone')
    .slice(0, MOST_VALUES)
  const offered = counted ?? (perhaps.length > 0 ? perhaps : undefined)
  const isOpen = counted === undefined && offered !== undefined
  return {
    code: 'ambiguous_status',
    about: column,
    column,
    ...(counted === undefined ? {} : { where: { [column]: counted } }),
    ...(offered === undefined ? {} : { offered: { [column]: offered } }),
    message: `Column "${column}" seems to say what became of each row: ${listed(shown)}${values.size > MOST_VALUES ? ', …' : ''}. Not all of that is a conversion that took place.${isOpen ? ' Keep the words that are.' : ''}`,
    lines: [...(offered === undefined ? [] : [mapLine('where', { [column]: offered })]), mapLine('ignore', [column])],
  }
}

/** What `where` asks of a status by the words that are known to be good; where a column says what was undone, nothing is good as well. */
function conditionOf({ values, doubtful, isUndoing = false, harmless = [] }: StatusColumn, hasEmpty: boolean): unknown {
  if (!isUndoing) {
    const good = [...values.keys()].filter((value) => !doubtful.includes(value))
    return good.length > 0 ? good : undefined
  }
  if (harmless.length === 0) return { empty: true }
  return hasEmpty ? [...harmless, ''] : harmless
}

function moved(name: string, list: string, keys: readonly string[]): Doubt {
  return {
    code: 'ambiguous_column',
    about: name,
    message: `"${name}" names a place in a list of keys and values, and that place is not the same in each row: ${listed(keys.map((key) => `"${key}"`))}.`,
    lines: keys.map((key) => `"…": "${list}.${key}"`),
  }
}

/**
 * Rows without an id below one with an id may be further lines of its order. The doubt names the column that such lines share;
 * `undefined` where there are none, or a map says what makes rows one order.
 */
export function furtherLines(plan: ColumnPlan, sample: readonly Row[], table: TableRows): Doubt | undefined {
  const id = idStep(plan.steps)
  const idAt = id?.parts.length === 1 && typeof id.parts[0] === 'number' ? id.parts[0] : undefined
  const hasItems = plan.steps.some(({ field }) => field.part === 'item')
  if (idAt === undefined || plan.groupBy.length > 0 || !hasItems) return undefined
  const rows = sample.filter(
    ({ aside, issues, object }) => aside === undefined && issues === undefined && object === undefined,
  )
  const found = sharedColumns(
    rows.map((row) => table.cellsOf(row).cells),
    idAt,
  )
  if (found === undefined) return undefined
  return {
    code: 'ambiguous_column',
    about: 'groupBy',
    message: `Rows without "${plan.columns[idAt]!}" follow one that has it, and look like further lines of its order.`,
    lines: found.map((at) => mapLine('groupBy', plan.columns[at]!)),
  }
}

/** Columns that are equal to the row before wherever the id is empty, and differ wherever it is another. */
function sharedColumns(rows: readonly (readonly string[])[], idAt: number): number[] | undefined {
  const cell = (row: readonly string[], at: number): string => cleanCell(row[at] ?? '')
  let shared = (rows[0] ?? []).map((_, at) => at).filter((at) => at !== idAt)
  let further = 0
  for (let at = 1; at < rows.length; at++) {
    const [before, row] = [rows[at - 1]!, rows[at]!]
    const isFurther = cell(row, idAt) === ''
    further += isFurther ? 1 : 0
    const isNew = !isFurther && cell(row, idAt) !== cell(before, idAt)
    shared = shared.filter((column) => {
      const text = cell(row, column)
      const isSame = text !== '' && text === cell(before, column)
      return isFurther ? isSame : !(isNew && isSame)
    })
  }
  return further > 0 && shared.length > 0 ? shared : undefined
}
