import { nearestKey } from 'waybill'
import { isConstantOf } from './constant.ts'
import { isReportColumn } from './csv-record.ts'
import { MappingError } from './errors.ts'
import { type Field, findField, slotOf } from './field.ts'
import type { Mapping, MappingEntry } from './mapping.ts'
import { guessField } from './synonym.ts'
import { isTemplate, parseTemplate, type TemplatePart } from './template.ts'

/** Where a field's text comes from: one cell, or texts and cells put together. */
export interface PlanStep {
  readonly field: Field
  /** The column that an issue names; for a template the first of its columns, for a constant the field. */
  readonly column: string
  readonly parts: readonly (number | string)[]
}

export interface UsedColumn {
  readonly column: string
  readonly field: string
  /** Whether the header is another spelling that was taken to mean this field. To be shown to the user. */
  readonly guessed: boolean
}

/** Which column fills which field. */
export interface ColumnPlan {
  readonly used: readonly UsedColumn[]
  readonly constants: readonly { readonly field: string; readonly value: string }[]
  readonly ignored: readonly string[]
  readonly steps: readonly PlanStep[]
}

export interface PlanOptions {
  /** Rows of NDJSON leave out what they do not have; a column that is missing is then empty, not an error. */
  readonly missingColumns?: 'refuse' | 'empty'
}

/**
 * Decides which column fills which field: what the mapping says, then exact names in any case, then guesses.
 * Of two columns for one field the first wins. Throws `MappingError` when the mapping names a column that is not there.
 */
export function planColumns(columns: readonly string[], mapping?: Mapping, options: PlanOptions = {}): ColumnPlan {
  const planner = new Planner(columns, options.missingColumns ?? 'refuse')
  for (const entry of mapping?.entries ?? []) planner.follow(entry)
  for (const [at, column] of columns.entries()) planner.match(column, at, findField(column.trim()), false)
  for (const [at, column] of columns.entries()) planner.match(column, at, guessField(column), true)
  return planner.plan()
}

class Planner {
  readonly #columns: readonly string[]
  readonly #missingColumns: 'refuse' | 'empty'
  readonly #slots = new Set<string>()
  /** Columns that are spoken for; those in templates only may still be found by their exact name. */
  readonly #taken = new Set<number>()
  readonly #inTemplates = new Set<number>()
  readonly #steps: PlanStep[] = []
  readonly #used: [at: number, column: UsedColumn][] = []
  readonly #constants: { field: string; value: string }[] = []

  constructor(columns: readonly string[], missingColumns: 'refuse' | 'empty') {
    this.#columns = columns
    this.#missingColumns = missingColumns
  }

  follow(entry: MappingEntry): void {
    this.#slots.add(slotOf(entry.field))
    if (entry.kind === 'off') return
    if (entry.kind === 'constant') this.#setConstant(entry.field, entry.text)
    else this.#followText(entry.field, entry.text)
  }

  match(column: string, at: number, field: Field | undefined, guessed: boolean): void {
    if (field === undefined || this.#taken.has(at) || isReportColumn(column)) return
    if (guessed && this.#inTemplates.has(at)) return
    const slot = slotOf(field)
    if (this.#slots.has(slot)) return
    this.#slots.add(slot)
    this.#take(at, field, guessed)
  }

  plan(): ColumnPlan {
    const isUsed = (at: number): boolean => this.#taken.has(at) || this.#inTemplates.has(at)
    return {
      used: this.#used.sort(([a], [b]) => a - b).map(([, column]) => column),
      constants: this.#constants,
      ignored: this.#columns.filter((_, at) => !isUsed(at)),
      steps: this.#steps,
    }
  }

  #followText(field: Field, text: string): void {
    const at = this.#find(text)
    if (at !== undefined) this.#take(at, field, false)
    else if (isTemplate(text)) this.#setTemplate(field, parseTemplate(text) ?? [])
    else if (isConstantOf(field, text)) this.#setConstant(field, text)
    else this.#refuseMissing(text)
  }

  #take(at: number, field: Field, guessed: boolean): void {
    const column = this.#columns[at]!
    this.#taken.add(at)
    this.#used.push([at, { column, field: field.name, guessed }])
    this.#steps.push({ field, column, parts: [at] })
  }

  #setConstant(field: Field, value: string): void {
    this.#constants.push({ field: field.name, value })
    this.#steps.push({ field, column: field.name, parts: [value] })
  }

  #setTemplate(field: Field, template: readonly TemplatePart[]): void {
    const parts = template.map((part) => ('text' in part ? part.text : this.#templateColumn(part.column, field)))
    // A template over a column that this row does not have leaves its field out.
    if (parts.includes(-1)) return
    const first = parts.find((part) => typeof part === 'number')
    this.#steps.push({ field, column: first === undefined ? field.name : this.#columns[first]!, parts })
  }

  #templateColumn(name: string, field: Field): number {
    const at = this.#find(name)
    if (at === undefined) this.#refuseMissing(name)
    else {
      this.#inTemplates.add(at)
      this.#used.push([at, { column: this.#columns[at]!, field: field.name, guessed: false }])
    }
    return at ?? -1
  }

  #find(name: string): number | undefined {
    const exact = this.#columns.indexOf(name)
    if (exact >= 0) return exact
    const wanted = name.trim().toLowerCase()
    const at = this.#columns.findIndex((column) => column.trim().toLowerCase() === wanted)
    return at < 0 ? undefined : at
  }

  #refuseMissing(name: string): void {
    if (this.#missingColumns === 'empty') return
    const near = nearestKey(name, this.#columns)
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`
    throw new MappingError(
      `The mapping names a column "${name}" that the file does not have.${hint} Its columns: ${this.#columns.join(', ')}.`,
    )
  }
}
