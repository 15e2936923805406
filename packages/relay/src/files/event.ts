import { type CellRules, isAbsent, readers } from './cell.ts'
import type { ColumnPlan, PlanStep } from './column-plan.ts'
import { createDraft, finished, setField } from './draft.ts'
import type { Issue } from './issue.ts'
import type { Row } from './row.ts'

/** An event in the friendly form as far as the cells gave it, and what is wrong with cells. Business rules are not judged. */
export interface MappedCells {
  readonly input: Readonly<Record<string, unknown>>
  readonly issues: readonly Issue[]
}

/** A row with the event that it holds. */
export interface MappedRow {
  readonly row: Row
  /** The event, to be checked; `undefined` for a row that could not be read. */
  readonly input: unknown
  readonly issues: readonly Issue[]
  /** Whether the row is a complete event as it stood in a JSON file, rather than one line of a table. */
  readonly isWhole: boolean
}

const NO_ISSUES: readonly Issue[] = []

/** Builds the friendly event from cells in the order of the plan's columns. Absent cells leave their field out. */
export function toEvent(cells: readonly string[], plan: ColumnPlan, rules: CellRules): MappedCells {
  const draft = createDraft()
  let issues: Issue[] | undefined
  const report = (issue: Issue): void => {
    issues ??= []
    issues.push(issue)
  }
  for (const step of plan.steps) {
    const text = textOf(step, cells)
    if (text === undefined || isAbsent(text, step.field.kind)) continue
    setField(draft, step.field, readers[step.field.kind](text, step.column, rules, report))
  }
  return { input: finished(draft), issues: issues ?? NO_ISSUES }
}

/** `undefined` when a template's column is empty: half an id is worse than none. */
function textOf({ parts }: PlanStep, cells: readonly string[]): string | undefined {
  if (parts.length === 1) return part(parts[0]!, cells)
  let text = ''
  for (const each of parts) {
    const piece = part(each, cells)
    if (typeof each === 'number' && piece.trim() === '') return undefined
    text += piece
  }
  return text
}

function part(each: number | string, cells: readonly string[]): string {
  return typeof each === 'string' ? each : (cells[each] ?? '')
}
