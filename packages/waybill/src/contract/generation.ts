import type { WireEvent } from './event.ts'
import { FRIENDLY_USER } from './friendly-user.ts'
import type { Contract } from './names.ts'
import { isObject, type PlainObject } from './plain.ts'
import { judgeUser } from './user.ts'
import { TRANSLATED_FIELDS, USER_FIELDS } from './user-keys.ts'

/** The generation that says all that an event says of its user, in either form; the seed's where both do. */
export function generationOf(input: unknown): Contract {
  const user = isObject(input) ? input['user'] : undefined
  if (!isObject(user)) return '2026-06'
  const isNewer = (input as PlainObject)['timestamp'] === undefined ? isNewerKey : isNewerFriendlyKey
  for (const key of Object.keys(user)) {
    const value = user[key]
    if (value !== undefined && value !== null && isNewer(key, value)) return '2026-11'
  }
  return '2026-06'
}

function isNewerKey(key: string): boolean {
  const isOlder = USER_FIELDS['2026-06'].has(key) || key === 'postal_code'
  return !isOlder && (USER_FIELDS['2026-11'].has(key) || TRANSLATED_FIELDS['2026-11'].has(key))
}

function isNewerFriendlyKey(key: string, value: unknown): boolean {
  const field = FRIENDLY_USER.get(key)
  return field !== undefined && (field.wire['2026-06'] === undefined || (Array.isArray(value) && value.length > 1))
}

/** A wire event that passed the check, with its user as a generation writes it: what that cannot say is left out. */
export function writtenFor(event: WireEvent, contract: Contract): WireEvent {
  const given: unknown = event.user
  if (!isObject(given)) return event
  const user = judgeUser(given, { now: 0, contract, dropIdentity: true, keepUrlQuery: true, maxAheadMs: 0, issues: [] })
  if (user === given) return event
  const { user: _user, ...rest } = event
  return user === undefined ? rest : { ...rest, user }
}
