import { isObject, type PlainObject } from '../../contract/plain.ts'
import { type Candidate, collect, conclude, type MessageOutcome } from '../candidate.ts'
import { callName } from '../mapping/mapping.ts'
import { idOf, objectOf, text } from '../read.ts'
import { malformed, type SkipCode, skip } from '../skip.ts'
import type { Source, SourceCall } from '../source.ts'
import { namesOfCall, type StripeCall, touchOf } from './call.ts'
import { firstMoneyCandidate, invoiceCandidate } from './invoice.ts'
import { sessionCandidate } from './session.ts'
import { type StripeOptions, type StripeSettings, stripeSettings } from './settings.ts'
import { changeCandidate, endedTrialOf, subscriptionCandidate } from './subscription.ts'

export { verifyStripe } from '../signature/stripe.ts'
export type { NothingDue, StripeOptions } from './settings.ts'

/**
 * Stripe's events: a paid Checkout session of mode `payment`, or a paid invoice without a subscription → `order_created`; a subscription →
 * `subscription_created` or `trial_started` with the subscription's id, from checkout.session.completed, invoice.paid or
 * customer.subscription.created, whichever comes first. Throws a `ConfigError` for wrong options; the source itself never throws.
 */
export function createStripeSource(options: StripeOptions = {}): Source {
  const settings = stripeSettings(options)
  return (call) => collect([outcomeOf(call, settings)])
}

/** A call from the parsed body; the headers of Stripe say nothing that it does not. */
export function stripeCall(payload: unknown, receivedAtMs?: number): SourceCall {
  return { payload, receivedAtMs }
}

type Reader = (call: StripeCall, settings: StripeSettings) => Candidate

const READERS: Readonly<Record<string, Reader>> = {
  'checkout.session.completed': sessionCandidate,
  'checkout.session.async_payment_succeeded': sessionCandidate,
  'invoice.paid': invoiceCandidate,
  'invoice.payment_succeeded': invoiceCandidate,
  'customer.subscription.created': subscriptionCandidate,
  'customer.subscription.updated': changeCandidate,
}
const INVOICE_PAID: ReadonlySet<string> = new Set(['invoice.paid', 'invoice.payment_succeeded'])

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

function outcomeOf({ payload, receivedAtMs }: SourceCall, settings: StripeSettings): MessageOutcome {
  const event = objectOf(payload)
  const object = objectOf(event['data'])['object']
  const type = text(event['type']) ?? ''
  if (isThin(event)) return skip('thin_event', { message: THIN, ref: idOf(event['related_object']) })
  if (!isObject(object)) return malformed(isObject(payload) ? 'data.object' : '')
  const ref = idOf(object)
  if (!settings.sendTests && (event['livemode'] === false || object['livemode'] === false)) {
    return skip('test_order', { message: 'It is from the test mode of Stripe (livemode).', ref })
  }
  const bar = Object.hasOwn(BARS, type) && !settings.mapping.has(callName(type)) ? BARS[type] : undefined
  if (bar !== undefined) return skip(bar[0], { message: bar[1], ref })
  const call = { type, event, object, shop: text(event['account']) ?? settings.name, receivedAtMs }
  return { ...conclude(candidateOf(call, settings), settings), ...historyOf(call, settings) }
}

const THIN =
  'It is a thin event, which names an object and does not hold it. Choose snapshot events for this endpoint in Stripe’s Workbench.'

const isThin = (event: PlainObject): boolean =>
  text(event['object']) === 'v2.core.event' || (isObject(event['related_object']) && !isObject(event['data']))

/** What the call means only together with what came before it. */
function historyOf(call: StripeCall, settings: StripeSettings): Pick<MessageOutcome, 'followUp' | 'endedTrial'> {
  const endedTrial = endedTrialOf(call)
  if (endedTrial !== undefined) return { endedTrial }
  // A mapping of its own says what this invoice is.
  const isOurs = INVOICE_PAID.has(call.type) && !settings.mapping.has(callName(call.type))
  const candidate = isOurs ? firstMoneyCandidate(call, settings) : undefined
  const event = candidate && conclude(candidate, settings)
  if (event === undefined || 'code' in event) return {}
  return { followUp: { after: { type: 'trial_started', id: event.event.id }, event } }
}

function candidateOf(call: StripeCall, settings: StripeSettings): Candidate {
  const read = Object.hasOwn(READERS, call.type) ? READERS[call.type] : undefined
  if (read !== undefined) return read(call, settings)
  const scope = { payload: call.object, names: namesOfCall(call) }
  const paths = { id: 'data.object.id', timestamp: 'created' }
  return { name: call.type, scope, draft: {}, paths, shop: call.shop, touch: touchOf(call) }
}
