import type { EventName } from '../../contract/names.ts'
import { callName } from '../mapping/mapping.ts'
import type { SkipCode } from '../skip.ts'
import type { Purpose } from './fields.ts'

/** What an event of the tracking specifications is. */
export interface TrackedEvent {
  readonly type: EventName
  /** What names it for good, the first present counting; else the message's id does. An order has an option for it. */
  readonly ids: readonly Purpose[]
  /** Where its items are: in a list, or, where there is none, the properties are the one item. */
  readonly items?: 'list' | 'self'
}

const order: TrackedEvent = { type: 'order_created', ids: [], items: 'list' }
const viewed: TrackedEvent = { type: 'contents_viewed', ids: [], items: 'self' }
const added: TrackedEvent = { type: 'items_added', ids: [], items: 'self' }
const checkout: TrackedEvent = { type: 'checkout_started', ids: ['checkout', 'order'], items: 'list' }
const lead: TrackedEvent = { type: 'lead_created', ids: ['lead'] }
const registration: TrackedEvent = { type: 'registration_completed', ids: [] }
const appointment: TrackedEvent = { type: 'appointment_scheduled', ids: ['appointment'] }
const trial: TrackedEvent = { type: 'trial_started', ids: ['subscription', 'trial'], items: 'list' }
const subscription: TrackedEvent = { type: 'subscription_created', ids: ['subscription'], items: 'list' }
const installed: TrackedEvent = { type: 'app_installed', ids: [] }
const opened: TrackedEvent = { type: 'app_opened', ids: [] }
export const PAGE: TrackedEvent = { type: 'page_viewed', ids: [], items: 'list' }

const TRACKED: Readonly<Record<string, TrackedEvent>> = {
  'Order Completed': order,
  'Product Viewed': viewed,
  'Product Added': added,
  'Checkout Started': checkout,
  'Signed Up': registration,
  'Account Created': registration,
  Lead: lead,
  'Lead Generated': lead,
  'Lead Created': lead,
  'Appointment Scheduled': appointment,
  'Appointment Booked': appointment,
  'Trial Started': trial,
  'Subscription Created': subscription,
  'Subscription Started': subscription,
  'Application Installed': installed,
  'Application Opened': opened,
}

/** Whoever names a call as the API does means that; `custom` says nothing of what it is. */
const STANDARD: readonly TrackedEvent[] = [
  order,
  viewed,
  added,
  checkout,
  lead,
  registration,
  appointment,
  trial,
  subscription,
  installed,
  opened,
  PAGE,
]

/** Events that say that there is no conversion any more. */
const ENDED: Readonly<Record<string, SkipCode>> = {
  'Order Refunded': 'refunded',
  'Order Cancelled': 'cancelled',
  'Order Canceled': 'cancelled',
}

const named = <Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(table).map(([name, value]) => [callName(name), value]))

const TRACKED_BY_NAME: ReadonlyMap<string, TrackedEvent> = new Map([
  ...named(TRACKED),
  ...STANDARD.map((event) => [callName(event.type), event] as const),
])
const ENDED_BY_NAME = named(ENDED)

export function trackedEvent(name: string): TrackedEvent | undefined {
  return TRACKED_BY_NAME.get(callName(name))
}

export function endedBy(name: string): SkipCode | undefined {
  return ENDED_BY_NAME.get(callName(name))
}
