import type { PlainObject } from '../../contract/plain.ts'
import type { Candidate } from '../candidate.ts'
import { bestClick, clickAmong, clickInUrl, unreadClicks } from '../click.ts'
import type { Draft } from '../draft.ts'
import { contentsOf } from '../item.ts'
import { placeOf, shopOf, siteOf } from '../page.ts'
import { userOf } from '../person.ts'
import { firstText, listOf, objectOf, text } from '../read.ts'
import { type Skip, type SkipCode, skip } from '../skip.ts'
import type { SourceCall } from '../source.ts'
import { becameAt, millisecondsOf, momentOf } from '../time.ts'
import { exactId } from './id.ts'
import { itemsOf } from './items.ts'
import { moneyOf } from './money.ts'
import { buyerOf } from './person.ts'
import type { ShopifySettings } from './settings.ts'
import { isRenewal, wayOf } from './way.ts'

type Bar = readonly [applies: (order: PlainObject) => boolean, code: SkipCode, message?: string]

const status = (order: PlainObject): unknown => order['financial_status']
const isGone = (value: unknown): boolean => value !== undefined && value !== null

/** What keeps an order from being a conversion, in the order in which it is told. */
const BARS: readonly Bar[] = [
  [(order) => isGone(order['cancelled_at']), 'cancelled'],
  [(order) => status(order) === 'voided', 'cancelled', 'Its payment was voided.'],
  [(order) => status(order) === 'refunded', 'refunded'],
  [isAllBack, 'refunded', 'All of its total was paid back or taken out.'],
]
const UNPAID: ReadonlySet<unknown> = new Set(['pending', 'authorized', 'partially_paid', 'unpaid', 'expired'])

function isAllBack(order: PlainObject): boolean {
  return isZero(order['current_total_price']) && !isZero(order['total_price'])
}

const isZero = (amount: unknown): boolean => /^0+(?:\.0*)?$/.test(text(amount) ?? '')

/** An order, of whichever `orders/…` topic. */
export function orderCandidate(call: SourceCall, order: PlainObject, settings: ShopifySettings): Candidate {
  const { topic = '' } = call
  const shop = shopOf(call.site) ?? settings.name
  const names: Record<string, unknown> = { ...namesOf(order), shop }
  const scope = { payload: order, names }
  const id = settings.orderId.of(scope)
  return {
    name: topic,
    scope,
    draft: {
      ...draftOf(order, call, settings),
      id,
      ...(topic === 'orders/paid' ? { type: 'order_created' } : {}),
    },
    barred: barOf(order, topic, settings, id),
    paths: { id: settings.orderId.path ?? 'id', timestamp: 'processed_at' },
    shop,
    touch: { receivedAtMs: call.receivedAtMs, vendorMs: millisecondsOf(paidAt(order, call)) },
    keys: [names['order_id'], order['order_number'], order['checkout_token'], order['cart_token']],
  }
}

function namesOf(order: PlainObject): Record<string, unknown> {
  const id = exactId(order)
  return { id, order_id: id, customer_id: exactId(objectOf(order['customer'])) }
}

function barOf(
  order: PlainObject,
  topic: string,
  settings: ShopifySettings,
  ref: string | undefined,
): Skip | undefined {
  if (order['test'] === true && !settings.sendTests) return skip('test_order', { ref })
  const bar = BARS.find(([applies]) => applies(order))
  if (bar !== undefined) return skip(bar[1], { message: bar[2], ref })
  // Another topic counts only because a mapping wants it, and the mapping knows what it means.
  if (topic === 'orders/paid' && UNPAID.has(status(order))) return skip('unpaid', { ref })
  return isRenewal(order) && !settings.sendsRenewals ? skip('renewal', { message: RENEWAL, ref }) : undefined
}

const RENEWAL = 'A subscription app placed it for a running subscription; only its start is a conversion.'

/** When it was paid: Shopify says when it triggered the call, and the order when it was last changed, which that was. */
function paidAt(order: PlainObject, { triggeredAt }: SourceCall): string | number | undefined {
  return momentOf(firstText(triggeredAt, order['updated_at']))
}

function draftOf(order: PlainObject, call: SourceCall, settings: ShopifySettings): Draft {
  const total = moneyOf(order, 'total_price', settings.money)
  const items = itemsOf(order, total.currency, settings.money, settings.itemId)
  const placed = momentOf(firstText(order['processed_at'], order['created_at']))
  const made = momentOf(text(order['created_at']))
  return {
    timestamp: call.topic === 'orders/paid' ? becameAt(placed, paidAt(order, call), made) : placed,
    ...clickOf(order),
    ...whereOf(order, call, settings),
    data: { ...total, ...contentsOf(items) },
  }
}

/** The click reference that a theme put into the cart's attributes, else the one in the landing page's query. */
export function clickOf(order: PlainObject): Pick<Draft, 'oppref' | 'unsent'> {
  const attributes = listOf(order['note_attributes']).map(objectOf)
  const pairs = attributes.map(({ name, value }) => [name, value] as const)
  return {
    oppref: bestClick(clickAmong(pairs), clickInUrl(order['landing_site'])),
    unsent: unreadClicks(pairs),
  }
}

/** Person and place. What a till or an employee's browser says of itself is not the customer's. */
function whereOf(order: PlainObject, call: SourceCall, settings: ShopifySettings): Draft {
  const details = objectOf(order['client_details'])
  const way = wayOf(order)
  const browser =
    way === 'web'
      ? { ipAddress: firstText(order['browser_ip'], details['browser_ip']), userAgent: details['user_agent'] }
      : {}
  const { actionSource = way, sourceUrl = siteOf(call.site) } = settings.place
  return {
    user: userOf({ ...buyerOf(order), ...browser }, settings.contract),
    // The page after the order has a secret in its path; its site is the shop's own domain.
    ...placeOf({ actionSource, sourceUrl }, siteOf(order['order_status_url'])),
  }
}
