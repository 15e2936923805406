import { digest, isSha256Hex } from '../identity/digest.ts'
import type { IdentityKind } from '../identity/normalise.ts'
import { meansNothing } from '../identity/nothing.ts'
import type { Json } from './event.ts'
import { MAX_JSON_DEPTH } from './limits.ts'
import { isObject } from './plain.ts'
import { containsEmail, isPhoneUnderKey, looksLikePhone, mentionsPhone, REMOVED } from './privacy.ts'

/** Friendly keys of `user` that hold an identity, and how it is hashed. */
const HASHED_KEYS: ReadonlyMap<string, IdentityKind> = new Map([
  ['email', 'email'],
  ['externalId', 'external-id'],
  ['phone', 'phone'],
  ['firstName', 'first-name'],
  ['lastName', 'last-name'],
])
/** Keys of `user`, friendly and wire, whose values travel in clear. */
const CLEAR_KEYS: ReadonlySet<string> = new Set([
  ...['country', 'city', 'region', 'postalCode', 'ipAddress', 'userAgent', 'obref', 'androidAdvertisingId'],
  ...[
    'zip_code',
    'postal_code',
    'ip_address',
    'user_agent',
    'android_advertising_id',
    'countries',
    'cities',
    'regions',
    'postal_codes',
  ],
])

/**
 * A copy of an event, of whatever form and however wrong, that may be kept and shown: identity hashed where it can be and
 * replaced by `[removed]` where not, and so is everything else that reads as an email address or a phone number. What is no JSON is
 * left out. Never throws for what it reads as plain data.
 */
export function redact(input: unknown): Json {
  if (!isObject(input)) return clean(input, '', MAX_JSON_DEPTH)
  const entries = Object.entries(input).map(([key, value]): [string, Json] => {
    if (key === 'user') return [key, isObject(value) ? redactUser(value) : REMOVED]
    // The click reference is opaque: it is kept exactly as it came.
    if (key === 'oppref' && typeof value === 'string') return [key, value]
    return [cleanKey(key), clean(value, key, MAX_JSON_DEPTH)]
  })
  return Object.fromEntries(entries)
}

function redactUser(user: Record<string, unknown>): Json {
  return Object.fromEntries(
    Object.entries(user).map(([key, value]) => [cleanKey(key), eachOf(value, (one) => redactIdentity(key, one))]),
  )
}

function redactIdentity(key: string, value: unknown): Json {
  if (value === null) return null
  if (typeof value !== 'string') return REMOVED
  const kind = HASHED_KEYS.get(key)
  if (kind !== undefined) {
    const hashed = digest(kind, value)
    if (hashed.ok) return hashed.sha256
    // A word that means nothing is nobody's, and the mended event passes with it.
    return hashed.fault === 'means_nothing' ? value : REMOVED
  }
  if (key.endsWith('_sha256')) return isSha256Hex(value) || meansNothing(value, 'person') ? value : REMOVED
  return CLEAR_KEYS.has(key) ? cleanText(value, key) : REMOVED
}

function eachOf(value: unknown, change: (one: unknown) => Json): Json {
  return Array.isArray(value) ? value.map(change) : change(value)
}

function clean(value: unknown, key: string, depth: number): Json {
  if (typeof value === 'string') return cleanText(value, key)
  if (typeof value === 'number') return Number.isFinite(value) && !isPhoneUnderKey(key, String(value)) ? value : REMOVED
  if (typeof value === 'boolean' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? REMOVED : value.toISOString()
  if (depth === 0 || typeof value !== 'object') return REMOVED
  if (Array.isArray(value)) return value.map((element) => clean(element, key, depth - 1))
  return Object.fromEntries(
    Object.entries(value).map(([childKey, child]) => [cleanKey(childKey), clean(child, childKey, depth - 1)]),
  )
}

function cleanText(text: string, key: string): string {
  const isPhone = looksLikePhone(text) || isPhoneUnderKey(key, text) || mentionsPhone(text)
  return isPhone || containsEmail(text) ? REMOVED : text
}

function cleanKey(key: string): string {
  return containsEmail(key) ? REMOVED : key
}
