import { digest, isSha256Hex } from '../identity/digest.ts'
import type { IdentityKind } from '../identity/normalise.ts'
import { meansNothing } from '../identity/nothing.ts'
import type { Json } from './event.ts'
import { MAX_JSON_DEPTH } from './limits.ts'
import { isObject } from './plain.ts'
import { containsEmail, isPhoneUnderKey, looksLikePhone, mentionsPhone, REMOVED } from './privacy.ts'
import { dateMs } from './time.ts'
import { hasOddAddress, hasTrace, isCode, isNameKey, isPersonKey } from './traces.ts'

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
 * replaced by `[removed]` where not, and so is everything else that reads as an email address, a phone number or somebody's name. What is no JSON is
 * left out. Never throws for what it reads as plain data.
 */
export function redact(input: unknown): Json {
  if (!isObject(input)) return clean(input, '', MAX_JSON_DEPTH)
  const entries = Object.entries(input).map(([key, value]): [string, Json] => {
    if (key === 'user') return [key, isObject(value) ? redactUser(value) : REMOVED]
    // The click reference is opaque: it is kept exactly as it came.
    if (key === 'oppref' && typeof value === 'string') return [key, value]
    if (OWN_TEXTS.has(key) && typeof value === 'string') return [key, ownText(value)]
    return [cleanKey(key), clean(value, key, MAX_JSON_DEPTH)]
  })
  return Object.fromEntries(entries)
}

/** By these an event is found again, and orders may be numbered as phones are: only what is certain is taken out. */
const OWN_TEXTS: ReadonlySet<string> = new Set(['id', 'type', 'timestamp', 'timestamp_ms', 'source_url', 'sourceUrl'])

function ownText(text: string): string {
  const isAddress = containsEmail(text) || hasOddAddress(text)
  return isAddress || looksLikePhone(text) || mentionsPhone(text) ? REMOVED : text
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
    // A word that means nothing is nobody's, and the fixed event passes with it.
    return hashed.fault === 'means_nothing' ? value : REMOVED
  }
  if (key.endsWith('_sha256')) return isSha256Hex(value) || meansNothing(value, 'person') ? value : REMOVED
  return CLEAR_KEYS.has(key) ? cleanText(value) : REMOVED
}

function eachOf(value: unknown, change: (one: unknown) => Json): Json {
  return Array.isArray(value) ? value.map(change) : change(value)
}

function clean(value: unknown, key: string, depth: number, about: About = 'event'): Json {
  if (typeof value === 'string')
    return isPersonal(value, key, about) || tellsOfPerson(value, key, depth, about) ? REMOVED : value
  if (typeof value === 'number') return cleanNumber(value, key, about)
  if (typeof value === 'boolean' || value === null) return value
  const ms = dateMs(value)
  if (ms !== undefined) return Number.isNaN(ms) ? REMOVED : new Date(ms).toISOString()
  if (depth === 0 || typeof value !== 'object') return REMOVED
  if (Array.isArray(value)) return value.map((element) => clean(element, key, depth - 1, about))
  const inside = aboutOf(key, about)
  return Object.fromEntries(
    Object.entries(value).map(([childKey, child]) => [cleanKey(childKey), clean(child, childKey, depth - 1, inside)]),
  )
}

/** What a value stands in: an event, something that was bought, or what is said of a person. */
type About = 'event' | 'item' | 'person'

const ITEM_KEY = /^(?:contents?|items?|products?|line_?items|lines|variants?|plan|sku)$/i

function aboutOf(key: string, about: About): About {
  if (isPersonKey(key)) return 'person'
  return about === 'event' && ITEM_KEY.test(key) ? 'item' : about
}

function cleanNumber(value: number, key: string, about: About): Json {
  const text = String(value)
  const isPhone = isPhoneUnderKey(key, text) || (about === 'person' && isPhoneUnderKey('phone', text))
  return Number.isFinite(value) && !isPhone ? value : REMOVED
}

function isPersonal(text: string, key: string, about: About): boolean {
  if (text === REMOVED || (key.endsWith('_sha256') && isSha256Hex(text))) return false
  if (hasTrace(text) || isPhoneUnderKey(key, text) || isNameKey(key)) return true
  if (about === 'person' || isPersonKey(key)) return key === 'name' || !isCode(text)
  return key === 'name' && about === 'event' && !/^[a-z0-9]+[_.:-][a-z0-9_.:-]+$/.test(text)
}

/** A key and what follows it in a text of pairs, as forms and log lines have them. */
const PAIR = /\b([\w-]{1,40})\s{0,2}[=:]/g

/** A text that is JSON in itself is read as what it says; one of `key=value` or `key: value` by its keys. */
function tellsOfPerson(text: string, key: string, depth: number, about: About): boolean {
  for (const [, name] of text.matchAll(PAIR)) if (isNameKey(name!)) return true
  if (depth === 0 || !/^\s*[[{]/.test(text)) return false
  try {
    const inside: unknown = JSON.parse(text)
    return JSON.stringify(clean(inside, key, depth - 1, about)) !== JSON.stringify(inside)
  } catch (error) {
    // JSON too deep to be written again is no text that anybody could fix.
    return !(error instanceof SyntaxError)
  }
}

function cleanText(text: string): string {
  return hasTrace(text) ? REMOVED : text
}

function cleanKey(key: string): string {
  return hasTrace(key) ? REMOVED : key
}
