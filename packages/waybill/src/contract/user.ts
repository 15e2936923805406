import { describeBadHash, isSha256Hex } from '../identity/digest.ts'
import { type Context, reportIdentity, typeInWords } from './context.ts'
import { COUNTRIES } from './country.ts'
import type { WireUser } from './event.ts'
import type { IssueCode } from './issue.ts'
import { MAX_IDENTITIES_PER_LIST, MAX_PLACE_LENGTH, MAX_POSTAL_CODE_LENGTH } from './limits.ts'
import type { Contract } from './names.ts'
import { denseLength, type PlainObject, plain } from './plain.ts'
import { containsEmail, REMOVED } from './privacy.ts'
import { didYouMean, nearestKey } from './suggest.ts'
import { isLonger, safeKey } from './text.ts'

interface Fault {
  readonly code: IssueCode
  readonly message?: string
}

/** Judges one string of `user`; `undefined` means that the API takes it. */
type ValueRule = (value: string) => Fault | undefined

const hash: ValueRule = (value) => {
  if (isSha256Hex(value)) return undefined
  const code = value.includes('@') ? 'raw_identity' : 'invalid_hash'
  return { code, message: `The value ${describeBadHash(value)}.` }
}

const country: ValueRule = (value) => (COUNTRIES.has(value) ? undefined : { code: 'invalid_country' })

const place: ValueRule = (value) => {
  if (isLonger(value, MAX_PLACE_LENGTH)) {
    return { code: 'too_long', message: `The API takes at most ${MAX_PLACE_LENGTH} characters here.` }
  }
  if (!value.includes('@') || !containsEmail(value)) return undefined
  return { code: 'email_outside_user', message: 'It contains an email address, and travels in clear.' }
}

/** Searching for a character that may not be is several times faster than matching all that may. */
const NOT_POSTAL = /[^A-Za-z0-9 -]/
const postalCode: ValueRule = (value) =>
  value.length <= MAX_POSTAL_CODE_LENGTH && !NOT_POSTAL.test(value) ? undefined : { code: 'invalid_postal_code' }

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6_CHARACTERS = /^[0-9a-f:.]{2,45}$/i
const ipAddress: ValueRule = (value) => {
  const valid =
    IPV4.test(value) || (value.includes(':') && IPV6_CHARACTERS.test(value) && URL.canParse(`http://[${value}]/`))
  return valid ? undefined : { code: 'invalid_ip_address' }
}

const filled: ValueRule = (value) => (value === '' ? { code: 'empty_value' } : undefined)
const notBlank: ValueRule = (value) => (value.trim() === '' ? { code: 'empty_value' } : undefined)
const anything: ValueRule = () => undefined

interface UserField {
  readonly judge: ValueRule
  readonly list: boolean
}
const one = (judge: ValueRule): UserField => ({ judge, list: false })
const many = (judge: ValueRule): UserField => ({ judge, list: true })

/** The closed shape of `user` in each generation (specification, section 5). */
export const USER_FIELDS: Readonly<Record<Contract, ReadonlyMap<string, UserField>>> = {
  '2026-06': new Map([
    ['email_sha256', one(hash)],
    ['external_id_sha256', one(hash)],
    ['country', one(country)],
    ['city', one(place)],
    ['zip_code', one(postalCode)],
    ['ip_address', one(ipAddress)],
    ['user_agent', one(filled)],
  ]),
  '2026-11': new Map([
    ['emails_sha256', many(hash)],
    ['external_ids_sha256', many(hash)],
    ['phone_numbers_sha256', many(hash)],
    ['first_names_sha256', many(hash)],
    ['last_names_sha256', many(hash)],
    ['countries', many(country)],
    ['cities', many(place)],
    ['regions', many(place)],
    ['postal_codes', many(postalCode)],
    ['ip_address', one(ipAddress)],
    ['user_agent', one(filled)],
    ['obref', one(notBlank)],
    ['android_advertising_id', one(anything)],
  ]),
}

const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/**
 * Judges `user`. Gives the object to send: the same one, a copy without the fields that were dropped, or `undefined` when
 * nothing of it is left. Paths of issues are relative to `user`.
 */
export function judgeUser(given: PlainObject, context: Context): WireUser | undefined {
  const user = plain(given)
  const fields = USER_FIELDS[context.contract]
  let changes: Map<string, unknown> | undefined
  for (const key in user) {
    const value = user[key]
    const field = fields.get(key)
    if (value === undefined || (field === undefined && !Object.hasOwn(user, key))) continue
    if (field === undefined) reportUnknown(key, fields, context)
    const sent = field && judgeField(value, key, field, context)
    if (sent === value) continue
    changes ??= new Map()
    changes.set(key, sent)
  }
  return (changes === undefined ? user : withChanges(user, changes)) as WireUser | undefined
}

