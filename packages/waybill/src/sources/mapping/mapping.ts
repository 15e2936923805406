import { isObject } from '../../contract/plain.ts'
import { nearestKey } from '../../contract/suggest.ts'
import { ConfigError } from '../../errors.ts'
import { type Condition, parseCondition } from './condition.ts'
import { type Expression, parseExpression } from './expression.ts'
import { FIELD_NAMES, type Field, findField, findItemKey, ITEM_FIELDS } from './field.ts'
import { type Path, parsePath } from './path.ts'

/** `'off'` leaves the field out. */
export interface Assignment {
  readonly field: Field
  readonly from: Expression | 'off'
}

/** Where the items of an event come from. */
export interface ItemsRule {
  readonly each: Path
  readonly keys: readonly (readonly [key: string, from: Expression])[]
}

/** What to do with one kind of call: which of them, and what to set. */
export interface Rule {
  readonly when: readonly Condition[]
  readonly assignments: readonly Assignment[]
  readonly items: ItemsRule | 'off' | undefined
  /** Business keys under which the visitor's context may have been carried, the likeliest first. */
  readonly context: readonly Expression[]
  /** Unit of a bare number in `timestamp`. */
  readonly timestampUnit: 'ms' | 's' | 'us'
  /** Decimal sign of texts in `amount`. */
  readonly decimal: '.' | ','
}

/** A mapping file for a source: name of a call → its rules, of which the first whose conditions hold counts; `null` is never sent. */
export type CallMapping = ReadonlyMap<string, readonly Rule[] | null>

type Faults = string[]

const EXAMPLE =
  '{ "when": { "status": "paid" }, "id": "order_{number}", "type": { "value": "order_created" }, "timestamp": "paid_at" }'
const SETTINGS = { timestampUnit: ['ms', 's', 'us'], decimal: ['.', ','] } as const

/** Names of calls are compared without regard to case, spaces, `_` and `-`: `Order Completed`, `order_completed` and `orderCompleted` are one. */
export function callName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}

/** Reads `{ "events": { "<call>": rule, list of rules, or null } }`. Throws a {@link ConfigError} that names every fault. */
export function parseCallMapping(json: unknown): CallMapping {
  if (json === undefined) return new Map()
  const faults: Faults = []
  const events = isObject(json) ? json['events'] : undefined
  if (!isObject(json) || !isObject(events))
    throw mappingError(['it has no object "events"'], `{ "events": { "orders/paid": ${EXAMPLE} } }`)
  for (const key of Object.keys(json))
    if (key !== 'events') faults.push(`"${key}" is no part of it; the rules stand in "events"`)
  const mapping = new Map<string, readonly Rule[] | null>()
  for (const [name, rules] of Object.entries(events)) {
    if (mapping.has(callName(name))) faults.push(`events["${name}"] is the same call as another: keep one`)
    mapping.set(callName(name), rules === null ? null : rulesOf(rules, `events["${name}"]`, faults))
  }
  if (faults.length > 0) throw mappingError(faults, EXAMPLE)
  return mapping
}

/** Reads the mapping of a generic source: one rule, or a list of them. Throws a {@link ConfigError} that names every fault. */
export function parseRules(json: unknown): readonly Rule[] {
  const faults: Faults = []
  const rules = rulesOf(json, '', faults)
  for (const { assignments } of rules) {
    const missing = ['id', 'type', 'timestamp'].filter(
      (key) => !assignments.some(({ field, from }) => field.part === 'event' && field.key === key && from !== 'off'),
    )
    faults.push(...missing.map((key) => `"${key}" is missing: every rule says where it comes from`))
  }
  if (faults.length > 0) throw mappingError(faults, EXAMPLE)
  return rules
}

/** An expression of an option. Throws a {@link ConfigError} for one that is none. */
export function requireExpression(option: string, written: string): Expression {
  const expression = typeof written === 'string' ? parseExpression(written) : undefined
  if (expression !== undefined) return expression
  throw new ConfigError('invalid_mapping', `${option} is no path and no template.`, {
    hint: `Write a path such as "order_number", or a template such as "order_{order_number}".`,
  })
}

function mappingError(faults: Faults, example: string): ConfigError {
  return new ConfigError('invalid_mapping', `The mapping is not right: ${faults.join('; ')}.`, {
    hint: `A mapping looks like ${example}`,
  })
}

