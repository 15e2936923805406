import { type OrderId, oneOf, orderIdOf, type Settings, sendsRenewals, settingsOf } from '../settings.ts'
import type { OrderOptions } from '../source.ts'

/** What a subscription is when nothing was due and the call does not say why. */
export type NothingDue = 'trial' | 'subscription' | 'wait'

/**
 * `id` is for one-time payments and may name `session_id` (the default), `client_reference_id`, `payment_intent_id`, or any path of
 * the session, such as `metadata.order_id`. Subscriptions always have the subscription's id: it is all that their calls share. An invoice without
 * a subscription has its own.
 */
export interface StripeOptions extends OrderOptions {
  /**
   * A Checkout session of which nothing was due does not say whether it began a trial or a free plan. Default `'trial'`; `'wait'`
   * leaves it to customer.subscription.created.
   */
  readonly nothingDue?: NothingDue | undefined
}

export interface StripeSettings extends Settings {
  readonly orderId: OrderId
  readonly nothingDue: NothingDue
  readonly sendsRenewals: boolean
}

export function stripeSettings(options: StripeOptions): StripeSettings {
  return {
    ...settingsOf(options),
    orderId: orderIdOf(options, 'session_id'),
    sendsRenewals: sendsRenewals(options),
    nothingDue: oneOf('nothingDue', options.nothingDue ?? 'trial', ['trial', 'subscription', 'wait']),
  }
}
