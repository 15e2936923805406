/** What happens to sales and subscriptions at Stripe. Their ids are Stripe's own; a shop is a connected account. */
import {
  DAY_MS,
  daysAgo,
  type Expected,
  priceOf,
  type Story,
  seconds,
  type Teller,
  type VendorCall,
} from './plan.helpers.ts'

export function stripeStory(teller: Teller): Story {
  const { shop, number, below } = teller
  const desk = deskOf(teller)
  const { event, session, invoice, subscription, cents, currency, atMs } = desk
  const order = (id: string): Expected => ({ id, type: 'order_created', timestampMs: atMs, amount: cents, currency })
  const started = (type: string, amount?: number): Expected => ({
    ...{ id: desk.sub, type, timestampMs: atMs, amount, currency: amount === undefined ? undefined : currency },
  })
  const sale = session({ mode: 'payment', subscription: null })
  const first = invoice('subscription_create')
  const onTrial = subscription({ status: 'trialing' })
  const nothingDue = { total: 0, lines: { data: [{ amount: 0, type: 'subscription', price: { unit_amount: cents } }] } }
  const cycle = (at: number): VendorCall => invoice('subscription_cycle', { id: `in_${shop}${number}_${at}` })
  const ended = event('customer.subscription.updated', { id: desk.sub, status: 'active' }, { status: 'trialing' })
  const any = (calls: VendorCall[], ...expected: Expected[]): Story => ({ calls, isOrdered: false, expected })
  const fates: readonly (() => Story)[] = [
    () => any([sale], order(`${desk.account}-cs_${shop}${number}`)),
    () => any([sale, event('charge.refunded', { id: `ch_${number}` })], order(`${desk.account}-cs_${shop}${number}`)),
    () => any([session({ mode: 'payment', payment_status: 'unpaid' })]),
    () => any([session({ mode: 'payment', livemode: false })]),
    () => any([session(), first, subscription()], started('subscription_created', cents)),
    () => any([subscription(), session(), cycle(7)], started('subscription_created', cents)),
    () => any([subscription({ collection_method: 'send_invoice' }), first], started('subscription_created', cents)),
    () => any([subscription()], started('subscription_created', cents)),
    () => any([onTrial, session({ amount_total: 0 })], started('trial_started')),
    () => any([onTrial, session(), first], started('subscription_created', cents)),
    () => ({
      calls: [onTrial, invoice('subscription_create', nothingDue), ended, cycle(1), cycle(2)],
      isOrdered: true,
      expected: [started('trial_started'), started('subscription_created', cents)],
    }),
    () => any([invoice('manual', { parent: null })], order(`in_${shop}${number}`)),
    () => any([invoice('subscription_update')]),
    () => any([event('customer.subscription.deleted', { id: desk.sub })]),
    () => any([{ ...sale, payload: { object: 'v2.core.event', related_object: { id: 'cs_1' } } }]),
  ]
  return fates[below(fates.length)]!()
}

/** The objects of one sale; all of its calls say the same second. */
function deskOf(teller: Teller) {
  const { shop, number } = teller
  const { cents, currency } = priceOf(teller)
  const atMs = daysAgo(teller, 0.1, 5)
  const [account, sub] = [`acct_${shop}`, `sub_${shop}${number}`]
  const base = { livemode: true, currency: currency.toLowerCase(), customer: `cus_${number}`, metadata: {} }
  const event = (topic: string, object: object, previous_attributes?: object): VendorCall => ({
    vendor: 'stripe',
    shop,
    topic,
    payload: {
      ...{ id: `evt_${topic}`, object: 'event', account, livemode: true, type: topic, created: seconds(atMs) },
      data: { object, ...(previous_attributes && { previous_attributes }) },
    },
    headers: {},
  })
  const session = (changes: object = {}): VendorCall =>
    event('checkout.session.completed', {
      ...base,
      ...{
        id: `cs_${shop}${number}`,
        mode: 'subscription',
        payment_status: 'paid',
        amount_total: cents,
        subscription: sub,
      },
      customer_details: { email: `buyer${number}@${shop}.example` },
      total_details: { amount_discount: 0 },
      ...changes,
    })
  const invoice = (billing_reason: string, changes: object = {}): VendorCall =>
    event('invoice.paid', {
      ...base,
      ...{ id: `in_${shop}${number}`, billing_reason, total: cents, customer_email: `buyer${number}@${shop}.example` },
      status_transitions: { paid_at: seconds(atMs) },
      parent: { subscription_details: { subscription: sub, metadata: {} } },
      lines: { data: [] },
      ...changes,
    })
  const subscription = (changes: object = {}): VendorCall =>
    event('customer.subscription.created', {
      ...base,
      ...{ id: sub, status: 'active', created: seconds(atMs) },
      items: { data: [{ price: { id: 'price_1', unit_amount: cents, recurring: {} }, quantity: 1 }] },
      ...changes,
    })
  return { account, sub, atMs, cents, currency, event, session, invoice, subscription }
}

/** Longer than a call that names nobody waits. */
export const AFTER_WAITING_MS: number = DAY_MS / 24
