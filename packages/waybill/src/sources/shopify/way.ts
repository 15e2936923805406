import type { ActionSource } from '../../contract/names.ts'
import type { PlainObject } from '../../contract/plain.ts'
import { firstText, objectOf, text } from '../read.ts'

/**
 * Where orders come from by `source_name`: its documented words, and the numbers of Shopify's own channels (online store, point of sale,
 * draft orders). Any other name is that of an app, which may be a marketplace or a storefront of the shop's own.
 */
const CHANNELS: ReadonlyMap<string, ActionSource> = new Map<string, ActionSource>([
  ['web', 'web'],
  ['580111', 'web'],
  ['pos', 'physical_store'],
  ['129785', 'physical_store'],
  ['shopify_draft_order', 'other'],
  ['1354745', 'other'],
])

/** Subscription contracts, by whichever app: the order that a contract bills. Its first one came through the checkout. */
const CONTRACTS = /^subscription_contract/
/** How subscription apps tag what they order again: "Subscription Recurring Order", "appstle_subscription_recurring_order". */
const RECURRING = /subscription.*(?:recurring|renewal)|(?:recurring|renewal).*(?:subscription|order)/i
const FIRST = /first/i

/** True for an order that continues a subscription. */
export function isRenewal(order: PlainObject): boolean {
  if (CONTRACTS.test(text(order['source_name']) ?? '')) return true
  const tags = tagsOf(order['tags'])
  return (
    tags.some((tag) => RECURRING.test(tag)) &&
    !tags.some((tag) => FIRST.test(tag) && /subscription|recurring/i.test(tag))
  )
}

/** A text with commas, or, in newer forms, a list. */
function tagsOf(tags: unknown): string[] {
  const list = Array.isArray(tags) ? tags.map(text) : (text(tags) ?? '').split(',')
  return list.flatMap((tag) => (tag === undefined ? [] : [tag.trim()]))
}

/** Where it was ordered. Of an app it is the web only where the order knows the buyer's browser. */
export function wayOf(order: PlainObject): ActionSource {
  if (isRenewal(order)) return 'other'
  return CHANNELS.get(text(order['source_name']) ?? '') ?? (hasBrowser(order) ? 'web' : 'other')
}

function hasBrowser(order: PlainObject): boolean {
  const details = objectOf(order['client_details'])
  return firstText(order['browser_ip'], details['user_agent'], order['landing_site']) !== undefined
}
