import { isObject, type PlainObject } from '../../contract/plain.ts'

/** The spellings of one property that senders use: `order_id` and `orderId`. */
const spellings = (...names: string[]): readonly string[] =>
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

const READ: ReadonlySet<string> = new Set(Object.values(FIELDS).flat())
const MONEY = /amount|total|revenue|value|price|sum$|spend|cost|sales|mrr|arr$|ltv/i
/** Parts of a total, or no money at all. */
const NO_TOTAL = /tax|shipping|discount|fee|coupon|points|tip|percent|rate|count|quantity|currency/i
const NAMED =
  /order|transaction|invoice|purchase|receipt|payment|booking|reservation|lead|subscription|checkout|confirmation|reference|conversion/i
const NAMES_IT = /(?:id|ids|number|no|nr|num|ref|reference|code|key)$/i

/** Properties that look like money, an id or items, and are read by nobody here. */
export function looksLike(properties: PlainObject): Readonly<Record<'amount' | 'id' | 'items', readonly string[]>> {
  const others = Object.entries(properties).filter(([key]) => !READ.has(key))
  const keys = (wanted: (key: string, value: unknown) => boolean): string[] =>
    others.filter(([key, value]) => wanted(key, value)).map(([key]) => key)
  return {
    amount: keys((key, value) => MONEY.test(key) && !NO_TOTAL.test(key) && isNumber(value)),
    id: keys((key, value) => NAMED.test(key) && NAMES_IT.test(key) && isScalar(value)),
    items: keys((_, value) => Array.isArray(value) && value.length > 0 && value.every(isObject)),
  }
}

const isScalar = (value: unknown): boolean =>
  (typeof value === 'string' && value.trim() !== '') || typeof value === 'number'
const isNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\s*[-+]?\d{1,20}(?:[.,]\d{1,20})?\s*$/.test(value))
