import type { TimeStyle } from 'waybill/sources'
import type { ColumnPlan, PlanStep } from './column-plan.ts'
import { nameInMap } from './csv-record.ts'
import type { Mapping } from './mapping.ts'

/** A map that says all that a plan found out, to be edited, or to read the same file in the same way again. */
export function mapOfPlan(plan: ColumnPlan, mapping: Mapping | undefined): Record<string, unknown> {
  const fields = plan.steps.map((step): [string, unknown] => [step.field.name, sourceOf(step, plan.columns)])
  const left = (mapping?.entries ?? []).flatMap((entry): [string, unknown][] =>
    entry.kind === 'off' ? [[entry.field.name, null]] : [],
  )
  return {
    ...Object.fromEntries([...fields, ...left]),
    ...itemsOf(plan),
    ...(plan.groupBy.length === 0
      ? {}
      : { groupBy: plan.groupBy.map((at) => nameInMap(plan.columns[at]!, plan.columns)) }),
    ...(plan.where.length === 0
      ? {}
      : { where: Object.fromEntries(plan.where.map(({ condition }) => [condition.column, condition.written])) }),
    ...(mapping === undefined || mapping.ignore.length === 0 ? {} : { ignore: mapping.ignore }),
    ...settingsOf(plan, mapping),
  }
}

function sourceOf(step: PlanStep, columns: readonly string[]): unknown {
  const text = textOf(step, columns, (column) => nameInMap(column, columns))
  if (step.isSum === true) return { sum: text }
  if (step.values !== undefined) return { column: text, values: step.values.written }
  return step.parts.length === 1 && typeof step.parts[0] === 'string' ? { value: text } : text
}

/** How the text of a step is put together: a column's name, a constant, or a template. */
export function textOf(
  { parts }: PlanStep,
  columns: readonly string[],
  named: (column: string) => string = (column) => column,
): string {
  if (parts.length === 1) return typeof parts[0] === 'number' ? named(columns[parts[0]]!) : parts[0]!
  return parts
    .map((part) => (typeof part === 'number' ? `{${named(columns[part]!)}}` : part.replace(/[{}]/g, '$&$&')))
    .join('')
}

function itemsOf({ items }: ColumnPlan): Record<string, unknown> {
  if (items === undefined) return {}
  const keys = items.keys.map(([field, key]): [string, string] => [field.name.replace(/^item_/, ''), key])
  return { contents: { each: items.each, ...Object.fromEntries(keys) } }
}

function settingsOf({ steps }: ColumnPlan, mapping: Mapping | undefined): Record<string, unknown> {
  const money = steps.find(({ field }) => field.kind === 'decimal')?.rules
  const time = steps.find(({ field }) => field.kind === 'timestamp')?.rules
  const dateFormat = dateFormatOf(time?.time)
  return {
    ...(money === undefined ? {} : { decimal: money.amount.decimal }),
    ...(money === undefined || money.amount.thousands === '' ? {} : { thousands: money.amount.thousands }),
    ...(mapping?.amountUnit === undefined ? {} : { amountUnit: mapping.amountUnit }),
    ...(time?.time.unit === undefined ? {} : { timestampUnit: time.time.unit }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(time?.time.zone === undefined ? {} : { timeZone: time.time.zone.name }),
    ...(mapping?.timeOfDay === undefined ? {} : { timeOfDay: mapping.timeOfDay }),
  }
}

function dateFormatOf(style: TimeStyle | undefined): string | string[] | undefined {
  const all = [...(style?.order === undefined ? [] : [style.order]), ...(style?.patterns ?? [])]
  return all.length > 1 ? all : all[0]
}
