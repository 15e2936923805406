import type { PlainObject } from '../../contract/plain.ts'

/** The spellings of one property that senders use: `order_id` and `orderId`. */
export const spellings = (...names: string[]): readonly string[] =>
  names.flatMap((name) => [...new Set([name, name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())])])

export type Purpose =
  | 'order'
  | 'checkout'
  | 'cart'
  | 'lead'
  | 'appointment'
  | 'subscription'
  | 'trial'
  | 'event'
  | 'amount'
  | 'currency'
  | 'items'
  | 'plan'
  | 'actionSource'
  | 'sourceUrl'

/** Purpose → the properties that serve it, the first that says something counting. */
export const FIELDS: Readonly<Record<Purpose, readonly string[]>> = {
  order: spellings('order_id', 'order_number', 'transaction_id'),
  checkout: spellings('checkout_id'),
  cart: spellings('cart_id'),
  lead: spellings('lead_id'),
  appointment: spellings('appointment_id'),
  subscription: spellings('subscription_id'),
  trial: spellings('trial_id'),
  /** What the pixel calls the same event. */
  event: spellings('event_id'),
  /** `total` has discounts, taxes and shipping in it, `revenue` not the last two; `value` is what events without an order have. */
  amount: ['total', 'revenue', 'value', 'amount'],
  currency: spellings('currency', 'currency_code'),
  items: ['products', 'contents'],
  plan: spellings('plan_id', 'plan', 'plan_name'),
  actionSource: spellings('action_source'),
  sourceUrl: spellings('source_url'),
}

/** The values of a purpose's properties, in order. */
export function valuesFor(properties: PlainObject, ...purposes: readonly Purpose[]): unknown[] {
  return purposes.flatMap((purpose) => FIELDS[purpose].map((key) => properties[key]))
}

/** Every property that is read. */
export const READ: ReadonlySet<string> = new Set(Object.values(FIELDS).flat())
