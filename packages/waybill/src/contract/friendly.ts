import { MoneyError, money } from '../money.ts'
import { type Context, report } from './context.ts'
import { safeKey } from './data.ts'
import { FRIENDLY_USER, toWireUser } from './friendly-user.ts'
import { type DataShape, shapeOf } from './names.ts'
import { isObject, type PlainObject } from './plain.ts'
import { nearestKey } from './suggest.ts'
import { readTimestamp } from './time.ts'

/** Friendly key → wire key, for the keys whose value passes as it is or has a converter below. */
const EVENT_KEYS: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['type', 'type'],
  ['timestamp', 'timestamp_ms'],
  ['customEventName', 'custom_event_name'],
  ['actionSource', 'action_source'],
  ['sourceUrl', 'source_url'],
  ['oppref', 'oppref'],
  ['user', 'user'],
  ['optOut', 'opt_out'],
  ['data', 'data'],
])
const DATA_KEYS: ReadonlyMap<string, string> = new Map([
  ['type', 'type'],
  ['amount', 'amount'],
  ['currency', 'currency'],
  ['planId', 'plan_id'],
  ['contents', 'contents'],
])
const ITEM_KEYS: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['name', 'name'],
  ['contentType', 'content_type'],
  ['quantity', 'quantity'],
  ['amount', 'amount'],
  ['currency', 'currency'],
  ['groupId', 'group_id'],
  ['variantDict', 'variant_dict'],
])

/** A wire event made from a friendly one, and the wire paths that already have an issue of their own. */
export interface Translation {
  readonly wire: PlainObject
  readonly settledPaths: ReadonlySet<string>
}

/** Friendly event in, wire event out. Issues name the friendly paths. */
export function toWire(event: PlainObject, context: Context): Translation {
  const settledPaths = new Set<string>()
  const wire = rename(event, EVENT_KEYS, '', context)
  if ('timestamp_ms' in wire) convertTimestamp(wire, settledPaths, context)
  if (isObject(wire['user'])) wire['user'] = toWireUser(wire['user'], context)
  const shape = typeof wire['type'] === 'string' ? shapeOf(wire['type']) : undefined
  wire['data'] ??= {}
  if (isObject(wire['data'])) wire['data'] = toWireData(wire['data'], shape, settledPaths, context)
  return { wire, settledPaths }
}

/** Own keys with a value, under their wire names; an unknown key is reported. */
function rename(
  object: PlainObject,
  keys: ReadonlyMap<string, string>,
  prefix: string,
  context: Context,
  free = false,
): PlainObject {
  const renamed: PlainObject = {}
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined || value === null) continue
    const wireKey = keys.get(key)
    if (wireKey !== undefined) renamed[wireKey] = value
    else if (free) Object.defineProperty(renamed, key, { value, enumerable: true, writable: true, configurable: true })
    else {
      const near = nearestKey(key, keys.keys())
      const code = prefix.startsWith('data') ? 'unknown_data_field' : 'unknown_field'
      report(context, code, prefix + safeKey(key), { hint: near && `In the friendly form the key is "${near}".` })
    }
  }
  return renamed
}

function convertTimestamp(wire: PlainObject, settledPaths: Set<string>, context: Context): void {
  const instant = readTimestamp(wire['timestamp_ms'])
  if (instant.ok) wire['timestamp_ms'] = instant.ms
  else {
    report(context, instant.fault, 'timestamp')
    settledPaths.add('timestamp_ms')
    delete wire['timestamp_ms']
  }
}

function toWireData(
  data: PlainObject,
  shape: DataShape | undefined,
  settledPaths: Set<string>,
  context: Context,
): PlainObject {
  const free = shape === 'custom' && context.contract !== '2026-06'
  const wire = rename(data, DATA_KEYS, 'data.', context, free)
  // `data.type` follows from the event's name; where that is unknown, the name is the fault to mend.
  if (wire['type'] === undefined && shape !== undefined) wire['type'] = shape
  else if (shape === undefined) settledPaths.add('data.type')
  const convert = (object: PlainObject, path: string, fallback: unknown): void =>
    convertAmount(object, path, fallback, settledPaths, context)
  convert(wire, 'data', undefined)
  if (Array.isArray(wire['contents'])) {
    wire['contents'] = wire['contents'].map((item: unknown, index) => {
      if (!isObject(item)) return item
      const path = `data.contents[${index}]`
      const wireItem = rename(item, ITEM_KEYS, `${path}.`, context)
      convert(wireItem, path, wire['currency'])
      return wireItem
    })
  }
  return { ...(wire['type'] === undefined ? {} : { type: wire['type'] }), ...wire }
}

/** Turns `amount` into minor units, in place. `fallback` is the currency of the event, for an item without its own. */
function convertAmount(
  object: PlainObject,
  path: string,
  fallback: unknown,
  settledPaths: Set<string>,
  context: Context,
): void {
  const { amount } = object
  if (amount === undefined) return
  const currency = object['currency'] ?? fallback
  const fail = (code: Parameters<typeof report>[1], message?: string): void => {
    report(context, code, `${path}.amount`, { message })
    settledPaths.add(`${path}.amount`).add(`${path}.currency`)
    delete object['amount']
  }
  if (isObject(amount)) takeMoney(object, amount, path, fail)
  else if (typeof amount === 'number') fail('ambiguous_amount')
  else if (typeof amount !== 'string')
    fail('invalid_type', `${path}.amount must be a decimal string or a money() value.`)
  else if (currency === undefined) fail('missing_currency')
  else if (typeof currency !== 'string') settledPaths.add(`${path}.amount`)
  else {
    try {
      object['amount'] = money(amount.trim(), currency).amount
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error
      fail(error.code, error.message)
    }
  }
}

/** Takes `{ amount, currency }` as `money()` made it. */
function takeMoney(
  object: PlainObject,
  value: PlainObject,
  path: string,
  fail: (code: 'invalid_amount' | 'currency_mismatch', message?: string) => void,
): void {
  const { amount, currency } = value
  if (typeof amount !== 'number')
    return fail('invalid_amount', `${path}.amount is an object, but not one that money() made.`)
  object['amount'] = amount
  if (currency === undefined) return
  const beside = object['currency']
  if (beside === undefined) object['currency'] = currency
  else if (String(beside).toUpperCase() !== String(currency).toUpperCase()) fail('currency_mismatch')
}

const FRIENDLY_NAMES: ReadonlyMap<string, string> = new Map([
  ...[...EVENT_KEYS, ...DATA_KEYS, ...ITEM_KEYS].map(([friendly, wire]): [string, string] => [wire, friendly]),
  ...[...FRIENDLY_USER].flatMap(([friendly, { wire }]) =>
    Object.values(wire).map((wireKey): [string, string] => [wireKey, friendly]),
  ),
])

/** The path of a wire field as the writer of a friendly event knows it. */
export function friendlyPath(wirePath: string): string {
  return wirePath.replace(/[^.[\]]+/g, (segment) => FRIENDLY_NAMES.get(segment) ?? segment)
}
