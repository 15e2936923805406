import type { PlainObject } from '../../contract/plain.ts'
import type { Person } from '../person.ts'
import { firstText, objectOf } from '../read.ts'
import { exactId } from './id.ts'

/** The buyer of an order or a checkout: what it says itself, then what its customer record says. */
export function buyerOf(order: PlainObject): Person {
  const customer = objectOf(order['customer'])
  const address = addressOf(order, customer)
  return {
    email: firstText(order['email'], order['contact_email'], customer['email']),
    externalId: exactId(customer),
    phone: [order['phone'], customer['phone'], address['phone']],
    firstName: firstText(customer['first_name'], address['first_name']),
    lastName: firstText(customer['last_name'], address['last_name']),
    ...placeOfPerson(address),
  }
}

/** Where an address is. */
export function placeOfPerson(address: PlainObject): Person {
  return {
    country: address['country_code'],
    city: address['city'],
    region: firstText(address['province_code'], address['province']),
    postalCode: address['zip'],
  }
}

function addressOf(order: PlainObject, customer: PlainObject): PlainObject {
  const places = [order['billing_address'], order['shipping_address'], customer['default_address']].map(objectOf)
  return places.find((place) => Object.keys(place).length > 0) ?? {}
}
