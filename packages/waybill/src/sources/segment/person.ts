import type { FriendlyUser } from '../../contract/friendly-person.ts'
import type { Contract } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { hashed, personKey } from '../join.ts'
import { type Person, userOf } from '../person.ts'
import { firstMeaning, firstText, objectOf, text } from '../read.ts'
import { spellings } from './fields.ts'
import { limitsAdTracking, type Message } from './message.ts'

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
  const said = { ...objectOf(context['traits']), ...objectOf(body['traits']) }
  const traits = traitsOf(said)
  const device = objectOf(context['device'])
  return userOf(
    {
      ...traits,
      email: [traits.email, properties['email']].flat(),
      obref: firstMeaning(said['obref'], properties['obref'], context['obref']),
      androidAdvertisingId: firstMeaning(
        said['android_advertising_id'],
        said['androidAdvertisingId'],
        text(device['type'])?.toLowerCase() === 'android' && !limitsAdTracking(message)
          ? device['advertisingId']
          : undefined,
      ),
      externalId: [body['userId'], ...idsIn(said), body['anonymousId']],
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
  return hashed(userOf({ ...traitsOf(traits), externalId: [body['userId'], ...idsIn(traits)] }, contract) ?? {})
}

const idsIn = (traits: PlainObject): unknown[] => spellings('external_id', 'external_ids').flatMap((key) => traits[key])

const POSTAL_CODES = spellings('postal_code', 'postalcode', 'zip', 'zipcode', 'zip_code', 'postal_codes', 'zips')

/** Traits of the identify specification, in an address or flat; camelCase, snake_case and lists are all in use. */
function traitsOf(traits: PlainObject): Person {
  const address = objectOf(traits['address'])
  const among = (object: PlainObject, keys: readonly string[]): unknown =>
    keys.map((key) => object[key]).find((value) => texts(value).length > 0)
  const placed = (...keys: string[]): unknown => among(address, keys) ?? among(traits, keys)
  return {
    email: among(traits, ['email', 'emails']),
    phone: among(traits, ['phone', 'phones', ...spellings('phone_numbers', 'phone_number')]),
    firstName: among(traits, ['firstName', 'first_name', 'firstname', 'firstNames', 'first_names']),
    lastName: among(traits, ['lastName', 'last_name', 'lastname', 'lastNames', 'last_names']),
    country: placed('country', 'countries', 'countryCode', 'country_code', 'countryCodes'),
    city: placed('city', 'cities'),
    region: placed('state', 'region', 'states', 'regions'),
    postalCode: placed(...POSTAL_CODES),
  }
}

const texts = (value: unknown): string[] =>
  [value]
    .flat()
    .map(text)
    .filter((found) => found !== undefined)
