import { type Context, prefixPaths, report, wrongType } from './context.ts'
import { currencyCode } from './currency.ts'
import type { WireData } from './event.ts'
import type { Issue } from './issue.ts'
import { DATA_SHAPES, type DataShape } from './names.ts'
import { denseLength, isJson, isObject, isPlain, type PlainObject, plain } from './plain.ts'
import { containsEmail, REMOVED } from './privacy.ts'
import { didYouMean, nearestKey } from './suggest.ts'
import { judgeJson, judgeKey, judgeText, safeKey } from './text.ts'
import { hashedKey } from './user-keys.ts'

/** Judges one value under one key of `data` or of an item; paths are relative to that object. */
type KeyRule = (value: unknown, key: string, context: Context) => void
type KeyRules = ReadonlyMap<string, KeyRule>

const text: KeyRule = (value, key, context) => {
  if (typeof value !== 'string') wrongType(context, key, 'string', value)
  else judgeText(value, key, context)
}

const filledText: KeyRule = (value, key, context) => {
  if (value === '') report(context, 'empty_value', key, { message: `${key} must not be empty when it is present.` })
  else text(value, key, context)
}

const integer: KeyRule = (value, key, context) => {
  if (!Number.isSafeInteger(value)) reportNoInteger(value, key, context)
}

const reportNoInteger: KeyRule = (value, key, context) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) wrongType(context, key, 'integer', value)
  else if (!Number.isInteger(value))
    report(context, key === 'amount' ? 'decimal_amount' : 'invalid_type', key, {
      message: `${key} must be a whole number, and has a fraction.`,
    })
  else report(context, 'unsafe_amount', key)
}

const amount: KeyRule = (value, key, context) => {
  integer(value, key, context)
  if (typeof value === 'number' && value < 0) report(context, 'negative_amount', key)
}

const quantity: KeyRule = (value, key, context) => {
  integer(value, key, context)
  if (typeof value === 'number' && value < 1) report(context, 'suspicious_quantity', key)
}

const currency: KeyRule = (value, key, context) => {
  if (typeof value !== 'string') return wrongType(context, key, 'string', value)
  const code = currencyCode(value)
  if (code === undefined) report(context, 'invalid_currency', key)
  else if (code !== value) report(context, 'currency_uppercased', key)
}

const variants: KeyRule = (value, key, context) => {
  if (!isObject(value) || !isPlain(value)) return wrongType(context, key, 'object', value)
  for (const [name, variant] of Object.entries(value)) {
    if (variant === undefined) continue
    const path = `${key}.${safeKey(name)}`
    judgeKey(name, key, context)
    if (typeof variant === 'string') judgeText(variant, path, context, name)
    else wrongType(context, path, 'string', variant)
  }
}

const ITEM_KEYS: KeyRules = new Map([
  ['id', text],
  ['name', text],
  ['content_type', filledText],
  ['quantity', quantity],
  ['amount', amount],
  ['currency', currency],
  ['group_id', text],
  ['variant_dict', variants],
])

const contents: KeyRule = (value, key, context) => {
  if (!Array.isArray(value)) return wrongType(context, key, 'array', value)
  const length = denseLength(value)
  for (let index = 0; index < length; index++) {
    const mark = context.issues.length
    judgeItem(value[index], context)
    if (context.issues.length > mark) prefixPaths(context, mark, `${key}[${index}].`)
  }
  if (length < value.length) report(context, 'not_json', `${key}[${length}]`, { message: 'The list has a hole here.' })
}

function judgeItem(item: unknown, context: Context): void {
  if (!isObject(item)) wrongType(context, '', 'object', item)
  // A Date, for example, would be written as a string.
  else if (typeof item['toJSON'] === 'function') report(context, 'not_json', '')
  else judgeKeys(item, ITEM_KEYS, context)
}

const dataType: KeyRule = () => {}

const COMMON_KEYS: readonly [string, KeyRule][] = [
  ['type', dataType],
  ['amount', amount],
  ['currency', currency],
]
const PLAN: [string, KeyRule] = ['plan_id', text]
const CONTENTS: [string, KeyRule] = ['contents', contents]

/** Shape → its keys (specification, section 4). */
const DATA_KEYS: Readonly<Record<DataShape, KeyRules>> = {
  contents: new Map([...COMMON_KEYS, CONTENTS]),
  customer_action: new Map(COMMON_KEYS),
  plan_enrollment: new Map([...COMMON_KEYS, PLAN, CONTENTS]),
  custom: new Map([...COMMON_KEYS, PLAN, CONTENTS]),
}

const shapes: ReadonlySet<unknown> = new Set(DATA_SHAPES)

/**
 * Judges `data` against the shape the event name demands (`undefined` when the name is unknown; then `data.type` decides).
 * Gives the object to send: the same one, or a copy with upper-case currencies. Paths of issues are relative to `data`.
 */
