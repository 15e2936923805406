import { cleanCell } from './cell.ts'
import type { ColumnPlan, SettledStep } from './column-plan.ts'
import { meaningOf, stepText } from './event.ts'

/** What is known of a row by its place among the rows before it. */
export interface Step {
  /** The same for all rows of one order; `undefined` for a row that says of no order. */
  readonly order: number | undefined
  readonly isFurther: boolean
  /** The key under which the API counts it, as far as this row says it. */
  readonly key: string | undefined
  /** What makes its rows one order, where that is not the id. */
  readonly group: string | undefined
  /** The column for which the row is left out. */
  readonly leftOutBy: string | undefined
}

interface Names {
  readonly group: string
  readonly id: string
  readonly type: string
  readonly name: string
}

/** Goes through the rows of a table in their order: which of them are one order, and which count. */
export class OrderWalk {
  readonly #plan: ColumnPlan
  readonly #id: SettledStep | undefined
  readonly #type: SettledStep | undefined
  readonly #name: SettledStep | undefined
  #orders = 0
  #last: Names | undefined
  /** What the first rows of the order said in the columns of `where`: its further lines often leave that out. */
  #said: string[] = []

  constructor(plan: ColumnPlan) {
    this.#plan = plan
    const stepOf = (key: string): SettledStep | undefined =>
      plan.steps.find(({ field }) => field.part === 'event' && field.key === key)
    this.#id = stepOf('id')
    this.#type = stepOf('type')
    this.#name = stepOf('customEventName')
  }

  next(cells: readonly string[]): Step {
    const names = this.#namesOf(cells)
    const isFurther = this.#last !== undefined && this.#continues(this.#last, names)
    if (!isFurther) {
      this.#last = names.group === '' && names.id === '' ? undefined : names
      this.#orders += 1
    }
    const of = isFurther ? this.#last! : names
    return {
      order: this.#last === undefined ? undefined : this.#orders,
      isFurther,
      key: of.id === '' ? undefined : `${of.type === 'custom' ? of.name.toLowerCase() : of.type}\0${of.id}`,
      group: of.group === '' ? undefined : of.group,
      leftOutBy: this.#plan.where.length === 0 ? undefined : this.#leftOutBy(cells, isFurther),
    }
  }

  /** Later lines of an order often leave out what its first line said, the type included. */
  #continues(last: Names, { group, id, type, name }: Names): boolean {
    if (this.#plan.groupBy.length > 0) return group !== '' && group === last.group
    return id !== '' && id === last.id && (type === '' || type === last.type) && (name === '' || name === last.name)
  }

  #namesOf(cells: readonly string[]): Names {
    const { groupBy } = this.#plan
    return {
      group: groupBy.length === 0 ? '' : groupText(groupBy, cells),
      id: textOf(this.#id, cells),
      type: textOf(this.#type, cells),
      name: textOf(this.#name, cells),
    }
  }

  #leftOutBy(cells: readonly string[], isFurther: boolean): string | undefined {
    const before = this.#said
    this.#said = this.#plan.where.map(
      ({ at }, index) => cleanCell(cells[at] ?? '') || (isFurther ? before[index]! : ''),
    )
    const failed = this.#plan.where.find(
      ({ condition, rules }, index) => !condition.holds(this.#said[index]!, rules.time),
    )
    return failed === undefined ? undefined : this.#plan.columns[failed.at]!
  }
}

function textOf(step: SettledStep | undefined, cells: readonly string[]): string {
  if (step === undefined) return ''
  const text = stepText(step, cells) ?? ''
  return step.values === undefined || text === '' ? text : (meaningOf(step, text) ?? '')
}

/** Empty where any of the columns is: half a name of an order is none. */
function groupText(groupBy: readonly number[], cells: readonly string[]): string {
  const parts = groupBy.map((at) => cleanCell(cells[at] ?? ''))
  return parts.includes('') ? '' : parts.join('\0')
}
