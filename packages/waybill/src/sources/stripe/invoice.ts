import type { PlainObject } from '../../contract/plain.ts'
import type { Candidate } from '../candidate.ts'
import { placeOf } from '../page.ts'
import { firstText, idOf, listOf, objectOf, text } from '../read.ts'
import { skip } from '../skip.ts'
import { fromSeconds } from '../time.ts'
import { clickOf, namesOfCall, personOf, type StripeCall, touchOf } from './call.ts'
import { type Beginning, enrolled, hasMoney } from './enrollment.ts'
import { stripeAmount } from './money.ts'
import type { StripeSettings } from './settings.ts'

/** A paid invoice: the first of a subscription is its start; one without a subscription is an order; the others go on with one. */
export function invoiceCandidate(call: StripeCall, settings: StripeSettings): Candidate {
  const { object: invoice } = call
  const subscription = subscriptionOf(invoice)
  const shared = sharedOf(call, settings)
  if (isFirst(invoice, subscription))
    return enrolled(ofSubscription(shared, subscription), beginningOf(invoice), settings.nothingDue)
  if (subscription === undefined) return orderOf(shared, invoice)
  return renewalOf(shared, invoice, settings)
}

/** What an invoice of a running subscription is where it is the first money after a trial. */
export function firstMoneyCandidate(call: StripeCall, settings: StripeSettings): Candidate | undefined {
  const subscription = subscriptionOf(call.object)
  if (subscription === undefined || isFirst(call.object, subscription)) return undefined
  const candidate = ofSubscription(sharedOf(call, settings), subscription)
  if (!hasMoney(candidate.draft)) return undefined
  return { ...candidate, draft: { ...candidate.draft, type: 'subscription_created' }, repeats: 'first_wins' }
}

/** A quote that is accepted can begin a subscription, too. */
const isFirst = ({ billing_reason: reason }: PlainObject, subscription: string | undefined): boolean =>
  reason === 'subscription_create' || (reason === 'quote_accept' && subscription !== undefined)

function sharedOf(call: StripeCall, settings: StripeSettings): Candidate {
  const { type: name, event, object: invoice } = call
  const [id, subscription, customer] = [text(invoice['id']), subscriptionOf(invoice), idOf(invoice['customer'])]
  const names = { ...namesOfCall(call), invoice_id: id, subscription_id: subscription, customer_id: customer }
  return {
    name,
    scope: { payload: invoice, names },
    draft: {
      id,
      timestamp: paidAt(invoice, event),
      user: personOf(customerOf(invoice), settings.contract),
      ...clickOf(detailsOf(invoice), invoice),
      ...placeOf(settings.place),
      data: stripeAmount(invoice['total'], invoice['currency']),
    },
    paths: { id: 'data.object.id', timestamp: 'created' },
    keys: [id, subscription, customer],
    shop: call.shop,
    touch: touchOf(call),
  }
}

function ofSubscription(shared: Candidate, id: string | undefined): Candidate {
  const { data } = shared.draft
  return {
    ...shared,
    keys: (shared.keys ?? []).slice(1),
    draft: { ...shared.draft, id, data: { ...data, planId: planOf(shared.scope.payload as PlainObject) } },
    paths: { ...shared.paths, id: 'data.object.parent.subscription_details.subscription' },
  }
}

/** Sent by hand, or made from a quote. */
function orderOf(shared: Candidate, invoice: PlainObject): Candidate {
  const barred =
    invoice['total'] === 0 ? skip('no_conversion', { message: NOTHING_DUE, ref: shared.draft.id }) : undefined
  return { ...shared, draft: { ...shared.draft, type: 'order_created' }, repeats: 'first_wins', barred }
}

function renewalOf(shared: Candidate, invoice: PlainObject, { sendsRenewals, place }: StripeSettings): Candidate {
  const reason = text(invoice['billing_reason']) ?? ''
  const { draft } = shared
  if (sendsRenewals && reason === 'subscription_cycle') {
    const where = placeOf({ ...place, actionSource: place.actionSource ?? 'other' })
    return { ...shared, draft: { ...draft, ...where, type: 'order_created' }, repeats: 'first_wins' }
  }
  const message = (Object.hasOwn(GOES_ON, reason) ? GOES_ON[reason] : undefined) ?? GOES_ON['manual']
  return { ...shared, barred: skip('renewal', { message, ref: draft.id }) }
}

const NOTHING_DUE = 'Nothing was due for this invoice.'
/** billing_reason → what such an invoice of a running subscription is. */
const GOES_ON: Readonly<Record<string, string>> = {
  subscription_cycle: 'This invoice renews a subscription; only its start is a conversion.',
  subscription_update: 'This invoice is for a change of a running subscription; only its start is a conversion.',
  subscription_threshold: 'This invoice bills what a running subscription used; only its start is a conversion.',
  manual: 'This invoice belongs to a running subscription; only its start is a conversion.',
}

const subscriptionOf = (invoice: PlainObject): string | undefined =>
  firstText(idOf(detailsOf(invoice)['subscription']), idOf(invoice['subscription']))

/** Where an invoice names its subscription: since API version 2025-03-31 below `parent`, before that at the top. */
function detailsOf(invoice: PlainObject): PlainObject {
  const details = objectOf(objectOf(invoice['parent'])['subscription_details'])
  return Object.keys(details).length > 0 ? details : objectOf(invoice['subscription_details'])
}

function paidAt(invoice: PlainObject, event: PlainObject): number | undefined {
  return fromSeconds(objectOf(invoice['status_transitions'])['paid_at']) ?? fromSeconds(event['created'])
}

const customerOf = (invoice: PlainObject): PlainObject => ({
  email: invoice['customer_email'],
  phone: invoice['customer_phone'],
  address: invoice['customer_address'],
})

/** The lines of the subscription itself, without set-up fees and prorations. */
function linesOf(invoice: PlainObject): PlainObject[] {
  const lines = listOf(objectOf(invoice['lines'])['data']).map(objectOf)
  return lines.filter((line) => {
    const { subscription_item_details: item } = objectOf(line['parent'])
    return line['type'] === 'subscription' || objectOf(item)['subscription_item'] !== undefined
  })
}

/**
 * A trial's lines cost nothing although their price is something, or say that they are a trial; a line that costs something is
 * none. Amounts of lines are before discounts.
 */
function beginningOf(invoice: PlainObject): Beginning {
  if (typeof invoice['total'] === 'number' && invoice['total'] > 0) return 'paid'
  const lines = linesOf(invoice)
  if (lines.length === 0)
    return invoice['total'] === 0 && listOf(invoice['total_discount_amounts']).length === 0 ? 'unknown' : 'paid'
  if (lines.some((line) => line['amount'] !== 0)) return 'paid'
  return lines.some(isTrialLine) ? 'trial' : 'unknown'
}

function isTrialLine(line: PlainObject): boolean {
  const costs = [objectOf(line['price'])['unit_amount'], objectOf(line['plan'])['amount']]
  return (
    costs.some((cost) => typeof cost === 'number' && cost > 0) || /^trial period/i.test(text(line['description']) ?? '')
  )
}

/** The price of the first line. */
function planOf(invoice: PlainObject): string | undefined {
  const line = linesOf(invoice)[0] ?? {}
  const { price_details: details } = objectOf(line['pricing'])
  return firstText(idOf(objectOf(details)['price']), idOf(line['price']), idOf(line['plan']))
}
