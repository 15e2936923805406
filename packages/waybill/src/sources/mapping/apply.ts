import type { FriendlyData, FriendlyItem, FriendlyUser } from '../../contract/event.ts'
import { currencyOf, decimalOf, UNREADABLE } from '../amount.ts'
import type { Draft } from '../draft.ts'
import { itemOf } from '../item.ts'
import { clearText, distinct, present, text } from '../read.ts'
import { momentOf } from '../time.ts'
import { isMet } from './condition.ts'
import { evaluate } from './expression.ts'
import type { FieldKind } from './field.ts'
import type { ItemsRule, Rule } from './mapping.ts'
import { lookUp, type Scope } from './path.ts'

/** The first rule whose conditions all hold. */
export function ruleFor(rules: readonly Rule[], scope: Scope): Rule | undefined {
  return rules.find(({ when }) => when.every((condition) => isMet(condition, scope)))
}

/** Business keys under which the visitor's context may have been carried, by the rule. */
export function contextKeys({ context }: Rule, scope: Scope): unknown[] {
  return context.map((from) => evaluate(from, scope))
}

/** The draft with what the rule sets and without what it leaves out. */
export function apply(rule: Rule, draft: Draft, scope: Scope): Draft {
  const parts: Record<'event' | 'user' | 'data', Record<string, unknown>> = {
    event: { ...draft },
    user: { ...draft.user },
    data: { ...draft.data },
  }
  for (const { field, from } of rule.assignments) {
    parts[field.part][field.key] = from === 'off' ? undefined : READERS[field.kind](evaluate(from, scope), rule)
  }
  const { event, user, data } = parts
  if (rule.items !== undefined)
    data['contents'] = rule.items === 'off' ? undefined : itemsOf(rule.items, scope, rule, data)
  if (event['sourceUrl'] !== undefined) event['actionSource'] ??= 'web'
  const known = present(user as FriendlyUser)
  return { ...event, user: Object.keys(known).length === 0 ? undefined : known, data: present(data as FriendlyData) }
}

type Reader = (value: unknown, rule: Rule) => unknown

const READERS: Readonly<Record<FieldKind, Reader>> = {
  text: (value) => text(value),
  texts: (value) => (Array.isArray(value) ? distinct(value) : text(value)),
  exact: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  timestamp: (value, { timestampUnit }) => inMilliseconds(momentOf(value), timestampUnit),
  decimal: (value, { decimal }) => readDecimal(value, decimal),
  minorUnits: (value) => {
    const units = text(value)?.trim()
    return units === undefined ? undefined : { amount: Number(units) }
  },
  currency: (value) => currencyOf(value),
  flag: (value) => FLAGS.get(String(value).toLowerCase()),
  json: (value) => value ?? undefined,
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
])

function readDecimal(value: unknown, sign: '.' | ','): string | undefined {
  const decimal = decimalOf(value)
  if (sign === '.' || typeof value !== 'string') return decimal
  // A point can only be a thousands separator here.
  return decimal?.includes('.') ? UNREADABLE : decimal?.replace(',', '.')
}

/** A bare number in the unit of the mapping, digits beyond the millisecond cut; any other text as it is. */
function inMilliseconds(moment: string | number | undefined, unit: Rule['timestampUnit']): string | number | undefined {
  const number = typeof moment === 'string' && /^\d{1,17}(?:\.\d+)?$/.test(moment) ? Number(moment) : moment
  if (typeof number !== 'number' || unit === 'ms') return number
  return unit === 's' ? Math.floor(number * 1_000) : Math.floor(number / 1_000)
}

function itemsOf(
  { each, keys }: ItemsRule,
  scope: Scope,
  rule: Rule,
  data: Readonly<Record<string, unknown>>,
): FriendlyItem[] | undefined {
  const list = lookUp(scope, each)
  if (!Array.isArray(list)) return undefined
  return list.flatMap((payload) => {
    const raw = Object.fromEntries(keys.map(([key, from]) => [key, evaluate(from, { payload, names: scope.names })]))
    const own = currencyOf(raw['currency'])
    const currency = own ?? currencyOf(data['currency'])
    const price = readDecimal(raw['amount'], rule.decimal)
    const items = itemOf({ id: text(raw['id']), name: raw['name'], quantity: raw['quantity'], price, currency })
    const rest = present({
      contentType: clearText(raw['contentType']),
      groupId: clearText(raw['groupId']),
      currency: own,
    })
    return items.map((item) => ({ ...item, ...rest }))
  })
}
