import { describeBadHash, HASH_OF_NOTHING, isSha256Hex } from '../identity/digest.ts'
import { meansNothing } from '../identity/nothing.ts'
import { COUNTRIES } from './country.ts'
import { embeddedIpv4, isIpAddress, isPrivateAddress, isPublicIpv4 } from './ip-address.ts'
import type { IssueCode } from './issue.ts'
import { MAX_PLACE_LENGTH, MAX_POSTAL_CODE_LENGTH } from './limits.ts'
import { containsEmail, REMOVED } from './privacy.ts'
import { isBlank, isLonger } from './text.ts'

/** What is to be said of one string of `user`. */
export interface Finding {
  readonly code: IssueCode
  readonly message?: string | undefined
  /** `malformed`: the API would not take it. `absent`: it stands for no value. `sent`: it goes out, as `value` says. */
  readonly as: 'malformed' | 'absent' | 'sent'
  readonly value?: string
}

/** Judges one string of `user`; `undefined` means that it goes out as it is and nothing is to be said. */
export type ValueRule = (value: string) => Finding | undefined

const malformed = (code: IssueCode, message?: string): Finding => ({ code, as: 'malformed', message })
const NOTHING: Finding = { code: 'means_nothing', as: 'absent' }
const EMAIL_IN_CLEAR: Finding = malformed('email_outside_user', 'It contains an email address, and travels in clear.')
const BLANK: Finding = malformed('empty_identity', 'It is blank.')

export const hash: ValueRule = (value) => {
  if (isSha256Hex(value)) return value === HASH_OF_NOTHING ? { code: 'hash_of_empty_value', as: 'absent' } : undefined
  if (meansNothing(value, 'person')) return NOTHING
  if (value.trim().toLowerCase() === HASH_OF_NOTHING) return { code: 'hash_of_empty_value', as: 'absent' }
  return malformed(value.includes('@') ? 'raw_identity' : 'invalid_hash', `The value ${describeBadHash(value)}.`)
}

const TWO_LETTERS = /^[A-Za-z]{2}$/
export const country: ValueRule = (value) => {
  if (COUNTRIES.has(value)) return undefined
  // Only ASCII letters: Unicode has others whose upper case is one.
  const upper = TWO_LETTERS.test(value) ? value.toUpperCase() : ''
  if (COUNTRIES.has(upper)) return { code: 'country_uppercased', as: 'sent', value: upper }
  return meansNothing(value) ? NOTHING : malformed('invalid_country')
}

export const city: ValueRule = (value) => (meansNothing(value, 'name') ? NOTHING : place(value))
export const region: ValueRule = (value) => (meansNothing(value) ? NOTHING : place(value))

function place(value: string): Finding | undefined {
  if (isBlank(value)) return BLANK
  if (isLonger(value, MAX_PLACE_LENGTH)) {
    return malformed('too_long', `The API takes at most ${MAX_PLACE_LENGTH} characters here.`)
  }
  return containsEmail(value) ? EMAIL_IN_CLEAR : undefined
}

/** Searching for a character that may not be is several times faster than matching all that may. */
const NOT_POSTAL = /[^A-Za-z0-9 -]/
export const postalCode: ValueRule = (value) => {
  if (meansNothing(value)) return NOTHING
  if (value.length > MAX_POSTAL_CODE_LENGTH || NOT_POSTAL.test(value)) return malformed('invalid_postal_code')
  return isBlank(value) ? BLANK : undefined
}

export const ipAddress: ValueRule = (value) => {
  if (isPublicIpv4(value)) return undefined
  if (!isIpAddress(value)) return meansNothing(value) ? NOTHING : malformed('invalid_ip_address')
  const embedded = embeddedIpv4(value)
  if (isPrivateAddress(embedded ?? value)) {
    return { code: 'private_ip_address', as: 'sent', value: embedded ?? value }
  }
  return embedded === undefined
    ? undefined
    : {
        code: 'identity_cleaned',
        as: 'sent',
        value: embedded,
        message: 'The IPv4 address was taken out of its IPv6 form.',
      }
}

/** Any text that is not blank. */
export const filled: ValueRule = (value) => {
  if (value === '') return malformed('empty_value')
  if (meansNothing(value)) return NOTHING
  if (isBlank(value)) return BLANK
  return containsEmail(value) ? EMAIL_IN_CLEAR : undefined
}

export const notBlank: ValueRule = (value) => {
  if (meansNothing(value)) return NOTHING
  if (isBlank(value)) return malformed('empty_value')
  return containsEmail(value) ? EMAIL_IN_CLEAR : undefined
}

export const anything: ValueRule = (value) => {
  if (meansNothing(value)) return NOTHING
  return containsEmail(value) ? EMAIL_IN_CLEAR : undefined
}

/** Where places and browsers may be any text, what is left of a removed one must not be taken for one. */
export function findingOf(value: string, judge: ValueRule): Finding | undefined {
  return value === REMOVED ? malformed('removed_value') : judge(value)
}
