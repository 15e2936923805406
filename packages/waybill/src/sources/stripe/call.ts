import type { Contract } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { clickAmong, unreadClicks } from '../click.ts'
import type { Draft } from '../draft.ts'
import { type Person, userOf } from '../person.ts'
import { objectOf, present, text } from '../read.ts'
import { fromSeconds, type Touch } from '../time.ts'

/** An event of Stripe: what happened, and the object that it happened to. */
export interface StripeCall {
  /** Such as `checkout.session.completed`. */
  readonly type: string
  readonly event: PlainObject
  readonly object: PlainObject
  /** The connected account that it is of, else the name of the source. */
  readonly shop: string | undefined
  readonly receivedAtMs: number | undefined
}

/** What a mapping can ask beside the object itself: all that the call holds. */
export function namesOfCall({ type, event, shop }: StripeCall): Readonly<Record<string, unknown>> {
  const data = objectOf(event['data'])
  return {
    event_type: type,
    previous_attributes: data['previous_attributes'],
    account: text(event['account']),
    shop,
    data,
    event,
  }
}

export function touchOf({ event, receivedAtMs }: StripeCall): Touch {
  return { receivedAtMs, vendorMs: fromSeconds(event['created']) }
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
export function clickOf(...objects: readonly unknown[]): Pick<Draft, 'oppref' | 'unsent'> {
  const pairs = objects.flatMap((object) => Object.entries(objectOf(objectOf(object)['metadata'])))
  return present({ oppref: clickAmong(pairs), unsent: unreadClicks(pairs) })
}
