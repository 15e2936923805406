import { type ContractSetting, nearestKey } from 'waybill'
import { isTemplate, parseTemplate, type TemplatePart } from 'waybill/sources'
import { isConstantOf } from './constant.ts'
import { isReportColumn, nameInMap } from './csv-record.ts'
import type { Doubt } from './doubt.ts'
import { MappingError } from './errors.ts'
import { type Field, findField, slotOf } from './field.ts'
import { type Cells, DECISIVE, type Guess, guessColumns } from './guess.ts'
import type { ItemsEntry, Mapping, MappingEntry } from './mapping.ts'
import type { CellRules } from './reading-rules.ts'
import { settleRules } from './settle-rules.ts'
import { idColumn, withoutTotals } from './totals.ts'
import type { ValueTable } from './values.ts'
import { type Condition, parseWhere } from './where.ts'

/** Where a field's text comes from: one cell, or texts and cells put together. */
export interface PlanStep {
  readonly field: Field
  /** The column that an issue names; for a template the first of its columns, for a constant the field. */
  readonly column: string
  readonly parts: readonly (number | string)[]
  /** What the text is put into before it is read. */
  readonly values?: ValueTable
  /** Added up over the rows of an order. */
  readonly isSum?: boolean
}

/** A step that knows how its text is read. */
export interface SettledStep extends PlanStep {
  readonly rules: CellRules
}

export interface UsedColumn {
  readonly column: string
  readonly field: string
  /** `map`: a map says so; `name`: the header is the field's name; `guess`: another spelling, or by its cells. */
  readonly by: 'map' | 'name' | 'guess'
}

/** Which column fills which field, which rows count, and which rows are one order. */
export interface ColumnPlan {
  readonly columns: readonly string[]
  readonly used: readonly UsedColumn[]
  readonly constants: readonly { readonly field: string; readonly value: string }[]
  readonly ignored: readonly string[]
  readonly steps: readonly SettledStep[]
  readonly where: readonly { readonly at: number; readonly condition: Condition; readonly rules: CellRules }[]
  /** Columns that are equal in the rows of one order; empty where the id says it. */
  readonly groupBy: readonly number[]
  readonly items?: ItemsEntry & { readonly rules: CellRules }
  /** What has to be said before anything is sent. */
  readonly doubts: readonly Doubt[]
}

export interface PlanOptions {
  readonly mapping?: Mapping | undefined
  /** What the cells say; absent where only the names are known. */
  readonly cells?: Cells | undefined
  readonly contract?: ContractSetting | undefined
  /** IANA name for times without offset; goes before the mapping's. */
  readonly timeZone?: string | undefined
  /** The zone that the file itself names. */
  readonly fileZone?: string | undefined
  /** Ids that were found to be those of totals. */
  readonly totals?: readonly string[] | undefined
  /** Whether rows leave out what they do not have, so that a name of the map that no row has is only told; not so for what decides. */
  readonly isTyped?: boolean | undefined
  /** Whether the mapping says all there is, so that nothing is guessed. */
  readonly isComplete?: boolean
  /** Whether the mapping is one for this very export. */
  readonly isKnown?: boolean | undefined
  /** Whether rows are compared and not sent: any word is a type, and an id keeps the spaces that it was sent with. */
  readonly isComparison?: boolean | undefined
}

/**
 * Decides which column fills which field: what the mapping says, then exact names in any case and guesses by names and cells. What has
 * two answers is a doubt of the plan. Throws `MappingError` when the mapping names a column that is not there.
 */
export function planColumns(columns: readonly string[], options: PlanOptions = {}): ColumnPlan {
  const { mapping } = options
  const planner = new Planner(columns, mapping, options.isTyped === true)
  for (const entry of mapping?.entries ?? []) planner.follow(entry)
  if (options.isComplete === true) return planner.plan(options, [])
  const { guesses, doubts } = guessColumns({
    columns,
    cells: options.cells,
    contract: options.contract ?? '2026-06',
    takesAnyType: options.isComparison,
    isKnown: options.isKnown,
    isTaken: planner.isTaken,
    isFilled: planner.isFilled,
    isExplained: (slot) => mapping?.values.has(slot) ?? false,
  })
  for (const guess of guesses) planner.take(guess)
  return planner.plan(options, doubts)
}

function asSent(step: SettledStep): SettledStep {
  return step.field.kind === 'id' ? { ...step, field: { ...step.field, kind: 'exact' } } : step
}

class Planner {
  readonly #columns: readonly string[]
  readonly #mapping: Mapping | undefined
  readonly #isTyped: boolean
  readonly #slots = new Set<string>()
  /** Columns that are spoken for; those in templates only may still be found by their exact name. */
  readonly #taken = new Set<number>()
  readonly #inTemplates = new Set<number>()
  readonly #steps: PlanStep[] = []
  readonly #used: [at: number, column: UsedColumn][] = []
  readonly #constants: { field: string; value: string }[] = []

  constructor(columns: readonly string[], mapping: Mapping | undefined, isTyped: boolean) {
    this.#columns = columns
    this.#mapping = mapping
    this.#isTyped = isTyped
    for (const name of mapping?.ignore ?? []) {
      const at = isTyped ? this.#find(name) : this.#require(name)
      if (at !== undefined) this.#taken.add(at)
    }
  }

  readonly isTaken = (at: number): boolean =>
    this.#taken.has(at) || (this.#inTemplates.has(at) && findField(this.#columns[at]!.trim()) === undefined)

  readonly isFilled = (slot: string): boolean => this.#slots.has(slot)

