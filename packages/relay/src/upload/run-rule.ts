import { type ColumnPlan, textOf } from '../files/index.ts'

/** How a run makes the ids and types of its events: what is counted twice where it changes. */
export interface RunRule {
  readonly id: string
  readonly type: string
  readonly name: string
}

/** The rule of a plan, in words of a map. */
export function ruleOf(plan: ColumnPlan): RunRule {
  const said = (key: string): string => {
    const step = plan.steps.find(({ field }) => field.part === 'event' && field.key === key)
    if (step === undefined) return ''
    const text = textOf(step, plan.columns)
    const isColumn = step.parts.length === 1 && typeof step.parts[0] === 'number'
    const values = step.values === undefined ? '' : ` by ${JSON.stringify(step.values.written)}`
    return `${isColumn ? `{${text}}` : text}${values}`
  }
  return { id: said('id'), type: said('type'), name: said('customEventName') }
}

export function isSameRule(one: RunRule, other: RunRule): boolean {
  return one.id === other.id && one.type === other.type && one.name === other.name
}

/** The rule for a person: `"Name" (order_created)`. */
export function shownRule({ id, type, name }: RunRule): string {
  const kind = [type, name].filter((part) => part !== '').join(', ')
  return `${id === '' ? 'the id of each event' : `"${id}"`}${kind === '' ? '' : ` (type ${kind})`}`
}