export function judgeData(given: PlainObject, demanded: DataShape | undefined, context: Context): WireData {
  const data = plain(given)
  const mark = context.issues.length
  const said = shapes.has(data['type']) ? (data['type'] as DataShape) : undefined
  if (said === undefined || said !== demanded) judgeShape(said, demanded, context)
  const shape = demanded ?? said ?? 'custom'
  judgeKeys(data, DATA_KEYS[shape], context, shape === 'custom')
  judgeCurrencies(data, context)
  judgeSum(data, context)
  return (
    context.issues.length > mark && isUppercased(context.issues, mark) ? withUppercaseCurrencies(data) : data
  ) as WireData
}

const isUppercased = (issues: readonly Issue[], mark: number): boolean =>
  issues.slice(mark).some(({ code }) => code === 'currency_uppercased')

function judgeShape(said: DataShape | undefined, demanded: DataShape | undefined, context: Context): void {
  if (said === undefined) {
    const message = demanded && `data.type must be a supported data type; this event name demands "${demanded}".`
    report(context, 'missing_event_data_type', 'type', { message })
  } else if (demanded !== undefined && said !== demanded) {
    const message = `data.type is "${said}", and this event name demands "${demanded}".`
    report(context, 'data_type_mismatch', 'type', { message })
  }
}

function judgeKeys(object: PlainObject, rules: KeyRules, context: Context, free = false): void {
  for (const key in object) {
    const value = object[key]
    if (value === undefined) continue
    const rule = rules.get(key)
    if (rule !== undefined) rule(value, key, context)
    else if (Object.hasOwn(object, key)) judgeUnknown(value, key, context, free ? undefined : rules)
  }
}

/** `rules` are those of a closed shape. */
function judgeUnknown(value: unknown, key: string, context: Context, rules: KeyRules | undefined): void {
  if (rules === undefined) judgeFreeKey(value, key, context)
  else report(context, 'unknown_data_field', safeKey(key), { hint: () => hintForUnknown(key, rules, context) })
}

function judgeFreeKey(value: unknown, key: string, context: Context): void {
  if (key === REMOVED) report(context, 'removed_value', '[key]')
  if (containsEmail(key))
    report(context, 'email_outside_user', '[key]', { message: 'A key of data contains an email address.' })
  if (isJson(value)) judgeJson(value, safeKey(key), context, key)
  else report(context, 'not_json', safeKey(key))
}

function hintForUnknown(key: string, rules: KeyRules, context: Context): string | undefined {
  const near = nearestKey(key, rules.keys())
  if (near !== undefined) return didYouMean(near)
  if (rules === ITEM_KEYS) return undefined
  if (DATA_KEYS.custom.has(key)) return 'Other event names take this key; this one does not.'
  if (ITEM_KEYS.has(key)) return 'This key belongs to an item of contents.'
  return hashedKey(key, context.contract) === undefined ? undefined : 'Identity belongs in user, hashed.'
}

function judgeCurrencies(data: PlainObject, context: Context): void {
  if (data['currency'] !== undefined) return
  if (data['amount'] !== undefined) {
    report(context, 'missing_currency', 'currency', { message: 'data.amount needs data.currency.' })
  }
  const items: unknown = data['contents']
  if (!Array.isArray(items)) return
  const length = denseLength(items)
  for (let index = 0; index < length; index++) judgeItemCurrency(items[index], index, context)
}

function judgeItemCurrency(item: unknown, index: number, context: Context): void {
  if (!isObject(item) || item['amount'] === undefined || item['currency'] !== undefined) return
  report(context, 'missing_currency', `contents[${index}].currency`, {
    message: 'An item has an amount, and neither it nor the event has a currency.',
  })
}

/** Of an event in minor units with items in major ones, or the other way round, one is exactly 100 times the other. */
function judgeSum({ amount, currency, contents }: PlainObject, context: Context): void {
  if (typeof amount !== 'number' || amount <= 0 || !Array.isArray(contents) || contents.length === 0) return
  let sum = 0
  for (let index = 0; index < contents.length; index++) {
    const item: unknown = contents[index]
    if (!isObject(item) || typeof item['amount'] !== 'number') return
    if (item['currency'] !== undefined && item['currency'] !== currency) return
    sum += item['amount'] * (typeof item['quantity'] === 'number' ? item['quantity'] : 1)
  }
  if (sum > 0 && (amount === 100 * sum || sum === 100 * amount)) report(context, 'suspicious_amount', 'amount')
}

function withUppercaseCurrencies(data: PlainObject): PlainObject {
  const upper = (object: PlainObject): PlainObject =>
    typeof object['currency'] === 'string' ? { ...object, currency: object['currency'].toUpperCase() } : object
  const copy = upper(data)
  if (!Array.isArray(data['contents'])) return copy
  return { ...copy, contents: data['contents'].map((item: unknown) => (isObject(item) ? upper(item) : item)) }
}