  follow(entry: MappingEntry): void {
    this.#slots.add(slotOf(entry.field))
    if (entry.kind === 'off') return
    if (entry.kind === 'constant') this.#setConstant(entry.field, entry.text)
    else if (entry.kind === 'sum') this.#take(this.#require(entry.column), entry.field, 'map', { isSum: true })
    else this.#followText(entry.field, entry.text)
  }

  take({ field, at, clockAt, exact }: Guess): void {
    this.#slots.add(slotOf(field))
    if (clockAt === undefined) this.#take(at, field, exact ? 'name' : 'guess')
    else {
      for (const half of [at, clockAt]) {
        this.#taken.add(half)
        this.#used.push([half, { column: this.#columns[half]!, field: field.name, by: 'guess' }])
      }
      this.#push({ field, column: this.#columns[at]!, parts: [at, ' ', clockAt] })
    }
  }

  plan(options: PlanOptions, doubts: readonly Doubt[]): ColumnPlan {
    const { cells } = options
    const asked = [...(this.#mapping?.where ?? []), ...this.#withoutTotals(options.totals ?? [])]
    const where = asked.map((condition) => ({ at: this.#require(condition.column), condition }))
    const groupBy = (this.#mapping?.groupBy ?? []).map((name) => this.#require(name))
    const settled = settleRules(this.#steps, this.#columns, options)
    const items = this.#mapping?.items
    const looked = new Set([...this.#taken, ...this.#inTemplates, ...where.map(({ at }) => at), ...groupBy])
    return {
      columns: this.#columns,
      used: this.#used.sort(([a], [b]) => a - b).map(([, column]) => column),
      constants: this.#constants,
      ignored: this.#columns.filter((_, at) => !looked.has(at)),
      steps: options.isComparison === true ? settled.steps.map(asSent) : settled.steps,
      where: where.map((each) => ({ ...each, rules: settled.rulesOf(each.at) })),
      groupBy,
      ...(items === undefined ? {} : { items: { ...items, rules: settled.rulesOf(undefined) } }),
      doubts: cells === undefined ? [] : [...doubts, ...settled.doubts],
    }
  }

  #withoutTotals(ids: readonly string[]): Condition[] {
    const at = idColumn({ steps: this.#steps })
    return at === undefined || ids.length === 0 ? [] : parseWhere(withoutTotals(this.#columns, at, ids))
  }

  #followText(field: Field, text: string): void {
    const at = this.#find(text)
    if (at !== undefined) this.#take(at, field, 'map')
    else if (isTemplate(text)) this.#setTemplate(field, parseTemplate(text) ?? [])
    else if (isConstantOf(field, text)) this.#setConstant(field, text)
    else if (!this.#mayBeAbsent(field)) this.#refuseMissing(text)
  }

  #mayBeAbsent(field: Field): boolean {
    return this.#isTyped && !DECISIVE.includes(slotOf(field))
  }

  #take(at: number, field: Field, by: UsedColumn['by'], more: Pick<PlanStep, 'isSum'> = {}): void {
    const column = this.#columns[at]!
    this.#taken.add(at)
    this.#used.push([at, { column, field: field.name, by }])
    this.#push({ field, column, parts: [at], ...more })
  }

  #setConstant(field: Field, value: string): void {
    this.#constants.push({ field: field.name, value })
    this.#push({ field, column: field.name, parts: [value] })
  }

  #setTemplate(field: Field, template: readonly TemplatePart[]): void {
    const isAbsent = template.some((part) => 'name' in part && this.#find(part.name) === undefined)
    if (isAbsent && this.#mayBeAbsent(field)) return
    const parts = template.map((part) => ('text' in part ? part.text : this.#templateColumn(part.name, field)))
    const first = parts.find((part) => typeof part === 'number')
    this.#push({ field, column: first === undefined ? field.name : this.#columns[first]!, parts })
  }

  #templateColumn(name: string, field: Field): number {
    const at = this.#require(name)
    this.#inTemplates.add(at)
    this.#used.push([at, { column: this.#columns[at]!, field: field.name, by: 'map' }])
    return at
  }

  #push(step: PlanStep): void {
    const values = this.#mapping?.values.get(slotOf(step.field))
    this.#steps.push(values === undefined ? step : { ...step, values })
  }

  #require(name: string): number {
    return this.#find(name) ?? this.#refuseMissing(name)
  }

  #find(name: string): number | undefined {
    const exact = this.#columns.indexOf(name)
    const wanted = name.trim().toLowerCase()
    const at = exact >= 0 ? exact : this.#columns.findIndex((column) => column.trim().toLowerCase() === wanted)
    if (at < 0) return this.#findFirst(name)
    if (this.#isOneOfSeveral(at)) throw this.#twice(name)
    return at
  }

  /** `Total (1)`, where `Total (2)` is another column. */
  #findFirst(name: string): number | undefined {
    const at = this.#columns.indexOf(name.replace(/ \(1\)$/, ''))
    return at >= 0 && this.#isOneOfSeveral(at) ? at : undefined
  }

  #isOneOfSeveral(at: number): boolean {
    const column = this.#columns[at]!
    return nameInMap(column, this.#columns) !== column
  }

  #twice(name: string): MappingError {
    return new MappingError(
      `The file has several columns "${name}". Name the first one "${name} (1)" and the second one "${name} (2)".`,
    )
  }

  #refuseMissing(name: string): never {
    const near = nearestKey(name, this.#columns)
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`
    const shown = this.#columns.filter((column) => !isReportColumn(column)).slice(0, MOST_SHOWN)
    const more = this.#columns.length > shown.length ? ' …' : ''
    throw new MappingError(
      `The mapping names a column "${name}" that the file does not have.${hint} Its columns: ${shown.join(', ')}${more}.`,
    )
  }
}

const MOST_SHOWN = 40
