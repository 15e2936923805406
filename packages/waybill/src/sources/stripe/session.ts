import type { FriendlyItem } from '../../contract/friendly-data.ts'
import type { Candidate } from '../candidate.ts'
import { contentsOf, itemsFrom } from '../item.ts'
import { pageOf, placeOf } from '../page.ts'
import { firstText, idOf, objectOf, text } from '../read.ts'
import { skip } from '../skip.ts'
import { fromSeconds } from '../time.ts'
import { clickOf, namesOfCall, personOf, type StripeCall, touchOf } from './call.ts'
import { type Beginning, enrolled } from './enrollment.ts'
import { stripeAmount } from './money.ts'
import type { StripeSettings } from './settings.ts'

/** A finished Checkout session: an order, or the start of a subscription. */
export function sessionCandidate(call: StripeCall, settings: StripeSettings): Candidate {
  const { object: session } = call
  const shared = sharedOf(call, settings)
  if (session['payment_status'] === 'unpaid')
    return { ...shared, barred: skip('unpaid', { message: PENDING, ref: shared.draft.id }) }
  if (session['mode'] === 'subscription') return enrolled(shared, beginningOf(session), settings.nothingDue)
  if (session['mode'] !== 'payment') return shared
  // An invoice that the session makes for the payment tells the same sale.
  const invoice = { type: 'order_created', id: idOf(session['invoice']) } as const
  return { ...shared, draft: { ...shared.draft, type: 'order_created' }, sameAs: [invoice] }
}

const PENDING = 'It is not paid yet; checkout.session.async_payment_succeeded will say when it is.'

function sharedOf(call: StripeCall, settings: StripeSettings): Candidate {
  const { type, event, object: session } = call
  const names = namesOf(session)
  const scope = { payload: session, names: { ...namesOfCall(call), ...names } }
  const isPayment = session['mode'] !== 'subscription'
  return {
    name: type,
    scope,
    draft: {
      id: isPayment ? settings.orderId.of(scope) : names['subscription_id'],
      timestamp: fromSeconds(event['created']),
      user: personOf(detailsOf(session), settings.contract),
      ...clickOf(session),
      ...placeOf(settings.place, ...pagesOf(session)),
      data: {
        ...stripeAmount(session['amount_total'], session['currency']),
        ...(isPayment ? contentsOf(itemsOf(session)) : {}),
      },
    },
    paths: {
      id: isPayment ? (settings.orderId.path ?? 'data.object.id') : 'data.object.subscription',
      timestamp: 'created',
    },
    shop: call.shop,
    touch: touchOf(call),
    keys: [
      names['session_id'],
      names['client_reference_id'],
      names['subscription_id'],
      names['payment_intent_id'],
      names['customer_id'],
    ],
  }
}

function namesOf(session: StripeCall['object']): Record<string, string | undefined> {
  return {
    session_id: text(session['id']),
    client_reference_id: text(session['client_reference_id']),
    subscription_id: idOf(session['subscription']),
    payment_intent_id: idOf(session['payment_intent']),
    customer_id: idOf(session['customer']),
  }
}

const detailsOf = (session: StripeCall['object']): StripeCall['object'] => ({
  ...objectOf(session['customer_details']),
  email: firstText(objectOf(session['customer_details'])['email'], session['customer_email']),
})

/** The shop's own pages. Of a Payment Link they are Stripe's, or none that the buyer ordered on. */
function pagesOf(session: StripeCall['object']): (string | undefined)[] {
  if ((session['payment_link'] ?? null) !== null) return []
  const pages = [session['success_url'], session['return_url']].map(pageOf)
  return pages.filter((page) => page !== undefined && !STRIPES_OWN.test(page))
}

const STRIPES_OWN = /^https?:\/\/(?:[^/]+\.)?stripe\.com(?:[:/]|$)/i

/** Nothing to pay without a discount means that paying begins later, or never. */
function beginningOf(session: StripeCall['object']): Beginning {
  if (typeof session['amount_total'] === 'number' && session['amount_total'] > 0) return 'paid'
  const status = objectOf(session['subscription'])['status']
  if (status !== undefined) return status === 'trialing' ? 'trial' : 'paid'
  const { amount_discount: discount } = objectOf(session['total_details'])
  return session['amount_total'] === 0 && (discount === undefined || discount === 0) ? 'unknown' : 'paid'
}

/** The items, where whoever passed the call on expanded them; Stripe's own calls have none. */
function itemsOf(session: StripeCall['object']): FriendlyItem[] {
  return itemsFrom(objectOf(session['line_items'])['data'], (line) => {
    const price = objectOf(line['price'])
    const { amount, currency } = stripeAmount(price['unit_amount'], line['currency'] ?? session['currency'])
    const { description, quantity } = line
    return {
      id: { product: idOf(price['product']), price: price['id'] },
      name: { description },
      quantity,
      price: amount,
      currency,
    }
  })
}
