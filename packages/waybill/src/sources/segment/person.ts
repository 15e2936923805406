import type { FriendlyUser } from '../../contract/event.ts'
import type { Contract } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { hashed, personKey } from '../join.ts'
import { type Person, userOf } from '../person.ts'
import { firstText, objectOf, text } from '../read.ts'
import type { Message } from './message.ts'

/** Digests of the ids that a message calls its person by. */
export function peopleOf({ body }: Message): string[] {
  const [user, anonymous] = [text(body['userId']), text(body['anonymousId'])]
  return [
    ...(user === undefined ? [] : [personKey('user', user)]),
    ...(anonymous === undefined ? [] : [personKey('anonymous', anonymous)]),
  ]
}

/** The person of an event: its ids and its browser, the traits in its context, and an email among its properties. */
export function personOf(message: Message, contract: Contract): FriendlyUser | undefined {
  const { body, context, properties } = message
  const traits = traitsOf(objectOf(context['traits']))
  return userOf(
    {
      ...traits,
      email: firstText(traits.email, properties['email']),
      externalId: [body['userId'], body['anonymousId']],
      // What Segment's SDK writes where it is told to keep no address.
      ipAddress: context['ip'] === '0.0.0.0' ? undefined : context['ip'],
      userAgent: firstText(context['userAgent'], context['user_agent']),
    },
    contract,
  )
}

/** What an identify call says of a person, fit to be kept. */
export function identifiedUser(message: Message, contract: Contract): FriendlyUser {
  const { body, context } = message
  const traits = { ...objectOf(context['traits']), ...objectOf(body['traits']) }
  return hashed(userOf({ ...traitsOf(traits), externalId: body['userId'] }, contract) ?? {})
}

/** Traits of the identify specification; camelCase and snake_case are both in use. */
function traitsOf(traits: PlainObject): Person {
  const address = objectOf(traits['address'])
  return {
    email: traits['email'],
    phone: traits['phone'],
    firstName: firstText(traits['firstName'], traits['first_name']),
    lastName: firstText(traits['lastName'], traits['last_name']),
    country: firstText(address['country'], traits['country']),
    city: firstText(address['city'], traits['city']),
    region: firstText(address['state'], traits['state']),
    postalCode: firstText(address['postalCode'], address['postal_code'], address['zip']),
  }
}
