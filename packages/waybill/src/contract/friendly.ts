import { isDecimal, isMoneyError, money } from '../money.ts'
import { type Context, report } from './context.ts'
import { DATA_KEYS, EVENT_KEYS, ITEM_KEYS } from './friendly-names.ts'
import { FRIENDLY_USER, toWireUser } from './friendly-user.ts'
import type { IssueCode } from './issue.ts'
import { type DataShape, shapeOf } from './names.ts'
import { denseLength, isObject, type PlainObject } from './plain.ts'
import { nearestKey, nearestPath } from './suggest.ts'
import { safeKey } from './text.ts'
import { readTimestamp } from './time.ts'

/** A wire event made from a friendly one, and the wire paths that already have an issue of their own. */
export interface Translation {
  readonly wire: PlainObject
  readonly settledPaths: ReadonlySet<string>
}

/** What the steps of one translation share. */
interface Desk {
  readonly context: Context
  readonly settledPaths: Set<string>
}

/** Friendly event in, wire event out. Issues name the friendly paths. */
export function toWire(event: PlainObject, context: Context): Translation {
  const desk: Desk = { context, settledPaths: new Set() }
  const wire = rename(event, EVENT_KEYS, (key) => reportUnknownField(key, context))
  if ('timestamp_ms' in wire) convertTimestamp(wire, desk)
  if (isObject(wire['user'])) convertUser(wire, wire['user'], context)
  wire['data'] ??= {}
  if (isObject(wire['data'])) wire['data'] = toWireData(wire['data'], shapeOf(wire['type']), desk)
  return { wire, settledPaths: desk.settledPaths }
}

/** Own keys with a value, under their wire names; `null` is how many programs write that there is none. */
function rename(
  object: PlainObject,
  keys: ReadonlyMap<string, string>,
  onUnknown: (key: string, value: unknown, renamed: PlainObject) => void,
): PlainObject {
  const renamed: PlainObject = {}
  for (const key of Object.keys(object)) {
    const value = object[key]
    const wireKey = keys.get(key)
    if (wireKey === undefined) {
      if (value !== undefined) onUnknown(key, value, renamed)
    } else if (value !== undefined && value !== null) renamed[wireKey] = value
  }
  return renamed
}

function reportUnknownField(key: string, context: Context): void {
  const places = (): Record<string, Iterable<string>> => ({
    '': EVENT_KEYS.keys(),
    'data.': ['amount', 'currency', 'planId', 'contents'],
    'user.': FRIENDLY_USER.keys(),
  })
  report(context, 'unknown_field', safeKey(key), { hint: () => friendlyHint(nearestPath(key, places())) })
}

function reportUnknownDataField(
  key: string,
  prefix: string,
  keys: ReadonlyMap<string, string>,
  context: Context,
): void {
  report(context, 'unknown_data_field', prefix + safeKey(key), {
    hint: () => friendlyHint(nearestKey(key, keys.keys())),
  })
}

const friendlyHint = (near: string | undefined): string | undefined =>
  near && `In the friendly form the key is "${near}".`

function convertTimestamp(wire: PlainObject, { context, settledPaths }: Desk): void {
  const instant = readTimestamp(wire['timestamp_ms'])
  if (instant.ok) wire['timestamp_ms'] = instant.ms
  else {
    report(context, instant.fault, 'timestamp')
    settledPaths.add('timestamp_ms')
    delete wire['timestamp_ms']
  }
}

function convertUser(wire: PlainObject, user: PlainObject, context: Context): void {
  const converted = toWireUser(user, context)
  if (Object.keys(converted).length > 0) wire['user'] = converted
  else delete wire['user']
}

