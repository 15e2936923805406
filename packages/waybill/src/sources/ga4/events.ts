import type { EventName } from '../../contract/names.ts'

/** What a recommended event of Google Analytics 4 is, and the parameters that name it for good; an order has an option for it. */
export interface Ga4Event {
  readonly type: EventName
  readonly ids: readonly string[]
}

export const GA4_EVENTS: ReadonlyMap<string, Ga4Event> = new Map<string, Ga4Event>([
  ['purchase', { type: 'order_created', ids: [] }],
  ['begin_checkout', { type: 'checkout_started', ids: [] }],
  ['add_to_cart', { type: 'items_added', ids: [] }],
  ['view_item', { type: 'contents_viewed', ids: [] }],
  ['page_view', { type: 'page_viewed', ids: [] }],
  ['sign_up', { type: 'registration_completed', ids: [] }],
  ['generate_lead', { type: 'lead_created', ids: ['lead_id'] }],
])
