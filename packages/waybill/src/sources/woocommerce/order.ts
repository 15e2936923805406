import type { FriendlyItem } from '../../contract/event.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { currencyOf, decimalOf, priced } from '../amount.ts'
import type { Candidate } from '../candidate.ts'
import { clickAmong } from '../click.ts'
import { contentsOf, itemIdOf, itemOf } from '../item.ts'
import { placeOf, siteOf } from '../page.ts'
import { type Person, userOf } from '../person.ts'
import { firstText, listOf, objectOf, text } from '../read.ts'
import { type Skip, type SkipCode, skip } from '../skip.ts'
import type { SourceCall } from '../source.ts'
import { utcOf } from '../time.ts'
import type { WooCommerceSettings } from './settings.ts'

const ORDER_TOPICS: ReadonlySet<string> = new Set(['order.updated', 'order.created'])

const BARS: Readonly<Record<string, readonly [SkipCode, string]>> = {
  pending: ['unpaid', 'The order waits for its payment.'],
  'on-hold': ['unpaid', 'The order waits for its payment to be confirmed.'],
  failed: ['unpaid', 'The payment failed.'],
  'checkout-draft': ['unpaid', 'The order is a draft of the checkout.'],
  'auto-draft': ['unpaid', 'The order is a draft.'],
  cancelled: ['cancelled', 'The order was cancelled.'],
  trash: ['cancelled', 'The order was thrown away.'],
  refunded: ['refunded', 'The order was paid back.'],
}

/** An order. What changes while it is worked on, such as its status and `date_modified`, is no part of the event. */
export function orderCandidate(
  { topic = '', site }: SourceCall,
  order: PlainObject,
  settings: WooCommerceSettings,
): Candidate {
  const names = { order_id: text(order['id']), order_number: firstText(order['number'], order['id']) }
  const scope = { payload: order, names }
  const id = settings.orderId.of(scope)
  const total = priced(decimalOf(order['total']), currencyOf(order['currency']))
  const meta = listOf(order['meta_data'])
    .map(objectOf)
    .map(({ key, value }) => [key, value] as const)
  const { actionSource = wayOf(order), sourceUrl = siteOf(site) } = settings.place
  return {
    name: topic,
    scope,
    draft: {
      id,
      // Not when it was paid: cash on delivery is paid between two calls, and the event must stay the same.
      timestamp: utcOf(order['date_created_gmt']),
      // Not from the landing page that WooCommerce keeps: it is saved without percent escapes, and so not byte for byte.
      oppref: clickAmong(meta),
      user: userOf(personOf(order), settings.contract),
      ...(ORDER_TOPICS.has(topic) ? { type: 'order_created' } : {}),
      ...placeOf({ actionSource, sourceUrl }, siteOf(order['payment_url'])),
      data: { ...total, ...contentsOf(itemsOf(order, total.currency, settings)) },
    },
    barred: barOf(order, meta, settings, id),
    paths: { id: settings.orderId.path ?? 'id', timestamp: 'date_created_gmt' },
    keys: [names.order_id, names.order_number, order['order_key'], order['cart_hash']],
    repeats: 'first_wins',
  }
}

type Meta = readonly (readonly [key: unknown, value: unknown])[]

const metaOf = (meta: Meta, wanted: string): unknown => meta.find(([key]) => key === wanted)?.[1]

function barOf(
  order: PlainObject,
  meta: Meta,
  settings: WooCommerceSettings,
  ref: string | undefined,
): Skip | undefined {
  // WooPayments marks the orders of its test mode so; WooCommerce itself knows no test orders.
  if (metaOf(meta, '_wcpay_mode') === 'test' && !settings.sendTests) return skip('test_order', { ref })
  const status = text(order['status'])?.replace(/^wc-/, '') ?? ''
  if (settings.statuses.has(status)) return undefined
  const bar = Object.hasOwn(BARS, status) ? BARS[status] : undefined
  return skip(bar?.[0] ?? 'no_conversion', { message: bar?.[1] ?? OTHER_STATUS, ref })
}

const OTHER_STATUS = 'The order is in a status of the shop’s own. Name it in the option statuses if it is a conversion.'

/** Orders that an employee typed in were not made on the web. */
const wayOf = (order: PlainObject): 'other' | undefined => (order['created_via'] === 'admin' ? 'other' : undefined)

function personOf(order: PlainObject): Person {
  const [billing, shipping] = [objectOf(order['billing']), objectOf(order['shipping'])]
  const address = text(billing['country']) === undefined ? shipping : billing
  const customer = text(order['customer_id'])
  const browser =
    wayOf(order) === undefined
      ? { ipAddress: order['customer_ip_address'], userAgent: order['customer_user_agent'] }
      : {}
  return {
    email: billing['email'],
    externalId: customer === '0' ? undefined : customer,
    phone: billing['phone'],
    firstName: billing['first_name'],
    lastName: billing['last_name'],
    country: address['country'],
    city: address['city'],
    region: address['state'],
    postalCode: address['postcode'],
    ...browser,
  }
}

/** `price` is that of one, after discounts and without taxes; it is often a fraction, and then left out. */
function itemsOf(order: PlainObject, currency: string | undefined, { itemId }: WooCommerceSettings): FriendlyItem[] {
  return listOf(order['line_items']).flatMap((each) => {
    const { sku, variation_id, product_id, name, quantity, price } = objectOf(each)
    return itemOf({
      id: itemIdOf({ sku, variant_id: variation_id, product_id }, itemId),
      name,
      quantity,
      price,
      currency,
    })
  })
}