function toWireData(data: PlainObject, shape: DataShape | undefined, desk: Desk): PlainObject {
  const free = shape === 'custom'
  const wire = rename(data, DATA_KEYS, (key, value, renamed) => {
    if (free) setOwn(renamed, key, value)
    else reportUnknownDataField(key, 'data.', DATA_KEYS, desk.context)
  })
  // `data.type` follows from the event's name; where that is unknown, the name is the fault to fix.
  if (wire['type'] === undefined && shape !== undefined) wire['type'] = shape
  else if (shape === undefined) desk.settledPaths.add('data.type')
  convertAmount(wire, 'data', wire, desk)
  if (Array.isArray(wire['contents'])) wire['contents'] = toWireItems(wire['contents'], wire, desk)
  return wire['type'] === undefined ? wire : { type: wire['type'], ...wire }
}

/** Assigning to the key `__proto__` would set the prototype. */
function setOwn(object: PlainObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

/** `data` is the one that the items stand in. A list with holes stays as it is: the wire rules refuse it. */
function toWireItems(items: readonly unknown[], data: PlainObject, desk: Desk): readonly unknown[] {
  if (denseLength(items) < items.length) return items
  return items.map((item, index) => {
    if (!isObject(item)) return item
    const path = `data.contents[${index}]`
    const wire = rename(item, ITEM_KEYS, (key) => reportUnknownDataField(key, `${path}.`, ITEM_KEYS, desk.context))
    convertAmount(wire, path, data, desk)
    return wire
  })
}

interface Fault {
  readonly code: IssueCode
  readonly message?: string | undefined
}

/** Turns `amount` into minor units, in place. `data` has the currency of an item without its own. */
function convertAmount(object: PlainObject, path: string, data: PlainObject, { context, settledPaths }: Desk): void {
  const { amount } = object
  if (amount === undefined) return
  const faults = isObject(amount) ? takeMoney(object, amount) : takeDecimal(object, data)
  if (faults === undefined) return
  delete object['amount']
  settledPaths.add(`${path}.amount`)
  for (const { code, message } of faults) {
    const place = placeOf(code, object, path)
    // Items that share the currency of the event share its fault.
    if (place === 'data.currency' && settledPaths.has(place)) continue
    settledPaths.add(place)
    report(context, code, place, { message })
  }
}

function placeOf(code: IssueCode, object: PlainObject, path: string): string {
  if (code === 'missing_currency') return `${path}.currency`
  if (code !== 'invalid_currency' && code !== 'currency_without_minor_unit') return `${path}.amount`
  return object['currency'] === undefined ? 'data.currency' : `${path}.currency`
}

/** The faults of an amount that cannot be taken; none in the list where only its currency is at fault, which is judged later. */
function takeDecimal(object: PlainObject, data: PlainObject): readonly Fault[] | undefined {
  const { amount, currency = data['currency'] } = object
  const faults: Fault[] = []
  if (typeof amount === 'number') faults.push({ code: 'ambiguous_amount' })
  else if (typeof amount !== 'string') {
    faults.push({ code: 'invalid_type', message: 'An amount is a decimal string or a money() value.' })
  } else if (!isDecimal(amount.trim())) faults.push({ code: 'invalid_amount' })
  if (currency === undefined) faults.push({ code: 'missing_currency' })
  if (faults.length > 0 || typeof currency !== 'string') return faults
  try {
    object['amount'] = money((amount as string).trim(), currency).amount
    return undefined
  } catch (error) {
    if (!isMoneyError(error)) throw error
    return [{ code: error.code, message: error.message }]
  }
}

/** Takes `{ amount, currency }` as `money()` made it. */
function takeMoney(object: PlainObject, { amount, currency }: PlainObject): readonly Fault[] | undefined {
  if (typeof amount !== 'number') {
    return [{ code: 'invalid_amount', message: 'The amount is an object, but not one that money() made.' }]
  }
  object['amount'] = amount
  if (currency === undefined) return undefined
  const beside = object['currency']
  if (beside === undefined) object['currency'] = currency
  else if (!isSameCurrency(beside, currency)) return [{ code: 'currency_mismatch' }]
  return undefined
}

function isSameCurrency(left: unknown, right: unknown): boolean {
  return typeof left === 'string' && typeof right === 'string' && left.toUpperCase() === right.toUpperCase()
}
