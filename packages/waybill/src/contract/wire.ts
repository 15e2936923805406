import { type Context, prefixPaths, report, reportIdentity, typeInWords, wrongType } from './context.ts'
import { judgeData } from './data.ts'
import type { WireData, WireEvent, WireUser } from './event.ts'
import { EVENT_FIELDS, judgeCustomName, judgeOppref } from './event-fields.ts'
import { APP_EVENTS, shapeOf } from './names.ts'
import { isObject, type PlainObject, plain } from './plain.ts'
import { judgeSourceUrl } from './source-url.ts'
import { didYouMean, nearestPath } from './suggest.ts'
import { judgeText, safeKey } from './text.ts'
import { judgeUser } from './user.ts'
import { hashedKey, USER_FIELDS } from './user-keys.ts'

/**
 * Judges an event in wire form and gives the one to send: the very same object, or a copy with the few changes that
 * each left a warning. Whether it may be sent is for the issues in the context to say.
 */
export function judgeWire(given: PlainObject, context: Context): WireEvent {
  const event = plain(given)
  const { id, type, timestamp_ms, custom_event_name, source_url, action_source, oppref, data, user } = event
  required(id, 'id', context)
  required(type, 'type', context)
  required(timestamp_ms, 'timestamp_ms', context)
  required(data, 'data', context)
  judgeEachField(event, context)
  judgeActionSource(event, context)
  const sentName = judgeName(custom_event_name, type, context)
  const sentUrl = typeof source_url === 'string' ? judgeSourceUrl(source_url, context) : undefined
  const sentOppref = typeof oppref === 'string' ? judgeOppref(oppref, context) : undefined
  const sentData = judgeDataField(data, type, context)
  const sentUser = judgeUserField(user, context)
  if (
    sentName === custom_event_name &&
    sentUrl === source_url &&
    sentOppref === oppref &&
    sentData === data &&
    sentUser === user &&
    action_source !== null
  )
    return event as unknown as WireEvent
  const sent = { custom_event_name: sentName, source_url: sentUrl, oppref: sentOppref, data: sentData, user: sentUser }
  return changed(event, sent) as unknown as WireEvent
}

/** What is `null` here may be left out, or the event is refused. */
function changed(event: PlainObject, sent: PlainObject): PlainObject {
  const entries = Object.entries({ ...event, ...sent })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null))
}

function required(value: unknown, field: string, context: Context): void {
  if (value === undefined) report(context, 'missing_field', field, { message: `${field} is missing.` })
}

function judgeEachField(event: PlainObject, context: Context): void {
  for (const key in event) {
    const value = event[key]
    if (value === undefined) continue
    const rule = EVENT_FIELDS.get(key)
    if (rule !== undefined) rule(value, context)
    else if (Object.hasOwn(event, key)) reportUnknown(key, context)
  }
}

function reportUnknown(key: string, context: Context): void {
  report(context, 'unknown_field', safeKey(key), {
    message: `The API knows no field of this name${key === safeKey(key) ? ` ("${key}")` : ''}.`,
    hint: () => hintForUnknown(key, context),
  })
}

/** Data keys that are looked for where an unknown key stands beside `data` and not in it. */
const DATA_KEYS = ['amount', 'currency', 'plan_id', 'contents']

function hintForUnknown(key: string, { contract }: Context): string | undefined {
  const hashed = hashedKey(key, contract)
  if (hashed !== undefined) return `Hash it and send it as "user.${hashed}".`
  const places = { '': EVENT_FIELDS.keys(), 'data.': DATA_KEYS, 'user.': USER_FIELDS[contract].keys() }
  return didYouMean(nearestPath(key, places))
}

function judgeActionSource(event: PlainObject, context: Context): void {
  const { type, action_source: source, source_url: url } = event
  if (source === 'web' && (url === undefined || url === null)) report(context, 'missing_source_url', 'source_url')
  if (source !== 'mobile_app' && APP_EVENTS.has(type)) report(context, 'app_event_action_source', 'action_source')
}

/** The name to send. */
function judgeName(name: unknown, type: unknown, context: Context): unknown {
  if (type === 'custom') {
    if (typeof name === 'string') return judgeCustomName(name, context)
    if (name === undefined || name === null) report(context, 'missing_custom_event_name', 'custom_event_name')
  } else if (typeof name === 'string') {
    judgeText(name, 'custom_event_name', context)
    if (shapeOf(type) !== undefined) report(context, 'unused_custom_event_name', 'custom_event_name')
    return name
  }
  return undefined
}

/** The data to send. */
function judgeDataField(data: unknown, type: unknown, context: Context): WireData | unknown {
  if (isObject(data)) {
    const mark = context.issues.length
    const sent = judgeData(data, shapeOf(type), context)
    prefixPaths(context, mark, 'data.')
    return sent
  }
  if (data !== undefined) wrongType(context, 'data', 'object', data)
  return data
}

/** The user to send; `undefined` where nothing of it may be sent. */
function judgeUserField(user: unknown, context: Context): WireUser | undefined {
  if (user === undefined) return undefined
  if (isObject(user)) {
    const mark = context.issues.length
    const sent = judgeUser(user, context)
    prefixPaths(context, mark, 'user.')
    return sent
  }
  return reportNoUser(user, context)
}

function reportNoUser(user: unknown, context: Context): undefined {
  if (user === null) report(context, 'means_nothing', 'user')
  else
    reportIdentity(context, 'invalid_type', 'user', { message: `user must be an object, and is ${typeInWords(user)}.` })
}
