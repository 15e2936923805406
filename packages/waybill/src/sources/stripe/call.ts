import type { Contract } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { clickAmong } from '../click.ts'
import type { Draft } from '../draft.ts'
import { type Person, userOf } from '../person.ts'
import { objectOf, present } from '../read.ts'

/** An event of Stripe: what happened, and the object that it happened to. */
export interface StripeCall {
  /** Such as `checkout.session.completed`. */
  readonly type: string
  readonly event: PlainObject
  readonly object: PlainObject
}

/** What an object of Stripe says of its customer. */
export function personOf(details: PlainObject, contract: Contract): Draft['user'] {
  const address = objectOf(details['address'])
  const person: Person = {
    email: details['email'],
    phone: details['phone'],
    country: address['country'],
    city: address['city'],
    region: address['state'],
    postalCode: address['postal_code'],
  }
  return userOf(person, contract)
}

/** The click reference in the metadata of one of the objects. */
export function clickOf(...objects: readonly unknown[]): { readonly oppref?: string } {
  const pairs = objects.flatMap((object) => Object.entries(objectOf(objectOf(object)['metadata'])))
  return present({ oppref: clickAmong(pairs) }) as { readonly oppref?: string }
}
