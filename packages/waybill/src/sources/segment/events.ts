import type { EventName } from '../../contract/names.ts'
import { callName } from '../mapping/mapping.ts'
import type { SkipCode } from '../skip.ts'

/** What an event of the tracking specifications is. */
export interface TrackedEvent {
  readonly type: EventName
  /** Properties that name it for good, the first present counting; else the message's id does. An order has an option for it. */
  readonly ids: readonly string[]
  /** Where its items are: a list in `products`, or the properties themselves. */
  readonly items?: 'list' | 'self'
}

const order: TrackedEvent = { type: 'order_created', ids: [], items: 'list' }
const lead: TrackedEvent = { type: 'lead_created', ids: ['lead_id'] }
const registration: TrackedEvent = { type: 'registration_completed', ids: [] }
const appointment: TrackedEvent = { type: 'appointment_scheduled', ids: ['appointment_id'] }
const subscription: TrackedEvent = { type: 'subscription_created', ids: ['subscription_id'] }

const TRACKED: Readonly<Record<string, TrackedEvent>> = {
  'Order Completed': order,
  'Product Viewed': { type: 'contents_viewed', ids: [], items: 'self' },
  'Product Added': { type: 'items_added', ids: [], items: 'self' },
  'Checkout Started': { type: 'checkout_started', ids: ['checkout_id', 'order_id'], items: 'list' },
  'Signed Up': registration,
  'Account Created': registration,
  Lead: lead,
  'Lead Generated': lead,
  'Lead Created': lead,
  'Appointment Scheduled': appointment,
  'Appointment Booked': appointment,
  'Trial Started': { type: 'trial_started', ids: ['subscription_id', 'trial_id'] },
  'Subscription Created': subscription,
  'Subscription Started': subscription,
  'Application Installed': { type: 'app_installed', ids: [] },
  'Application Opened': { type: 'app_opened', ids: [] },
}

/** Events that say that there is no conversion any more. */
const ENDED: Readonly<Record<string, SkipCode>> = {
  'Order Refunded': 'refunded',
  'Order Cancelled': 'cancelled',
  'Order Canceled': 'cancelled',
}

const named = <Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> =>
  new Map(Object.entries(table).map(([name, value]) => [callName(name), value]))

const TRACKED_BY_NAME = named(TRACKED)
const ENDED_BY_NAME = named(ENDED)

export function trackedEvent(name: string): TrackedEvent | undefined {
  return TRACKED_BY_NAME.get(callName(name))
}

export function endedBy(name: string): SkipCode | undefined {
  return ENDED_BY_NAME.get(callName(name))
}
