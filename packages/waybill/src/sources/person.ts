import type { FriendlyUser } from '../contract/friendly-person.ts'
import { FRIENDLY_USER } from '../contract/friendly-user.ts'
import type { Contract } from '../contract/names.ts'
import { meansNothing, type NothingScope } from '../identity/nothing.ts'
import { distinct, text } from './read.ts'

/** What a source found of a person, as the payload has it. A list holds several, the best first. */
export type Person = { readonly [Key in keyof FriendlyUser]?: unknown }

/**
 * A person as this generation of the contract can take them: what it has no place for is left out here, so that not every
 * event comes with a warning. Phone numbers pass only with a country code, because the hash of any other matches nobody.
 */
export function userOf(person: Person, contract: Contract): FriendlyUser | undefined {
  const user: Record<string, string | string[]> = {}
  for (const [key, found] of Object.entries(person)) {
    const field = FRIENDLY_USER.get(key)
    if (field?.wire[contract] === undefined) continue
    const values = (Array.isArray(found) ? distinct(found) : distinct([found])).filter(
      (value) => key !== 'phone' || isInternational(value),
    )
    const scope = SCOPES.get(key)
    // Of several values a word for nothing is none; alone it is judged with the event, so that it is told.
    const first = values.find((value) => !meansNothing(value, scope)) ?? values[0]
    if (first === undefined) continue
    user[key] = contract === '2026-06' || field.single || values.length === 1 ? first : values
  }
  return Object.keys(user).length === 0 ? undefined : user
}

const SCOPES: ReadonlyMap<string, NothingScope> = new Map([
  ['email', 'person'],
  ['externalId', 'person'],
  ['firstName', 'name'],
  ['lastName', 'name'],
  ['city', 'name'],
])

const isInternational = (phone: string): boolean => /^\s*(?:\+|00)/.test(phone)

/** The names of a person in the keys that most systems use. */
export function nameOf(object: Readonly<Record<string, unknown>>): Pick<Person, 'firstName' | 'lastName'> {
  return { firstName: text(object['first_name']), lastName: text(object['last_name']) }
}
