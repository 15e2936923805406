import type { PlainObject } from '../../contract/plain.ts'
import type { Candidate } from '../candidate.ts'
import { placeOf, shopOf, siteOf } from '../page.ts'
import { nameOf, userOf } from '../person.ts'
import { objectOf } from '../read.ts'
import { skip } from '../skip.ts'
import type { SourceCall } from '../source.ts'
import { momentOf } from '../time.ts'
import { exactId } from './id.ts'
import { placeOfPerson } from './person.ts'
import type { ShopifySettings } from './settings.ts'

/** Topics that can be a registration, and where each has its moment. */
const TIMES: Readonly<Record<string, string>> = { 'customers/create': 'created_at', 'customers/enable': 'updated_at' }

/** A customer, of whichever `customers/…` topic. */
export function customerCandidate(call: SourceCall, customer: PlainObject, settings: ShopifySettings): Candidate {
  const { topic = '', site, receivedAtMs } = call
  const shop = shopOf(site) ?? settings.name
  const id = exactId(customer)
  const time = TIMES[topic]
  const { actionSource, sourceUrl = siteOf(site) } = settings.place
  const isGuest = settings.registrations === 'with_account' && customer['state'] !== 'enabled'
  return {
    name: topic,
    scope: { payload: customer, names: { id, customer_id: id, shop } },
    draft: {
      id,
      timestamp: momentOf(customer[time ?? 'created_at']),
      user: userOf({ ...personOf(customer), externalId: id }, settings.contract),
      ...(time === undefined ? {} : { type: 'registration_completed' }),
      ...placeOf({ actionSource, sourceUrl }),
    },
    barred: time !== undefined && isGuest ? skip('guest', { ref: id }) : undefined,
    paths: { id: 'id', timestamp: time ?? 'created_at' },
    shop,
    touch: { receivedAtMs, vendorMs: undefined },
    keys: [id],
    // Created and enabled are two calls of one registration.
    repeats: 'first_wins',
  }
}

const personOf = (customer: PlainObject): Parameters<typeof userOf>[0] => ({
  email: customer['email'],
  phone: customer['phone'],
  ...nameOf(customer),
  ...placeOfPerson(objectOf(customer['default_address'])),
})
