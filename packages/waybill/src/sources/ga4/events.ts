import { EVENT_NAMES, type EventName } from '../../contract/names.ts'
import { callName } from '../mapping/mapping.ts'

/** What a recommended event of Google Analytics 4 is, and the parameters that name it for good; an order has an option for it. */
export interface Ga4Event {
  readonly type: EventName
  readonly ids: readonly string[]
}

/** Names that Google recommends; what is named as the API names it is that. */
const RECOMMENDED: Readonly<Record<string, EventName>> = {
  purchase: 'order_created',
  begin_checkout: 'checkout_started',
  add_to_cart: 'items_added',
  view_item: 'contents_viewed',
  page_view: 'page_viewed',
  sign_up: 'registration_completed',
  generate_lead: 'lead_created',
}

const IDS: Partial<Readonly<Record<EventName, readonly string[]>>> = {
  lead_created: ['lead_id'],
  appointment_scheduled: ['appointment_id'],
  subscription_created: ['subscription_id'],
  trial_started: ['subscription_id', 'trial_id'],
}

/** `custom` says nothing of what it is. */
const TYPES: ReadonlyMap<string, EventName> = new Map([
  ...EVENT_NAMES.filter((type) => type !== 'custom').map((type) => [callName(type), type] as const),
  ...Object.entries(RECOMMENDED).map(([name, type]) => [callName(name), type] as const),
])

/** What an event of this name is, whichever way the name is written. */
export function ga4Event(name: string): Ga4Event | undefined {
  const type = TYPES.get(callName(name))
  return type && { type, ids: IDS[type] ?? [] }
}
