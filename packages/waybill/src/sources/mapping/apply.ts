import type { FriendlyData } from '../../contract/friendly-data.ts'
import type { FriendlyUser } from '../../contract/friendly-person.ts'
import { meansNothing } from '../../identity/nothing.ts'
import { currencyOf, decimalOf, statedCurrency, UNREADABLE } from '../amount.ts'
import { type Draft, fitting } from '../draft.ts'
import { itemsFrom } from '../item.ts'
import { distinct, present, text } from '../read.ts'
import { momentOf, utcOf } from '../time.ts'
import { isStated } from '../unused.ts'
import { isMet } from './condition.ts'
import { type Expression, evaluate } from './expression.ts'
import type { Field } from './field.ts'
import type { Rule } from './mapping.ts'
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
  const set = (part: Field['part']): Values => valuesOf(rule, part, scope)
  const given: Draft = { ...draft, ...set('event') }
  const user = present<FriendlyUser>({ ...draft.user, ...set('user') })
  const own = rule.items === undefined ? given : { ...given, data: { ...given.data, contents: undefined } }
  const event = fitting(own, given.type)
  const data: FriendlyData = { ...event.data, ...set('data') }
  const items = contentsBy(rule, scope, currencyOf(data.currency))
  return {
    ...event,
    actionSource: placeOf(event, draft),
    optOut: wishOf(draft.optOut, event.optOut),
    user: Object.keys(user).length === 0 ? undefined : user,
    data: present({ ...data, ...items.data }),
    unsent: [...(event.unsent ?? []), ...unreadBy(rule, scope), ...(items.unsent ?? [])],
  }
}

/** A wish not to be used that the call says itself is not taken back by what a mapping looks at. */
function wishOf(said: Draft['optOut'], mapped: Draft['optOut']): Draft['optOut'] {
  return said === undefined || said === false ? (mapped ?? said) : said
}

type Values = Readonly<Record<string, unknown>>

/** What the rule says of one part of the event; `undefined` where it leaves something out. */
function valuesOf({ assignments, ...rule }: Rule, part: Field['part'], scope: Scope): Values {
  const own = assignments.filter(({ field }) => field.part === part)
  return Object.fromEntries(
    own.map(({ field: { key, kind }, from }) => [
      key,
      from === 'off' ? undefined : READERS[kind](evaluate(from, scope), { ...rule, from }),
    ]),
  )
}

/** A page makes it the web, and taking the page away takes that back. */
function placeOf(event: Draft, before: Draft): Draft['actionSource'] {
  if (event.sourceUrl !== undefined) return event.actionSource ?? 'web'
  const wasForPage = before.sourceUrl !== undefined && before.actionSource === 'web'
  return wasForPage && event.actionSource === 'web' ? undefined : event.actionSource
}

/** Where the rule finds something that its field cannot be, such as an object for an email address. */
function unreadBy({ assignments, ...rule }: Rule, scope: Scope): string[] {
  const isLost = ({ field, from }: Rule['assignments'][number]): boolean => {
    const found = from === 'off' ? undefined : evaluate(from, scope)
    const isWord = typeof found === 'string' && meansNothing(found)
    return from !== 'off' && isStated(found) && !isWord && READERS[field.kind](found, { ...rule, from }) === undefined
  }
  return assignments.filter(isLost).map(({ field: { part, key } }) => (part === 'event' ? key : `${part}.${key}`))
}

type Reader = (value: unknown, rule: Pick<Rule, 'timestampUnit' | 'decimal'> & { readonly from: Expression }) => unknown

const READERS: Readonly<Record<Field['kind'], Reader>> = {
  id: text,
  text,
  quantity: text,
  texts: (value) => (Array.isArray(value) ? distinct(value) : text(value)),
  exact: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  timestamp: (value, { timestampUnit, from }) =>
    inMilliseconds(momentOf(isUtcByName(from) ? utcOf(value) : value), timestampUnit),
  decimal: (value, { decimal }) => readDecimal(value, decimal),
  minorUnits: (value) => {
    const units = text(value)?.trim()
    return units === undefined ? undefined : { amount: Number(units) }
  },
  currency: (value) => currencyOf(value),
  // What says neither yes nor no stays, and gets the event refused: a wish is never dropped.
  flag: (value) =>
    value === undefined || value === null ? undefined : (FLAGS.get(String(value).toLowerCase()) ?? value),
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

/** A field that its vendor defines as UTC says so in its name, and its text has no offset. */
const isUtcByName = (from: Expression): boolean =>
  from.kind === 'path' && /(?:_gmt|_utc|[a-z]Utc|[a-z]Gmt)$/.test(from.path.at(-1) ?? '')

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

function contentsBy(
  { items: from, decimal }: Rule,
  scope: Scope,
  currency: string | undefined,
): Pick<Draft, 'data' | 'unsent'> {
  if (from === undefined) return {}
  const none = { data: { contents: undefined } }
  if (from === 'off') return none
  const { each, keys } = from
  const list = lookUp(scope, each)
  if (!Array.isArray(list)) return { ...none, ...(isStated(list) && { unsent: ['data.contents'] }) }
  const contents = itemsFrom(list, (payload) => {
    const raw = Object.fromEntries(keys.map(([key, value]) => [key, evaluate(value, { payload, names: scope.names })]))
    const { id, name, contentType, groupId, quantity, amount } = raw
    return {
      id: { id },
      name: { name },
      contentType: { contentType },
      groupId: { groupId },
      quantity,
      price: readDecimal(amount, decimal),
      currency,
      ownCurrency: statedCurrency(raw['currency']),
    }
  })
  return { data: { contents } }
}
