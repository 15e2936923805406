import type { CellRules } from './cell.ts'
import { type ColumnPlan, planColumns, type UsedColumn } from './column-plan.ts'
import { type MappedRow, toEvent } from './event.ts'
import { flatten } from './flatten.ts'
import type { Mapping } from './mapping.ts'
import { isFlat, type Row } from './row.ts'
import { createTimeZone } from './time-zone.ts'

const KEPT_PLANS = 1_000

export interface MapperOptions {
  readonly mapping?: Mapping
  /** IANA name for times without offset; goes before the mapping's. */
  readonly timeZone?: string
}

/** Turns the rows of one file into events. */
export interface Mapper {
  /** The plan of a file with columns; JSON files have one per set of keys, made as these come up. */
  readonly plan?: ColumnPlan
  map(row: Row): MappedRow
  /** Which columns or keys were used and which ignored, over all plans made so far. */
  summary(): Pick<ColumnPlan, 'used' | 'constants' | 'ignored'>
}

/**
 * Plans a file's columns; without columns (JSON) each set of keys is planned when it comes up.
 * Throws `MappingError` for a mapping that names a missing column, and for an unknown time zone.
 */
export function createMapper(columns: readonly string[] | undefined, options: MapperOptions = {}): Mapper {
  const { mapping } = options
  const rules = cellRules(options)
  const plan = columns && planColumns(columns, mapping)
  const plans = new PlanCache(mapping)
  return {
    ...(plan === undefined ? {} : { plan }),
    map: (row) => mapRow(row, plan, plans, rules, mapping !== undefined),
    summary: () => plan ?? plans.summary(),
  }
}

function cellRules({ mapping, timeZone }: MapperOptions): CellRules {
  const zone = timeZone ?? mapping?.timeZone
  return {
    unit: mapping?.timestampUnit ?? 'ms',
    decimal: mapping?.decimal ?? '.',
    ...(zone === undefined ? {} : { timeZone: createTimeZone(zone) }),
  }
}

function mapRow(
  row: Row,
  plan: ColumnPlan | undefined,
  plans: PlanCache,
  rules: CellRules,
  isMapped: boolean,
): MappedRow {
  if (row.issues !== undefined) return { row, input: undefined, issues: row.issues, isWhole: false }
  if (row.cells !== undefined && plan !== undefined) return { row, isWhole: false, ...toEvent(row.cells, plan, rules) }
  const object = row.object ?? {}
  if (!isMapped && !isFlat(object)) return { row, input: object, issues: [], isWhole: true }
  const flat = flatten(object)
  return { row, isWhole: false, ...toEvent([...flat.values()], plans.planOf([...flat.keys()]), rules) }
}

class PlanCache {
  readonly #mapping: Mapping | undefined
  readonly #plans = new Map<string, ColumnPlan>()
  readonly #used = new Map<string, UsedColumn>()
  readonly #ignored = new Set<string>()
  readonly #constants = new Map<string, { readonly field: string; readonly value: string }>()

  constructor(mapping: Mapping | undefined) {
    this.#mapping = mapping
  }

  planOf(keys: readonly string[]): ColumnPlan {
    const signature = JSON.stringify(keys)
    const known = this.#plans.get(signature)
    if (known !== undefined) return known
    if (this.#plans.size >= KEPT_PLANS) this.#plans.clear()
    const plan = planColumns(keys, this.#mapping, { missingColumns: 'empty' })
    this.#plans.set(signature, plan)
    this.#remember(plan)
    return plan
  }

  summary(): Pick<ColumnPlan, 'used' | 'constants' | 'ignored'> {
    const ignored = [...this.#ignored].filter((key) => !this.#used.has(key))
    return { used: [...this.#used.values()], constants: [...this.#constants.values()], ignored }
  }

  #remember(plan: ColumnPlan): void {
    for (const column of plan.used) this.#used.set(column.column, column)
    for (const constant of plan.constants) this.#constants.set(constant.field, constant)
    // Keys can be as many as a hostile file likes; what is shown to a person need not be.
    for (const key of plan.ignored) if (this.#ignored.size < KEPT_PLANS) this.#ignored.add(key)
  }
}
