import { type Context, prefixPaths, report, wrongType } from './context.ts'
import { CURRENCIES } from './currency.ts'
import type { WireData } from './event.ts'
import { CONTRACTS, type Contract, DATA_SHAPES, type DataShape } from './names.ts'
import { isJson, isObject, type PlainObject } from './plain.ts'
import { containsEmail } from './privacy.ts'
import { nearestKey } from './suggest.ts'
import { judgeJson, judgeText } from './text.ts'

/** Judges one value under one key of `data` or of an item; paths are relative to that object. */
type KeyRule = (value: unknown, key: string, context: Context) => void

const text: KeyRule = (value, key, context) => {
  if (typeof value !== 'string') wrongType(context, key, 'string', value)
  else judgeText(value, key, context)
}

const filledText: KeyRule = (value, key, context) => {
  if (value === '') report(context, 'empty_value', key, { message: `${key} must not be empty when it is present.` })
  else text(value, key, context)
}

const integer: KeyRule = (value, key, context) => {
  if (typeof value !== 'number') wrongType(context, key, 'integer', value)
  else if (!Number.isInteger(value))
    report(context, key === 'amount' ? 'decimal_amount' : 'invalid_type', key, {
      message: `${key} must be a whole number, and has a fraction.`,
    })
  else if (!Number.isSafeInteger(value)) report(context, 'unsafe_amount', key)
}

const amount: KeyRule = (value, key, context) => {
  integer(value, key, context)
  if ((value as number) < 0) report(context, 'negative_amount', key)
}

const quantity: KeyRule = (value, key, context) => {
  integer(value, key, context)
  if ((value as number) < 1) report(context, 'suspicious_quantity', key)
}

const currency: KeyRule = (value, key, context) => {
  if (typeof value !== 'string') return wrongType(context, key, 'string', value)
  if (CURRENCIES.has(value)) return
  if (CURRENCIES.has(value.toUpperCase())) report(context, 'currency_uppercased', key)
  else report(context, 'invalid_currency', key)
}

const variants: KeyRule = (value, key, context) => {
  if (!isObject(value)) return wrongType(context, key, 'object', value)
  for (const [name, variant] of Object.entries(value)) {
    if (typeof variant !== 'string') wrongType(context, `${key}.${name}`, 'string', variant)
  }
  judgeJson(value, key, context, key)
}

const ITEM_KEYS_2026_06: ReadonlyMap<string, KeyRule> = new Map([
  ['id', text],
  ['name', text],
  ['content_type', filledText],
  ['quantity', quantity],
  ['amount', amount],
  ['currency', currency],
])
const ITEM_KEYS_2026_11: ReadonlyMap<string, KeyRule> = new Map([
  ...ITEM_KEYS_2026_06,
  ['group_id', text],
  ['variant_dict', variants],
])
const ITEM_KEYS: Readonly<Record<Contract, ReadonlyMap<string, KeyRule>>> = {
  '2026-06': ITEM_KEYS_2026_06,
  '2026-11': ITEM_KEYS_2026_11,
}

const contents: KeyRule = (value, key, context) => {
  if (!Array.isArray(value)) return wrongType(context, key, 'array', value)
  const keys = ITEM_KEYS[context.contract]
  for (let index = 0; index < value.length; index++) {
    const mark = context.issues.length
    if (isObject(value[index])) judgeKeys(value[index], keys, context)
    else wrongType(context, '', 'object', value[index])
    if (context.issues.length > mark) prefixPaths(context, mark, `${key}[${index}].`)
  }
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
const DATA_KEYS: Readonly<Record<DataShape, ReadonlyMap<string, KeyRule>>> = {
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
export function judgeData(data: PlainObject, demanded: DataShape | undefined, context: Context): WireData {
  const mark = context.issues.length
  const said = shapes.has(data['type']) ? (data['type'] as DataShape) : undefined
  judgeShape(said, demanded, context)
  const shape = demanded ?? said ?? 'custom'
  const free = shape === 'custom' && context.contract !== '2026-06'
  judgeKeys(data, DATA_KEYS[shape], context, free)
  judgeCurrencies(data, context)
  const uppercase = context.issues.length > mark && context.issues.slice(mark).some(isUppercased)
  return (uppercase ? withUppercaseCurrencies(data) : data) as WireData
}

const isUppercased = ({ code }: { code: string }): boolean => code === 'currency_uppercased'

function judgeShape(said: DataShape | undefined, demanded: DataShape | undefined, context: Context): void {
  if (said === undefined) {
    const message = demanded && `data.type must be a supported data type; this event name demands "${demanded}".`
    report(context, 'missing_event_data_type', 'type', { message })
  } else if (demanded !== undefined && said !== demanded) {
    const message = `data.type is "${said}", and this event name demands "${demanded}".`
    report(context, 'data_type_mismatch', 'type', { message })
  }
}

function judgeKeys(object: PlainObject, rules: ReadonlyMap<string, KeyRule>, context: Context, free = false): void {
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined) continue
    const rule = rules.get(key)
    if (rule !== undefined) rule(value, key, context)
    else if (free) judgeFreeKey(value, key, context)
    else unknownKey(key, rules, context)
  }
}

function judgeFreeKey(value: unknown, key: string, context: Context): void {
  if (containsEmail(key))
    report(context, 'email_outside_user', '[key]', { message: 'A key of data contains an email address.' })
  if (isJson(value)) judgeJson(value, safeKey(key), context, key)
  else report(context, 'not_json', safeKey(key))
}

function unknownKey(key: string, rules: ReadonlyMap<string, KeyRule>, context: Context): void {
  const near = nearestKey(key, rules.keys())
  const newer = near === undefined && context.contract === '2026-06' && ITEM_KEYS_2026_11.has(key)
  const elsewhere = near === undefined && !newer && (key === 'plan_id' || key === 'contents')
  report(context, 'unknown_data_field', safeKey(key), {
    hint: near
      ? `Did you mean "${near}"?`
      : newer
        ? 'This key belongs to contract "2026-11".'
        : elsewhere
          ? 'Other event names take this key; this one does not.'
          : undefined,
  })
}

/** A stranger's key is quoted only when it reads like a key; it could be personal. */
export function safeKey(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? key : '[key]'
}

function judgeCurrencies(data: PlainObject, context: Context): void {
  const shared = data['currency'] !== undefined
  if (data['amount'] !== undefined && !shared) {
    report(context, 'missing_currency', 'currency', { message: 'data.amount needs data.currency.' })
  }
  if (shared || !Array.isArray(data['contents'])) return
  data['contents'].forEach((item: unknown, index) => {
    if (!isObject(item) || item['amount'] === undefined || item['currency'] !== undefined) return
    report(context, 'missing_currency', `contents[${index}].currency`, {
      message: 'An item has an amount, and neither it nor the event has a currency.',
    })
  })
}

function withUppercaseCurrencies(data: PlainObject): PlainObject {
  const upper = (object: PlainObject): PlainObject =>
    typeof object['currency'] === 'string' ? { ...object, currency: object['currency'].toUpperCase() } : object
  const copy = upper(data)
  if (!Array.isArray(data['contents'])) return copy
  return { ...copy, contents: data['contents'].map((item: unknown) => (isObject(item) ? upper(item) : item)) }
}

/** True for the name of a contract generation. */
export function isContract(value: unknown): value is Contract {
  return (CONTRACTS as readonly unknown[]).includes(value)
}
