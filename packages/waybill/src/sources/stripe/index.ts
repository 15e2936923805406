import { isObject } from '../../contract/plain.ts'
import { type Candidate, collect, conclude } from '../candidate.ts'
import { callName } from '../mapping/mapping.ts'
import { idOf, objectOf, text } from '../read.ts'
import { malformed, type Skip, type SkipCode, skip } from '../skip.ts'
import type { Source, SourceCall, SourceEvent } from '../source.ts'
import type { StripeCall } from './call.ts'
import { invoiceCandidate } from './invoice.ts'
import { sessionCandidate } from './session.ts'
import { type StripeOptions, type StripeSettings, stripeSettings } from './settings.ts'
import { subscriptionCandidate } from './subscription.ts'

export { verifyStripe } from '../signature/stripe.ts'
export type { NothingDue, StripeOptions } from './settings.ts'

/**
 * Stripe's events: a paid Checkout session of mode `payment` → `order_created` with the session's id; a subscription →
 * `subscription_created` or `trial_started` with the subscription's id, from checkout.session.completed, invoice.paid or
 * customer.subscription.created, whichever comes first. Throws a `ConfigError` for wrong options; the source itself never throws.
 */
export function createStripeSource(options: StripeOptions = {}): Source {
  const settings = stripeSettings(options)
  return (call) => collect([outcomeOf(call, settings)])
}

/** A call from the parsed body; the headers of Stripe say nothing that it does not. */
export function stripeCall(payload: unknown): SourceCall {
  return { payload }
}

type Reader = (call: StripeCall, settings: StripeSettings) => Candidate

const READERS: Readonly<Record<string, Reader>> = {
  'checkout.session.completed': sessionCandidate,
  'checkout.session.async_payment_succeeded': sessionCandidate,
  'invoice.paid': invoiceCandidate,
  'invoice.payment_succeeded': invoiceCandidate,
  'customer.subscription.created': subscriptionCandidate,
}

/** Events that say that there is no conversion, or none any more. */
const BARS: Readonly<Record<string, readonly [SkipCode, string]>> = {
  'checkout.session.async_payment_failed': ['unpaid', 'The payment failed.'],
  'checkout.session.expired': ['unpaid', 'The session expired without an order.'],
  'invoice.payment_failed': ['unpaid', 'The payment failed.'],
  'charge.refunded': ['refunded', 'A payment was given back. The API takes no refunds.'],
  'refund.created': ['refunded', 'A payment is given back. The API takes no refunds.'],
  'charge.dispute.created': ['refunded', 'A payment is disputed. The API takes no refunds.'],
  'customer.subscription.deleted': ['cancelled', 'A subscription ended. The API takes no cancellations.'],
}

function outcomeOf({ payload }: SourceCall, settings: StripeSettings): SourceEvent | Skip {
  const event = objectOf(payload)
  const object = objectOf(event['data'])['object']
  if (!isObject(object)) return malformed(isObject(payload) ? 'data.object' : '')
  const type = text(event['type']) ?? ''
  const ref = idOf(object)
  if (!settings.sendTests && (event['livemode'] === false || object['livemode'] === false)) {
    return skip('test_order', { message: 'It is from the test mode of Stripe (livemode).', ref })
  }
  const bar = Object.hasOwn(BARS, type) && !settings.mapping.has(callName(type)) ? BARS[type] : undefined
  if (bar !== undefined) return skip(bar[0], { message: bar[1], ref })
  return conclude(candidateOf({ type, event, object }, settings), settings.mapping)
}

function candidateOf(call: StripeCall, settings: StripeSettings): Candidate {
  const read = Object.hasOwn(READERS, call.type) ? READERS[call.type] : undefined
  if (read !== undefined) return read(call, settings)
  const scope = { payload: call.object, names: { event_type: call.type } }
  return { name: call.type, scope, draft: {}, paths: { id: 'data.object.id', timestamp: 'created' } }
}
