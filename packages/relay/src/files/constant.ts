import type { Field } from './field.ts'

const EVENT_TYPE =
  /^(?:page_viewed|contents_viewed|items_added|checkout_started|order_created|lead_created|registration_completed|appointment_scheduled|app_installed|app_opened|subscription_created|trial_started|custom)$/
const ACTION_SOURCE = /^(?:web|mobile_app|offline|physical_store|phone_call|email|other)$/

/** Fields that are the same in most rows of most files, with what a constant of theirs looks like. */
const CONSTANTS: Readonly<Record<string, RegExp>> = {
  type: EVENT_TYPE,
  action_source: ACTION_SOURCE,
  custom_event_name: /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/i,
  currency: /^[a-z]{3}$/i,
  item_currency: /^[a-z]{3}$/i,
  content_type: /^[a-z][a-z0-9_-]*$/i,
}

/** Whether a mapping's plain text that names no column can stand for itself, as in `"type": "order_created"`. */
export function isConstantOf(field: Field, text: string): boolean {
  return CONSTANTS[field.name]?.test(text) ?? false
}
