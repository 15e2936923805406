import { cleanIdentity } from '../identity/clean.ts'
import { type DigestFault, digest } from '../identity/digest.ts'
import { type IdentityKind, NORMALISATIONS } from '../identity/normalise.ts'
import { phoneDoubt } from '../identity/phone.ts'
import { asWarnings, type Context, report, reportIdentity, typeInWords } from './context.ts'
import type { Contract } from './names.ts'
import { denseLength, type PlainObject } from './plain.ts'
import { REMOVED } from './privacy.ts'
import { nearestKey } from './suggest.ts'
import { safeKey } from './text.ts'
import { USER_FIELDS } from './user-keys.ts'
import { findingOf, type ValueRule } from './user-values.ts'

interface FriendlyField {
  /** The key on the wire in each generation; absent where the generation has none. */
  readonly wire: Readonly<Partial<Record<Contract, string>>>
  /** Set where the value travels only as a hash. */
  readonly kind?: IdentityKind
  /** Tidies a value that travels in clear. */
  readonly tidy?: (text: string) => string
  readonly single?: true
}

const trim = (text: string): string => text.trim()
const keys = (first: string, later = first): FriendlyField['wire'] => ({ '2026-06': first, '2026-11': later })
const laterKey = (later: string): FriendlyField['wire'] => ({ '2026-11': later })

/** Friendly key of `user` → where and how it travels (specification, section 5). */
export const FRIENDLY_USER: ReadonlyMap<string, FriendlyField> = new Map<string, FriendlyField>([
  ['email', { wire: keys('email_sha256', 'emails_sha256'), kind: 'email' }],
  ['externalId', { wire: keys('external_id_sha256', 'external_ids_sha256'), kind: 'external-id' }],
  ['phone', { wire: laterKey('phone_numbers_sha256'), kind: 'phone' }],
  ['firstName', { wire: laterKey('first_names_sha256'), kind: 'first-name' }],
  ['lastName', { wire: laterKey('last_names_sha256'), kind: 'last-name' }],
  ['country', { wire: keys('country', 'countries'), tidy: trim }],
  ['city', { wire: keys('city', 'cities'), tidy: trim }],
  ['region', { wire: laterKey('regions'), tidy: trim }],
  ['postalCode', { wire: keys('zip_code', 'postal_codes'), tidy: trim }],
  ['ipAddress', { wire: keys('ip_address'), tidy: trim, single: true }],
  ['userAgent', { wire: keys('user_agent'), single: true }],
  ['obref', { wire: keys('obref'), single: true }],
  ['androidAdvertisingId', { wire: laterKey('android_advertising_id'), single: true }],
])

/** Friendly `user` in, wire `user` out, everything raw hashed. What cannot be sent leaves an issue and no field. */
export function toWireUser(user: PlainObject, context: Context): PlainObject {
  const wire: PlainObject = {}
  for (const key of Object.keys(user)) {
    const value = user[key]
    if (value === undefined || value === null) continue
    const field = FRIENDLY_USER.get(key)
    if (field === undefined) reportUnknown(key, context)
    else addField(wire, key, field, value, context)
  }
  return wire
}

function addField(wire: PlainObject, key: string, field: FriendlyField, value: unknown, context: Context): void {
  const wireKey = field.wire[context.contract]
  const path = `user.${key}`
  if (wireKey === undefined) {
    const why = field.kind === undefined ? '' : ': phone numbers and names are not sent, not even hashed'
    const message = `${path} cannot be sent under contract "${context.contract}"${why}.`
    return reportIdentity(context, 'identity_not_in_contract', path, { message })
  }
  const asList = context.contract !== '2026-06' && field.single === undefined
  if (!Array.isArray(value)) {
    const sent = convert(value, path, field, context)
    if (sent !== undefined) wire[wireKey] = asList ? [sent] : sent
    return
  }
  const mark = context.issues.length
  const sent = valuesOf(value, field)
    .map((element, index) => convert(element, `${path}[${index}]`, field, context))
    .filter((element) => element !== undefined)
  if (sent.length === 0) return
  wire[wireKey] = asList ? sent : oneOf(sent, USER_FIELDS[context.contract].get(wireKey)?.judge)
  if (asList) return
  // What is wrong with the values that are not sent costs nothing.
  asWarnings(context.issues, mark)
  if (new Set(sent).size > 1) report(context, 'too_many_values', path)
}

/** The first value that may be sent; where none may, the first, for the rules of the wire to say why. */
function oneOf(values: readonly string[], judge: ValueRule | undefined): string | undefined {
  return values.find((value) => judge !== undefined && findingOf(value, judge)?.as !== 'malformed') ?? values[0]
}

/** The values of a list without those that say that there is none; where there can be one only, the list itself is what is wrong. */
function valuesOf(value: readonly unknown[], { single }: FriendlyField): readonly unknown[] {
  if (single) return [value]
  return value.slice(0, denseLength(value)).filter((element) => element !== undefined && element !== null)
}

/** One value, ready for the wire; `undefined` when it cannot be sent. */
function convert(value: unknown, path: string, field: FriendlyField, context: Context): string | undefined {
  if (typeof value !== 'string') {
    const message = `${path} must be a string, and is ${typeInWords(value)}.`
    const hint = typeof value === 'number' ? 'Turn it into a string.' : undefined
    reportIdentity(context, 'invalid_type', path, { message, hint })
    return undefined
  }
  if (value === REMOVED) {
    reportIdentity(context, 'removed_value', path)
    return undefined
  }
  if (field.kind === undefined) return field.tidy ? field.tidy(value) : value
  return hashed(value, path, field.kind, context)
}

function hashed(value: string, path: string, kind: IdentityKind, context: Context): string | undefined {
  const result = digest(kind, value)
  if (!result.ok) {
    const message = result.fault === 'invalid_identity' ? `${path} is not ${NORMALISATIONS[kind].expects}.` : undefined
    reportFault(context, result.fault, path, message)
    return undefined
  }
  if (result.dirt !== undefined) {
    report(context, 'identity_cleaned', path, {
      message: `Taken off ${path} before hashing: ${result.dirt.join(', ')}.`,
    })
  }
  const doubt = kind === 'phone' && !result.alreadyHashed ? phoneDoubt(cleanIdentity(kind, value).text) : undefined
  if (doubt === undefined) return result.sha256
  const leftOut = context.dropIdentity ? '; it was left out' : ''
  report(context, 'doubtful_phone', path, { message: `The number of ${path} ${doubt}${leftOut}.` })
  return context.dropIdentity ? undefined : result.sha256
}

/** What means nothing is absent; the rest is a fault of the value. */
function reportFault(context: Context, fault: DigestFault, path: string, message: string | undefined): void {
  if (fault === 'means_nothing' || fault === 'hash_of_empty_value') report(context, fault, path)
  else reportIdentity(context, fault, path, { message })
}

function reportUnknown(key: string, context: Context): void {
  reportIdentity(context, 'unknown_field', `user.${safeKey(key)}`, { hint: () => hintForUnknown(key) })
}

function hintForUnknown(key: string): string | undefined {
  const wireName = [...FRIENDLY_USER].find(([, { wire }]) => Object.values(wire).includes(key))?.[0]
  const meant = wireName ?? nearestKey(key, FRIENDLY_USER.keys())
  return meant && `In the friendly form the key is "${meant}"; it takes the raw value or its hash.`
}
