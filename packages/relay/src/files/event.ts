import { ISSUES } from 'waybill'
import { meansNothing } from 'waybill/identity'
import { isFailedCell } from 'waybill/sources'
import { cleanCell, PricedAmount, readers } from './cell.ts'
import type { ColumnPlan, SettledStep } from './column-plan.ts'
import { isTerm } from './constant.ts'
import { createDraft, type Draft, finished, setField } from './draft.ts'
import type { Field } from './field.ts'
import { cellText, lookUp } from './flatten.ts'
import { fault, type Issue } from './issue.ts'
import type { JsonObject, Row } from './row.ts'

/** An event in the friendly form as far as the cells gave it, and what is wrong with cells. Business rules are not judged. */
export interface MappedCells {
  readonly input: Readonly<Record<string, unknown>>
  readonly issues: readonly Issue[]
  /** Set where a word of the row means that it is no conversion: the column. */
  readonly leftOutBy?: string
}

/** A row with the event that it holds. */
export interface MappedRow extends Partial<Pick<MappedCells, 'leftOutBy'>> {
  readonly row: Row
  /** The event, to be checked; `undefined` for a row that could not be read. */
  readonly input: unknown
  readonly issues: readonly Issue[]
  /** Whether the row is a complete event as it stood in a JSON file, rather than one line of a table. */
  readonly isWhole: boolean
  /** Rows of one number are lines of one order; `undefined` for a row that belongs to none. */
  readonly order?: number | undefined
  /** Under what the API counts the event, and what makes rows one order where that is not the id. */
  readonly key?: string | undefined
  readonly group?: string | undefined
}

const NO_ISSUES: readonly Issue[] = []

/** Builds the friendly event from cells in the order of the plan's columns. Absent cells leave their field out. */
export function toEvent(
  cells: readonly string[],
  plan: Pick<ColumnPlan, 'steps' | 'items'>,
  object?: JsonObject,
): MappedCells {
  const draft = createDraft()
  let issues: Issue[] | undefined
  let leftOutBy: string | undefined
  const report = (issue: Issue): void => {
    issues ??= []
    issues.push(issue)
  }
  for (const step of plan.steps) {
    const text = stepText(step, cells)
    if (text === undefined || text === '') {
      if (saidNothing(step, cells)) report(nothing(step.column))
      continue
    }
    const meaning = step.values === undefined ? text : meaningOf(step, text, report)
    if (meaning === null) leftOutBy = step.column
    else if (meaning !== '') put(draft, step, meaning, report)
  }
  if (plan.items !== undefined && object !== undefined) putItems(draft, plan.items, object, report)
  const found = { input: finished(draft), issues: issues ?? NO_ISSUES }
  return leftOutBy === undefined ? found : { ...found, leftOutBy }
}

/** The text of a step; `undefined` when a template's column is empty: half an id is worse than none. */
export function stepText(step: Pick<SettledStep, 'parts' | 'field'>, cells: readonly string[]): string | undefined {
  const { parts, field } = step
  if (parts.length === 1) return part(parts[0]!, cells, field)
  let text = ''
  for (const each of parts) {
    const piece = part(each, cells)
    if (typeof each === 'number' && piece === '') return undefined
    text += piece
  }
  return text
}

/** What a step's text means by its table of words: `null` for a row that is no conversion, `''` for nothing that is known. */
export function meaningOf(
  step: Pick<SettledStep, 'values' | 'field' | 'column'>,
  text: string,
  report?: (issue: Issue) => void,
): string | null {
  const meaning = step.values!.meaningOf(text)
  if (meaning !== undefined) return meaning
  if (isTerm(step.field, text)) return text
  const word = SHOWN.has(step.field.name) && text.length <= LONGEST_SHOWN ? `says "${text}"` : 'holds a word'
  const message = `Column "${step.column}" ${word}, which the values of "${step.field.name}" do not explain.`
  report?.(
    fault('invalid_cell', step.column, message, 'Add the word to the values in the map; null leaves its rows out.'),
  )
  return ''
}

