import type { PlainObject } from '../../contract/plain.ts'
import { MINUTE_MS } from '../../duration.ts'
import type { Candidate } from '../candidate.ts'
import { placeOf } from '../page.ts'
import { firstText, idOf, listOf, objectOf, text } from '../read.ts'
import { type Skip, skip } from '../skip.ts'
import { fromSeconds } from '../time.ts'
import { clickOf, namesOfCall, type StripeCall, touchOf } from './call.ts'
import { enrolled } from './enrollment.ts'
import { stripeAmount } from './money.ts'
import type { StripeSettings } from './settings.ts'

/** A new subscription: the only call that says for certain whether it is a trial, and the one that knows no person. */
export function subscriptionCandidate(call: StripeCall, settings: StripeSettings): Candidate {
  const { type: name, event, object: subscription } = call
  const id = text(subscription['id'])
  const items = itemsOf(subscription)
  const planId = firstText(idOf(items[0]?.['price']), idOf(items[0]?.['plan']))
  const customer = idOf(subscription['customer'])
  const candidate = {
    name,
    scope: { payload: subscription, names: { ...namesOfCall(call), subscription_id: id, customer_id: customer } },
    draft: {
      id,
      timestamp: fromSeconds(subscription['created']) ?? fromSeconds(event['created']),
      ...clickOf(subscription),
      ...placeOf(settings.place),
      data: { ...firstPeriod(subscription, items), planId },
    },
    barred: barOf(subscription, id),
    paths: { id: 'data.object.id', timestamp: 'data.object.created' },
    keys: [id, customer],
    shop: call.shop,
    touch: touchOf(call),
  }
  return enrolled(candidate, isTrial(subscription) ? 'trial' : 'paid', settings.nothingDue)
}

/** A subscription that changed. Where it was a trial and is active, the invoice that is paid for it is the conversion. */
export function changeCandidate(call: StripeCall): Candidate {
  const { type: name, object: subscription } = call
  const id = text(subscription['id'])
  const names = { ...namesOfCall(call), subscription_id: id, customer_id: idOf(subscription['customer']) }
  const message = endedTrialOf(call) === undefined ? CHANGED : TRIAL_ENDED
  return {
    name,
    scope: { payload: subscription, names },
    draft: { id, timestamp: fromSeconds(call.event['created']), ...clickOf(subscription) },
    barred: skip('no_conversion', { message, ref: id }),
    paths: { id: 'data.object.id', timestamp: 'created' },
    keys: [id, names.customer_id],
    shop: call.shop,
    touch: touchOf(call),
  }
}

const CHANGED = 'A subscription changed; upgrades and renewals are no conversions.'
const TRIAL_ENDED = 'Its trial ended. invoice.paid says what is paid for it, and that is the conversion.'

/** The id of a subscription that this call saw turn from a trial into one that is paid for. */
export function endedTrialOf({ type, event, object }: StripeCall): string | undefined {
  const before = objectOf(objectOf(event['data'])['previous_attributes'])['status']
  return type === 'customer.subscription.updated' && before === 'trialing' && object['status'] === 'active'
    ? text(object['id'])
    : undefined
}

const itemsOf = (subscription: PlainObject): PlainObject[] =>
  listOf(objectOf(subscription['items'])['data']).map(objectOf)

function isTrial(subscription: PlainObject): boolean {
  return subscription['status'] === 'trialing'
}

const BARS: Readonly<Record<string, readonly [Skip['code'], string]>> = {
  incomplete: ['unpaid', 'Its first payment is not made yet; invoice.paid will say when it is.'],
  incomplete_expired: ['unpaid', 'Its first payment was never made.'],
  past_due: ['unpaid', 'Its payment is past due.'],
  unpaid: ['unpaid', 'It is not paid.'],
  paused: ['unpaid', 'It is paused.'],
  canceled: ['cancelled', 'It was cancelled.'],
}

const BILLED = ['unpaid', 'It is billed by an invoice that is sent; invoice.paid will say when it is paid.'] as const

function barOf(subscription: PlainObject, ref: string | undefined): Skip | undefined {
  const status = text(subscription['status']) ?? ''
  // Stripe calls it active before anybody paid.
  const isBilled = subscription['collection_method'] === 'send_invoice' && status === 'active'
  const bar = isBilled ? BILLED : Object.hasOwn(BARS, status) ? BARS[status] : undefined
  return bar && skip(bar[0], { message: bar[1], ref })
}

/**
 * Price × quantity of the first period, where that is for certain what is paid: without discount, taxes, prices by use or by package, and
 * part of a period.
 * Otherwise no amount: a wrong one is worse than none.
 */
function firstPeriod(subscription: PlainObject, items: readonly PlainObject[]): { amount?: string; currency?: string } {
  const amounts = items.map(amountOf)
  const isPlain =
    ![subscription, ...items].some((part) => hasDiscount(part) || hasTax(part)) && !isProrated(subscription)
  const total = amounts.reduce<number>((sum, amount) => sum + (amount ?? Number.NaN), 0)
  return isPlain && items.length > 0 && Number.isSafeInteger(total) ? stripeAmount(total, subscription['currency']) : {}
}

function amountOf(item: PlainObject): number | undefined {
  const { unit_amount: unit, recurring, transform_quantity: packages } = objectOf(item['price'])
  const quantity = item['quantity']
  const isByUnit = objectOf(recurring)['usage_type'] !== 'metered' && (packages ?? null) === null
  const isFixed = isByUnit && typeof unit === 'number' && typeof quantity === 'number'
  return isFixed ? unit * quantity : undefined
}

/** Of the subscription or of one of its items. */
const hasDiscount = (part: PlainObject): boolean =>
  listOf(part['discounts']).length > 0 || (part['discount'] ?? null) !== null

const hasTax = (part: PlainObject): boolean =>
  objectOf(part['automatic_tax'])['enabled'] === true ||
  [part['default_tax_rates'], part['tax_rates']].some((rates) => listOf(rates).length > 0)

/** True where it began or is billed at another moment than it was made at: the first invoice is for more or less than a period. */
function isProrated(subscription: PlainObject): boolean {
  const madeMs = fromSeconds(subscription['created'])
  const others = [subscription['start_date'], subscription['billing_cycle_anchor']].map(fromSeconds)
  return others.some((ms) => ms !== undefined && madeMs !== undefined && Math.abs(ms - madeMs) > MINUTE_MS)
}
