import { type Context, prefixPaths, report, reportIdentity, wrongType } from './context.ts'
import { judgeData, safeKey } from './data.ts'
import type { WireEvent } from './event.ts'
import { EVENT_FIELDS, judgeCustomName } from './event-fields.ts'
import { APP_EVENTS, shapeOf } from './names.ts'
import { isObject, type PlainObject } from './plain.ts'
import { judgeSourceUrl } from './source-url.ts'
import { nearestKey } from './suggest.ts'
import { judgeUser } from './user.ts'

const REQUIRED_FIELDS = ['id', 'type', 'timestamp_ms', 'data'] as const

/**
 * Judges an event in wire form and gives the one to send: the very same object, or a copy with the few changes that
 * each left a warning. Whether it may be sent is for the issues in the context to say.
 */
export function judgeWire(event: PlainObject, context: Context): WireEvent {
  for (const field of REQUIRED_FIELDS) {
    if (event[field] === undefined) report(context, 'missing_field', field, { message: `${field} is missing.` })
  }
  judgeEachField(event, context)
  const sent = new Changes(event)
  judgeConditionals(event, context, sent)
  judgeNested(event, context, sent)
  return sent.result as unknown as WireEvent
}

/** The event as it came until something has to change; then a copy. */
class Changes {
  result: PlainObject
  readonly #original: PlainObject

  constructor(original: PlainObject) {
    this.#original = original
    this.result = original
  }

  set(key: string, value: unknown): void {
    if (this.#original[key] === value) return
    this.result = { ...this.result, [key]: value }
    if (value === undefined) delete this.result[key]
  }
}

function judgeEachField(event: PlainObject, context: Context): void {
  for (const key of Object.keys(event)) {
    const value = event[key]
    if (value === undefined) continue
    const rule = EVENT_FIELDS.get(key)
    if (rule !== undefined) rule(value, context)
    else reportUnknown(key, context)
  }
}

function reportUnknown(key: string, context: Context): void {
  const near = nearestKey(key, EVENT_FIELDS.keys())
  report(context, 'unknown_field', safeKey(key), {
    message: `The API knows no field of this name${key === safeKey(key) ? ` ("${key}")` : ''}.`,
    hint: near && `Did you mean "${near}"?`,
  })
}

/** Rules that speak of two fields at once. */
function judgeConditionals(event: PlainObject, context: Context, sent: Changes): void {
  const { type, action_source: source, source_url: url, custom_event_name: name } = event
  if (type === 'custom') {
    if (name === undefined) report(context, 'missing_custom_event_name', 'custom_event_name')
    else if (typeof name === 'string') sent.set('custom_event_name', judgeCustomName(name, context))
  } else if (typeof name === 'string' && shapeOf(type as string) !== undefined) {
    report(context, 'unused_custom_event_name', 'custom_event_name')
  }
  if (source === 'web' && url === undefined) report(context, 'missing_source_url', 'source_url')
  else if (typeof url === 'string') sent.set('source_url', judgeSourceUrl(url, context))
  if (typeof type === 'string' && source !== 'mobile_app' && APP_EVENTS.has(type)) {
    report(context, 'app_event_action_source', 'action_source')
  }
}

function judgeNested(event: PlainObject, context: Context, sent: Changes): void {
  const { data, user, type } = event
  const mark = context.issues.length
  if (isObject(data)) {
    sent.set('data', judgeData(data, typeof type === 'string' ? shapeOf(type) : undefined, context))
    if (context.issues.length > mark) prefixPaths(context, mark, 'data.')
  } else if (data !== undefined) wrongType(context, 'data', 'object', data)
  if (user !== undefined) judgeUserField(user, context, sent)
}

function judgeUserField(user: unknown, context: Context, sent: Changes): void {
  const mark = context.issues.length
  if (isObject(user)) {
    sent.set('user', judgeUser(user, context))
    if (context.issues.length > mark) prefixPaths(context, mark, 'user.')
    return
  }
  reportIdentity(context, 'invalid_type', 'user', { message: 'user must be an object.' })
  if (context.dropIdentity) sent.set('user', undefined)
}
