import type { PlainObject } from '../../contract/plain.ts'
import type { Candidate } from '../candidate.ts'
import { placeOf } from '../page.ts'
import { firstText, idOf, listOf, objectOf, text } from '../read.ts'
import { skip } from '../skip.ts'
import { fromSeconds } from '../time.ts'
import { clickOf, personOf, type StripeCall } from './call.ts'
import { type Beginning, enrollmentOf } from './enrollment.ts'
import { stripeAmount } from './money.ts'
import type { StripeSettings } from './settings.ts'

/** A paid invoice: the first of a subscription is its start, every other one is none. */
export function invoiceCandidate(call: StripeCall, settings: StripeSettings): Candidate {
  const { type: name, event, object: invoice } = call
  const details = detailsOf(invoice)
  const id = firstText(idOf(details['subscription']), idOf(invoice['subscription']))
  const { type, ...enrollment } = enrollmentOf(beginningOf(invoice), settings.nothingDue, id)
  const data = type === 'trial_started' ? {} : stripeAmount(invoice['total'], invoice['currency'])
  const isFirst = invoice['billing_reason'] === 'subscription_create'
  const isOther = isFirst ? undefined : skip('renewal', { message: OTHER, ref: text(invoice['id']) })
  return {
    ...enrollment,
    name,
    scope: {
      payload: invoice,
      names: { subscription_id: id, customer_id: idOf(invoice['customer']), event_type: name },
    },
    draft: {
      id,
      timestamp: paidAt(invoice, event),
      user: personOf(customerOf(invoice), settings.contract),
      type,
      ...clickOf(details, invoice),
      ...placeOf(settings.place),
      data: { ...data, planId: planOf(invoice) },
    },
    barred: isOther ?? enrollment.barred,
    paths: { id: 'data.object.parent.subscription_details.subscription', timestamp: 'created' },
    keys: [id, idOf(invoice['customer'])],
  }
}

const OTHER = 'This invoice is not the first of a subscription (billing_reason); only its start is a conversion.'

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
