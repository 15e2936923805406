import type { Contract } from './names.ts'
import { otherNames } from './suggest.ts'
import {
  anything,
  city,
  country,
  filled,
  hash,
  ipAddress,
  notBlank,
  postalCode,
  region,
  type ValueRule,
} from './user-values.ts'

/** One field of `user` in one generation. */
export interface UserField {
  readonly judge: ValueRule
  readonly list: boolean
  /** The key on the wire: another than the one read where the key belongs to the other generation. */
  readonly key: string
}

/** What both generations can say, under the key of each (specification, section 5). */
const IN_BOTH: readonly (readonly [singular: string, plural: string, judge: ValueRule])[] = [
  ['email_sha256', 'emails_sha256', hash],
  ['external_id_sha256', 'external_ids_sha256', hash],
  ['country', 'countries', country],
  ['city', 'cities', city],
  ['zip_code', 'postal_codes', postalCode],
]
/** Alike in both. */
const SINGLE: readonly (readonly [key: string, judge: ValueRule])[] = [
  ['ip_address', ipAddress],
  ['user_agent', filled],
  ['obref', notBlank],
]
/** What only 2026-11 can say, beside the key that the pixel uses for it. */
const NEWER: readonly (readonly [singular: string, plural: string, judge: ValueRule])[] = [
  ['phone_number_sha256', 'phone_numbers_sha256', hash],
  ['first_name_sha256', 'first_names_sha256', hash],
  ['last_name_sha256', 'last_names_sha256', hash],
  ['region', 'regions', region],
]
/** The pixel's newest word for a postal code. */
const POSTAL_CODE = 'postal_code'

const single = SINGLE.map(([key, judge]): [string, UserField] => [key, { judge, list: false, key }])

/** The closed shape of `user` in each generation (specification, section 5). */
export const USER_FIELDS: Readonly<Record<Contract, ReadonlyMap<string, UserField>>> = {
  '2026-06': new Map([
    ...IN_BOTH.map(([key, , judge]): [string, UserField] => [key, { judge, list: false, key }]),
    ...single,
  ]),
  '2026-11': new Map([
    ...[...IN_BOTH, ...NEWER].map(([, key, judge]): [string, UserField] => [key, { judge, list: true, key }]),
    ...single,
    ['android_advertising_id', { judge: anything, list: false, key: 'android_advertising_id' }],
  ]),
}

/** Keys that a generation does not have and whose values it can say. */
export const TRANSLATED_FIELDS: Readonly<Record<Contract, ReadonlyMap<string, UserField>>> = {
  '2026-06': new Map([
    ...IN_BOTH.map(([key, plural, judge]): [string, UserField] => [plural, { judge, list: false, key }]),
    [POSTAL_CODE, { judge: postalCode, list: false, key: 'zip_code' }],
  ]),
  '2026-11': new Map([
    ...[...IN_BOTH, ...NEWER].map(([singular, key, judge]): [string, UserField] => [
      singular,
      { judge, list: true, key },
    ]),
    [POSTAL_CODE, { judge: postalCode, list: true, key: 'postal_codes' }],
  ]),
}

/** What an identity in clear is called, in lower case and without separators → how its hashed key begins. */
const IDENTITY_NAMES = otherNames({
  email: 'email emails mail em emailaddress',
  external_id: 'externalid externalids userid customerid',
  phone_number: 'phone phones phonenumber phonenumbers ph mobile phonesha256 phonenumbersha256 phonenumberssha256',
  first_name: 'firstname firstnames fn firstnamesha256 firstnamessha256',
  last_name: 'lastname lastnames ln lastnamesha256 lastnamessha256',
})

/** The identity that a key seems to hold, hashed or in clear. */
export const identityOf = (key: string): string | undefined => IDENTITY_NAMES.get(key.toLowerCase().replaceAll('_', ''))

/** The key that carries the hash of what `key` seems to hold in clear; `undefined` where there is none. */
export function hashedKey(key: string, contract: Contract): string | undefined {
  const identity = identityOf(key)
  if (identity === undefined) return undefined
  return [...USER_FIELDS[contract].keys()].find((field) => field.startsWith(identity) && field.endsWith('_sha256'))
}