/** A copy, made in one go: a copy for each change would take quadratic time. */
function withChanges(user: PlainObject, changes: ReadonlyMap<string, unknown>): PlainObject | undefined {
  const kept = Object.keys(user)
    .map((key): [string, unknown] => [key, changes.has(key) ? changes.get(key) : user[key]])
    .filter(([, value]) => value !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

function judgeField(value: unknown, key: string, field: UserField, context: Context): unknown {
  if (field.list) return judgeList(value, key, field.judge, context)
  return judgeValue(value, key, field.judge, context) ? value : undefined
}

/** True when the value may be sent. */
function judgeValue(value: unknown, key: string, judge: ValueRule, context: Context): boolean {
  if (typeof value !== 'string') {
    wrongIdentityType(context, key, 'a string', value)
    return false
  }
  const fault = faultOf(value, judge)
  if (fault !== undefined) {
    reportIdentity(context, fault.code, key, { message: fault.message && `user.${key}: ${fault.message}` })
  } else if (value === HASH_OF_NOTHING) warn(context, 'hash_of_empty_value', key)
  return fault === undefined
}

/** Where places and browsers may be any text, what is left of a removed one must not be taken for one. */
function faultOf(value: string, judge: ValueRule): Fault | undefined {
  return value === REMOVED ? { code: 'removed_value' } : judge(value)
}

function warn(context: Context, code: 'hash_of_empty_value' | 'too_many_values', path: string): void {
  reportIdentity(context, code, path)
}

/** The list to send: the same one, a copy without the values the API would skip, or `undefined` when none is left. */
function judgeList(value: unknown, key: string, judge: ValueRule, context: Context): unknown {
  if (!Array.isArray(value)) {
    wrongIdentityType(context, key, 'an array of strings', value)
    return undefined
  }
  const length = denseLength(value)
  const good: unknown[] = []
  for (let index = 0; index < length; index++) {
    if (judgeElement(value[index], key, index, judge, context)) good.push(value[index])
  }
  if (length < value.length) wrongIdentityType(context, `${key}[${length}]`, 'a string', undefined)
  if (good.length > MAX_IDENTITIES_PER_LIST && new Set(good).size > MAX_IDENTITIES_PER_LIST) {
    warn(context, 'too_many_values', key)
  }
  if (good.length === value.length) return value
  return context.dropIdentity && good.length > 0 ? good : undefined
}

function judgeElement(element: unknown, key: string, index: number, judge: ValueRule, context: Context): boolean {
  const fault = typeof element === 'string' ? faultOf(element, judge) : undefined
  if (fault === undefined && typeof element === 'string' && element !== HASH_OF_NOTHING) return true
  const path = `${key}[${index}]`
  if (fault === undefined) return judgeValue(element, path, anything, context)
  // The API skips a malformed value of a list and keeps the event, so the rule is ours (specification, section 5).
  const detail = fault.message ?? 'It is not what this list holds.'
  reportIdentity(context, 'invalid_list_value', path, {
    message: `user.${path}: ${detail} The API would skip it silently.`,
  })
  return false
}

function wrongIdentityType(context: Context, key: string, expected: string, value: unknown): void {
  reportIdentity(context, 'invalid_type', key, {
    message: `user.${key} must be ${expected}, and is ${typeInWords(value)}.`,
    hint: value === null ? 'Leave a field without a value out.' : undefined,
  })
}

/** What an identity in clear is called, in lower case and without separators → how its hashed key begins. */
const IDENTITY_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    email: 'email emails mail em emailaddress',
    external_id: 'externalid externalids userid customerid',
    phone_number: 'phone phones phonenumber phonenumbers ph mobile phonesha256 phonenumbersha256 phonenumberssha256',
    first_name: 'firstname firstnames fn firstnamesha256 firstnamessha256',
    last_name: 'lastname lastnames ln lastnamesha256 lastnamessha256',
  }).flatMap(([identity, names]) => names.split(' ').map((name): [string, string] => [name, identity])),
)

const identityOf = (key: string): string | undefined => IDENTITY_NAMES.get(key.toLowerCase().replaceAll('_', ''))

/** The key that carries the hash of what `key` seems to hold in clear; `undefined` where there is none. */
export function hashedKey(key: string, contract: Contract): string | undefined {
  const identity = identityOf(key)
  if (identity === undefined) return undefined
  return [...USER_FIELDS[contract].keys()].find((field) => field.startsWith(identity) && field.endsWith('_sha256'))
}

/** The keys of 2026-06 and those of 2026-11 that took their place. */
const SUCCESSORS: readonly (readonly [string, string])[] = [
  ['email_sha256', 'emails_sha256'],
  ['external_id_sha256', 'external_ids_sha256'],
  ['country', 'countries'],
  ['city', 'cities'],
  ['zip_code', 'postal_codes'],
]

function reportUnknown(key: string, fields: ReadonlyMap<string, UserField>, context: Context): void {
  const { contract } = context
  const identity = identityOf(key)
  const target = hashedKey(key, contract)
  if (target !== undefined && !key.includes('sha256')) {
    return reportIdentity(context, 'raw_identity', safeKey(key), {
      hint: `Hash it and send it as "${target}", or use the friendly form, which hashes for you.`,
    })
  }
  const unsendable = identity !== undefined && target === undefined
  const inOther = USER_FIELDS[contract === '2026-06' ? '2026-11' : '2026-06'].has(key)
  const hint = (): string | undefined => didYouMean(target ?? successorOf(key) ?? nearestKey(key, fields.keys()))
  if (!unsendable && !inOther) return reportIdentity(context, 'unknown_field', safeKey(key), { hint })
  const why = unsendable ? ': phone numbers and names are not sent, not even hashed' : ''
  const message = `user.${safeKey(key)} does not exist in contract "${contract}"${why}.`
  reportIdentity(context, 'identity_not_in_contract', safeKey(key), { message, hint })
}

const successorOf = (key: string): string | undefined =>
  SUCCESSORS.find((pair) => pair.includes(key))?.find((name) => name !== key)