/** Fields whose values are words of a list, and never of a person. */
const SHOWN: ReadonlySet<string> = new Set(['type', 'currency', 'action_source', 'custom_event_name'])
const LONGEST_SHOWN = 60

function part(each: number | string, cells: readonly string[], field?: Field): string {
  if (typeof each === 'string') return each
  const cell = cells[each] ?? ''
  // An opaque reference goes out to the last space, even where it is spaces only, unless it is a word for nothing.
  if (field?.kind === 'exact') return meansNothing(cell) ? '' : cell
  return cleanCell(cell, field?.part === 'user' && NAMES.has(field.key) ? 'name' : 'text')
}

/** What people and places are called can be a word that elsewhere means nothing. */
const NAMES: ReadonlySet<string> = new Set(['firstName', 'lastName', 'city'])

/** Whether a word for nothing is what keeps a field empty. */
function saidNothing({ parts }: SettledStep, cells: readonly string[]): boolean {
  return parts.some((each) => {
    const cell = typeof each === 'number' ? (cells[each] ?? '') : ''
    return cell !== '' && cell.trim() !== '' && cleanCell(cell) === ''
  })
}

/** In a field that may be left out it costs the field and not the row. */
function failed(column: string): Issue {
  const message = `Column "${column}" holds what a spreadsheet shows where a formula failed; it was left out.`
  return {
    code: 'invalid_cell',
    path: column,
    message,
    hint: 'Fix the formula and export again.',
    severity: 'warning',
  }
}

const nothing = (column: string): Issue => told('means_nothing', column)
const unused = (column: string): Issue => told('unused_field', column)

function told(code: 'means_nothing' | 'unused_field', column: string): Issue {
  const { about, fix, severity } = ISSUES[code]
  return { code, path: column, message: about, hint: fix, severity }
}

function put(draft: Draft, step: SettledStep, text: string, report: (issue: Issue) => void): void {
  const { field, column, rules } = step
  if (field.kind === 'text' && isFailedCell(text)) return report(failed(column))
  const value = readers[field.kind](text, column, rules, report)
  if (value instanceof PricedAmount) putPriced(draft, step, value, report)
  else setField(draft, field, value)
}

/** A cell such as `USD 25.99` says its currency; a column of its own must not say another. */
function putPriced(
  draft: Draft,
  { field, column }: Pick<SettledStep, 'field' | 'column'>,
  { decimal, currency }: PricedAmount,
  report: (issue: Issue) => void,
): void {
  setField(draft, field, decimal)
  const place = field.part === 'item' ? (draft.items![field.index] as Record<string, unknown>) : draft.data
  const said = field.part === 'item' ? (place['currency'] ?? draft.data['currency']) : place['currency']
  if (said === undefined) place['currency'] = currency
  else if (String(said).toUpperCase() !== currency)
    report(
      fault(
        'currency_mismatch',
        column,
        `Column "${column}" names another currency than the row.`,
        'Correct one of the two.',
      ),
    )
}

function putItems(
  draft: Draft,
  items: NonNullable<ColumnPlan['items']>,
  object: JsonObject,
  report: (issue: Issue) => void,
): void {
  const list = lookUp(object, items.each)
  if (!Array.isArray(list)) {
    if (cellText(list).trim() !== '') report(unused(items.each))
    return
  }
  for (const [index, item] of list.entries()) {
    if (item !== null && !isJsonObject(item)) report(unused(items.each))
    for (const [field, key] of items.keys) {
      const column = `${items.each}.${key}`
      const value = lookUp(item, key)
      const raw = typeof value === 'object' ? '' : cellText(value)
      const text = cleanCell(raw)
      if (text !== '') put(draft, { field: { ...field, index }, column, parts: [], rules: items.rules }, text, report)
      else if (typeof value === 'object' && value !== null) report(unused(column))
      else if (raw.trim() !== '') report(nothing(column))
    }
  }
}

const isJsonObject = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value)
