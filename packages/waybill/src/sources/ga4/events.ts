import { EVENT_NAMES, type EventName } from '../../contract/names.ts'

/** What a recommended event of Google Analytics 4 is, and the parameters that name it for good; an order has an option for it. */
export interface Ga4Event {
  readonly type: EventName
  readonly ids: readonly string[]
}

const RECOMMENDED: ReadonlyMap<string, Ga4Event> = new Map<string, Ga4Event>([
  ['purchase', { type: 'order_created', ids: [] }],
  ['begin_checkout', { type: 'checkout_started', ids: [] }],
  ['add_to_cart', { type: 'items_added', ids: [] }],
  ['view_item', { type: 'contents_viewed', ids: [] }],
  ['page_view', { type: 'page_viewed', ids: [] }],
  ['sign_up', { type: 'registration_completed', ids: [] }],
  ['generate_lead', { type: 'lead_created', ids: ['lead_id'] }],
])

/** What an event of this name is: one that Google recommends, or one that is named as the API names it; `custom` says nothing. */
export function ga4Event(name: string): Ga4Event | undefined {
  const standard = EVENT_NAMES.find((known) => known !== 'custom' && known === name.toLowerCase())
  return RECOMMENDED.get(name) ?? (standard && { type: standard, ids: standard === 'lead_created' ? ['lead_id'] : [] })
}
