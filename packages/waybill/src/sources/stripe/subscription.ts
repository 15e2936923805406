import type { PlainObject } from '../../contract/plain.ts'
import type { Candidate } from '../candidate.ts'
import { placeOf } from '../page.ts'
import { firstText, idOf, listOf, objectOf, text } from '../read.ts'
import { type Skip, skip } from '../skip.ts'
import { fromSeconds } from '../time.ts'
import { clickOf, type StripeCall } from './call.ts'
import { enrollmentOf } from './enrollment.ts'
import { stripeAmount } from './money.ts'
import type { StripeSettings } from './settings.ts'

/** A new subscription: the only call that says for certain whether it is a trial, and the one that knows no person. */
export function subscriptionCandidate(
  { type: name, event, object: subscription }: StripeCall,
  settings: StripeSettings,
): Candidate {
  const id = text(subscription['id'])
  const { type, ...enrollment } = enrollmentOf(isTrial(subscription) ? 'trial' : 'paid', settings.nothingDue, id)
  const items = itemsOf(subscription)
  const planId = firstText(idOf(items[0]?.['price']), idOf(items[0]?.['plan']))
  const names = { subscription_id: id, customer_id: idOf(subscription['customer']), event_type: name }
  return {
    ...enrollment,
    name,
    scope: { payload: subscription, names },
    draft: {
      id,
      timestamp: fromSeconds(subscription['created']) ?? fromSeconds(event['created']),
      type,
      ...clickOf(subscription),
      ...placeOf(settings.place),
      data: { ...(type === 'trial_started' ? {} : firstPeriod(subscription, items)), planId },
    },
    barred: barOf(subscription, id),
    paths: { id: 'data.object.id', timestamp: 'data.object.created' },
    keys: [id, names.customer_id],
  }
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

function barOf(subscription: PlainObject, ref: string | undefined): Skip | undefined {
  const status = text(subscription['status']) ?? ''
  const bar = Object.hasOwn(BARS, status) ? BARS[status] : undefined
  return bar && skip(bar[0], { message: bar[1], ref })
}

/**
 * Price × quantity of the first period, where that is for certain what is paid: without discount, taxes and prices by use.
 * Otherwise no amount: a wrong one is worse than none.
 */
function firstPeriod(subscription: PlainObject, items: readonly PlainObject[]): { amount?: string; currency?: string } {
  const amounts = items.map(amountOf)
  const isPlain = !hasDiscount(subscription) && !hasTax(subscription)
  const total = amounts.reduce<number>((sum, amount) => sum + (amount ?? Number.NaN), 0)
  return isPlain && items.length > 0 && Number.isSafeInteger(total) ? stripeAmount(total, subscription['currency']) : {}
}

function amountOf(item: PlainObject): number | undefined {
  const { unit_amount: unit, recurring } = objectOf(item['price'])
  const quantity = item['quantity']
  const isFixed =
    objectOf(recurring)['usage_type'] !== 'metered' && typeof unit === 'number' && typeof quantity === 'number'
  return isFixed ? unit * quantity : undefined
}

const hasDiscount = (subscription: PlainObject): boolean =>
  listOf(subscription['discounts']).length > 0 || (subscription['discount'] ?? null) !== null

const hasTax = (subscription: PlainObject): boolean =>
  objectOf(subscription['automatic_tax'])['enabled'] === true || listOf(subscription['default_tax_rates']).length > 0
