import type { SchemaError } from './validators/support.ts'

/** What is wrong with one event. `path` starts inside the event, such as `data.contents[0].amount`, or is empty. */
export interface EventError {
  readonly path: string
  readonly code: string
  /** What follows the path in a message: `must be a string.` */
  readonly rule: string
}

// What a field must be, where the validator's own words would be a pattern or a list.
const FIELD_RULES: Readonly<Record<string, string>> = {
  type: 'must be a supported event type.',
  'data.type': 'must be a supported data type.',
  id: 'must be a string that is not empty.',
  currency: 'must be an active ISO 4217 currency code.',
  country: 'must be an ISO 3166-1 alpha-2 country code in upper case.',
  custom_event_name:
    'must be 1 to 64 letters, digits, underscores or hyphens, begin and end with a letter or digit, and not be a standard event name.',
  source_url: 'must be an absolute http or https URL with a host.',
  ip_address: 'must be an IPv4 or IPv6 address.',
  email_sha256: 'must be a SHA-256 digest of 64 lowercase hexadecimal digits.',
  external_id_sha256: 'must be a SHA-256 digest of 64 lowercase hexadecimal digits.',
  zip_code: 'must be at most 32 letters, digits, spaces or hyphens.',
  timestamp_ms: 'must be an integer in Unix milliseconds.',
  amount: 'must be an integer in the minor unit of the currency.',
}

const UNKNOWN_FIELD_CODES: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/^$/, 'unknown_event_field'],
  [/^user$/, 'unknown_user_field'],
  [/^data$/, 'unknown_data_field'],
  [/^data\.contents\[\d+\]$/, 'unknown_content_field'],
]

/** Turns the validator's errors into the API's, one for each path, in order of appearance. */
export function eventErrors(schemaErrors: readonly SchemaError[]): EventError[] {
  const byPath = new Map<string, EventError>()
  for (const error of schemaErrors) {
    if (error.keyword === 'if') continue
    const found = eventError(error)
    if (!byPath.has(found.path)) byPath.set(found.path, found)
  }
  return [...byPath.values()]
}

function eventError(error: SchemaError): EventError {
  const path = dottedPath(error.instancePath)
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>
  if (missingProperty !== undefined) return missing(join(path, missingProperty))
  if (additionalProperty !== undefined) return unknown(path, additionalProperty)
  // The API calls a shape of data that is not the one demanded a missing one.
  const code = path === 'data.type' ? 'missing_event_data_type' : codeOf('invalid_event', path)
  return { path, code, rule: ruleOf(path) ?? generalRule(error) }
}

function generalRule({ keyword, params, message }: SchemaError): string {
  const { type } = params as { type?: string }
  if (keyword !== 'type' || type === undefined) return `${message ?? 'is not valid'}.`
  return `must be ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}.`
}

function missing(path: string): EventError {
  const rule = path === 'data.type' ? ruleOf(path) : undefined
  return { path, code: codeOf('missing_event', path), rule: rule ?? 'is required.' }
}

function unknown(path: string, key: string): EventError {
  const code = UNKNOWN_FIELD_CODES.find(([pattern]) => pattern.test(path))?.[1] ?? 'unknown_event_field'
  return { path: join(path, key), code, rule: 'is not a known field.' }
}

function ruleOf(path: string): string | undefined {
  if (Object.hasOwn(FIELD_RULES, path)) return FIELD_RULES[path]
  const field = path.slice(path.lastIndexOf('.') + 1)
  const depends = field === 'id' || field === 'type'
  return depends || !Object.hasOwn(FIELD_RULES, field) ? undefined : FIELD_RULES[field]
}

function codeOf(prefix: string, path: string): string {
  const words = path.replace(/\[\d+\]/g, '').replace(/[^A-Za-z0-9_]+/g, '_')
  return words === '' ? prefix : `${prefix}_${words}`
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function dottedPath(pointer: string): string {
  const steps = pointer.split('/').slice(1)
  return steps.reduce((path, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^\d+$/.test(name) ? `${path}[${name}]` : join(path, name)
  }, '')
}
