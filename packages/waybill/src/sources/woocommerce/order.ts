import type { FriendlyItem } from '../../contract/friendly-data.ts'
import type { ActionSource } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { currencyOf, decimalOf, priced, sumOf } from '../amount.ts'
import type { Candidate } from '../candidate.ts'
import { clickAmong, unreadClicks } from '../click.ts'
import type { Draft } from '../draft.ts'
import { contentsOf, itemIds, itemsFrom } from '../item.ts'
import { placeOf, shopOf, siteOf } from '../page.ts'
import { type Person, userOf } from '../person.ts'
import { firstText, listOf, objectOf, text } from '../read.ts'
import { type Skip, type SkipCode, skip } from '../skip.ts'
import type { SourceCall } from '../source.ts'
import { becameAt, millisecondsOf, utcOf } from '../time.ts'
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
export function orderCandidate(call: SourceCall, order: PlainObject, settings: WooCommerceSettings): Candidate {
  const { topic = '', site, receivedAtMs } = call
  const shop = shopOf(site) ?? settings.name
  const names = { order_id: text(order['id']), order_number: firstText(order['number'], order['id']), shop }
  const scope = { payload: order, names }
  const id = settings.orderId.of(scope)
  const meta = metaOf(order)
  return {
    name: topic,
    scope,
    draft: {
      ...draftOf(order, meta, site, settings),
      id,
      ...(ORDER_TOPICS.has(topic) ? { type: 'order_created' } : {}),
    },
    barred: ORDER_TOPICS.has(topic) || 'status' in order ? barOf(order, meta, settings, id) : undefined,
    paths: { id: settings.orderId.path ?? 'id', timestamp: 'date_created_gmt' },
    keys: [names.order_id, names.order_number, order['order_key'], order['cart_hash']],
    repeats: 'first_wins',
    shop,
    touch: { receivedAtMs, vendorMs: millisecondsOf(utcOf(order['date_modified_gmt'])) },
  }
}

function draftOf(order: PlainObject, meta: Meta, site: unknown, settings: WooCommerceSettings): Draft {
  const total = priced(decimalOf(order['total']), currencyOf(order['currency']))
  const { actionSource = wayOf(order, meta), sourceUrl = siteOf(site) } = settings.place
  return {
    // Cash on delivery is paid between two calls: the first one that counts is the one that is kept.
    timestamp: becameAt(utcOf(order['date_created_gmt']), utcOf(order['date_paid_gmt'])),
    // Not from the landing page that WooCommerce keeps: it is saved without percent escapes, and so not byte for byte.
    oppref: clickAmong(meta),
    unsent: unreadClicks(meta),
    user: userOf(personOf(order, meta), settings.contract),
    ...placeOf({ actionSource, sourceUrl }, siteOf(order['payment_url'])),
    data: { ...total, ...contentsOf(itemsOf(order, total.currency, settings)) },
  }
}

type Meta = readonly (readonly [key: unknown, value: unknown])[]

function metaOf(order: PlainObject): Meta {
  return listOf(order['meta_data'])
    .map(objectOf)
    .map(({ key, value }) => [key, value] as const)
}

function barOf(
  order: PlainObject,
  meta: Meta,
  settings: WooCommerceSettings,
  ref: string | undefined,
): Skip | undefined {
  // WooPayments marks the orders of its test mode so; WooCommerce itself knows no test orders.
  const isTest = meta.some(([key, value]) => key === '_wcpay_mode' && value === 'test')
  if (isTest && !settings.sendTests) return skip('test_order', { ref })
  const status = text(order['status'])?.replace(/^wc-/, '') ?? ''
  if (!settings.statuses.has(status)) {
    const bar = Object.hasOwn(BARS, status) ? BARS[status] : undefined
    return skip(bar?.[0] ?? 'no_conversion', { message: bar?.[1] ?? OTHER_STATUS, ref })
  }
  if (isAllBack(order)) return skip('refunded', { message: ALL_BACK, ref })
  if (status === 'processing' && text(order['date_completed_gmt']) !== undefined)
    return skip('counted_before', { message: SET_BACK, ref })
  if (meta.some(([key]) => key === '_subscription_switch')) return skip('renewal', { message: SWITCH, ref })
  return isRenewal(order, meta) && !settings.sendsRenewals ? skip('renewal', { message: RENEWAL, ref }) : undefined
}

const ALL_BACK = 'All of its total was paid back.'
const SET_BACK = 'It was completed before and was set back to processing: it became a conversion earlier.'
const SWITCH = 'It changes a running subscription, up or down; only its start is a conversion.'
const RENEWAL = 'It renews a running subscription; only its start is a conversion.'

/** Refunds are listed with the order, each with a negative total; the status may stay what it was. */
function isAllBack(order: PlainObject): boolean {
  const refunds = listOf(order['refunds']).map(objectOf)
  const rest = sumOf([[order['total'], 1], ...refunds.map(({ total }) => [total, 1] as const)])
  return refunds.length > 0 && rest !== undefined && Number(rest) <= 0
}

const OTHER_STATUS = 'The order is in a status of the shop’s own. Name it in the option statuses if it is a conversion.'

/** Where orders come from that no browser made (`created_via`). Of any other way it is the web where the order knows the browser. */
const WAYS: ReadonlyMap<unknown, ActionSource> = new Map<unknown, ActionSource>([
  ['checkout', 'web'],
  ['store-api', 'web'],
  ['admin', 'other'],
  ['rest-api', 'other'],
  ['subscription', 'other'],
])
/** WooCommerce's own till, and those of plugins: `pos-rest-api`, `woocommerce-pos`, `yith_pos_order`. */
const TILL = /(?:^|[-_])pos(?:$|[-_])/i

function wayOf(order: PlainObject, meta: Meta): ActionSource {
  if (isRenewal(order, meta)) return 'other'
  if (TILL.test(text(order['created_via']) ?? '')) return 'physical_store'
  return WAYS.get(order['created_via']) ?? (text(order['customer_user_agent']) === undefined ? 'other' : 'web')
}

/** WooCommerce Subscriptions links the order of a renewal to its subscription. */
function isRenewal(order: PlainObject, meta: Meta): boolean {
  return order['created_via'] === 'subscription' || meta.some(([key]) => key === '_subscription_renewal')
}

function personOf(order: PlainObject, meta: Meta): Person {
  const [billing, shipping] = [objectOf(order['billing']), objectOf(order['shipping'])]
  const address = text(billing['country']) === undefined ? shipping : billing
  const customer = text(order['customer_id'])
  const browser =
    wayOf(order, meta) === 'web'
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
  return itemsFrom(order['line_items'], ({ sku, variation_id, product_id, name, quantity, price }) => ({
    id: itemIds({ sku, variant_id: variation_id, product_id }, itemId),
    name: { name },
    quantity,
    price,
    currency,
  }))
}