function rulesOf(json: unknown, place: string, faults: Faults): Rule[] {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json]
  if (list.length === 0) faults.push(`${place || 'the list'} is empty`)
  return list.flatMap((rule, index) => {
    const where = Array.isArray(json) ? `${place}[${index}]` : place
    if (isObject(rule)) return [ruleOf(rule, where === '' ? '' : `${where}.`, faults)]
    faults.push(`${where || 'it'} is no JSON object`)
    return []
  })
}

function ruleOf(json: Record<string, unknown>, place: string, faults: Faults): Rule {
  const { when = {}, contents, context = [], timestampUnit = 'ms', decimal = '.', ...fields } = json
  for (const [key, allowed] of Object.entries(SETTINGS)) {
    const value = key === 'decimal' ? decimal : timestampUnit
    if (!(allowed as readonly unknown[]).includes(value))
      faults.push(`${place}${key} is one of ${allowed.map((one) => `"${one}"`).join(', ')}`)
  }
  const assignments = Object.entries(fields).flatMap(([name, value]) => assignmentOf(name, value, place, faults))
  faults.push(...repeatsIn(assignments).map((key) => `${place}${key} is said twice: keep one`))
  return {
    when: conditionsOf(when, `${place}when`, faults),
    assignments,
    items: contents === undefined ? undefined : itemsOf(contents, `${place}contents`, faults),
    context: contextOf(context, `${place}context`, faults),
    timestampUnit: timestampUnit as Rule['timestampUnit'],
    decimal: decimal as Rule['decimal'],
  }
}

function conditionsOf(json: unknown, place: string, faults: Faults): Condition[] {
  if (!isObject(json)) {
    faults.push(`${place} is an object of paths and values`)
    return []
  }
  return Object.entries(json).flatMap(([path, wanted]) => {
    const condition = parseCondition(path, wanted)
    if (condition === undefined)
      faults.push(`${place}["${path}"] is a value, a list of them, { "not": … } or { "exists": true }`)
    return condition ?? []
  })
}

function contextOf(json: unknown, place: string, faults: Faults): Expression[] {
  return [json].flat().flatMap((written) => {
    const expression = typeof written === 'string' ? parseExpression(written) : undefined
    if (expression === undefined) faults.push(`${place} is a path, a template, or a list of them`)
    return expression ?? []
  })
}

function assignmentOf(name: string, value: unknown, place: string, faults: Faults): Assignment[] {
  const field = findField(name)
  const from = value === null ? 'off' : expressionOf(value)
  if (field === undefined) faults.push(`${place}${name} is no field${suggestion(name)}`)
  else if (from === undefined) faults.push(`${place}${name} needs ${NEEDED}`)
  else return [{ field, from }]
  return []
}

/** Keys that two names of a field fill, such as `amount` and `data.amount`. */
function repeatsIn(assignments: readonly Assignment[]): string[] {
  const slots = assignments.map(({ field: { part, key } }) => `${part}.${key}`)
  const repeated = assignments.filter((_, index) => slots.indexOf(slots[index]!) !== index)
  return repeated.map(({ field }) => field.key)
}

const NEEDED = 'a path, a template such as "order_{number}", { "value": … }, or null to leave it out'

function suggestion(name: string): string {
  const near = nearestKey(name, [...FIELD_NAMES, 'contents', 'when', 'context', 'timestampUnit', 'decimal'])
  return near === undefined ? '' : ` (did you mean "${near}"?)`
}

function expressionOf(json: unknown): Expression | undefined {
  if (typeof json === 'string') return parseExpression(json)
  if (!isObject(json) || Object.keys(json).join() !== 'value') return undefined
  const { value } = json
  const isConstant = value !== '' && ['string', 'number', 'boolean'].includes(typeof value)
  return isConstant ? { kind: 'constant', value: value as string | number | boolean } : undefined
}

function itemsOf(json: unknown, place: string, faults: Faults): ItemsRule | 'off' {
  if (json === null) return 'off'
  const { each, ...keys } = isObject(json) ? json : {}
  if (typeof each !== 'string' || each === '') {
    faults.push(`${place} is { "each": path to the list, "id": path in one of them, … }, or null`)
    return 'off'
  }
  return {
    each: parsePath(each),
    keys: Object.entries(keys).flatMap(([name, value]): [string, Expression][] => {
      const key = findItemKey(name)
      const from = expressionOf(value)
      if (key !== undefined && from !== undefined) return [[key, from]]
      faults.push(
        key === undefined
          ? `${place}.${name} is no key of an item (${[...ITEM_FIELDS.values()].join(', ')})`
          : `${place}.${name} needs ${NEEDED}`,
      )
      return []
    }),
  }
}
